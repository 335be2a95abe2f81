// Command openai-emulator serves OpenAI's API from memory, for demonstrations
// and acceptance tests. It only reads flags and listens; all behaviour, and what
// there is of the API, is that of package emulator.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "openai-emulator:", err)
		os.Exit(1)
	}
}

// errUsage is a mistake on the command line that has been explained already.
var errUsage = errors.New("wrong usage")

// grace is how long answers in flight may take after the signal to stop.
const grace = 2 * time.Second

type settings struct {
	addr, addrFile, log        string
	keys, adminKeys            []string
	latency, processing, batch time.Duration
	response                   time.Duration
	answerBytes                int
}

func parse(args []string, out io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("openai-emulator", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		fmt.Fprint(out, "Serves OpenAI's API from memory: chat completions, responses, embeddings and moderations, for themselves\n"+
			"or in batches; decisions; files, uploads, vector stores, conversations and webhook endpoints; and reports of\n"+
			"costs and usage, which are made up.\n\nUsage of openai-emulator:\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&s.addr, "addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 picks a free one")
	flags.StringVar(&s.addrFile, "addr-file", "", "write the base URL to this `file` once requests are accepted")
	flags.Func("key", "accept this API `key`; may be repeated; without any, any key, or no key, is accepted", adding(&s.keys))
	flags.Func("admin-key", "accept this `key` for costs and usage, and for nothing else; may be repeated", adding(&s.adminKeys))
	flags.DurationVar(&s.latency, "latency", 0, "wait this long before each chat completion, response, embedding, moderation and decision")
	flags.DurationVar(&s.processing, "processing", 0, "have files in vector stores in progress for this long")
	flags.DurationVar(&s.batch, "batch-time", 0, "have each batch take this long; 0 has it done when it is first looked at")
	flags.DurationVar(&s.response, "response-time", 0, "have each response in the background take this long; 0 has it done when it is first looked at")
	flags.IntVar(&s.answerBytes, "answer-bytes", 0, "make each chat completion and response in plain text at least this long")
	flags.StringVar(&s.log, "log", "", "append one line of JSON per request to this `file`; - is standard error")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return s, err
		}
		return s, errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(out, "unexpected argument: %s\n", flags.Arg(0))
		flags.Usage()
		return s, errUsage
	}
	return s, nil
}

// adding adds the value of a flag to a list.
func adding(to *[]string) func(string) error {
	return func(key string) error {
		if key == "" {
			return errors.New("is empty")
		}
		*to = append(*to, key)
		return nil
	}
}

// run serves until the context ends; out gets what a human is told.
func run(ctx context.Context, args []string, out io.Writer) error {
	s, err := parse(args, out)
	if err != nil {
		return err
	}
	log, closeLog, err := openLog(s.log, out)
	if err != nil {
		return err
	}
	defer func() { _ = closeLog() }()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: emulator.New(emulator.Options{
			Keys: s.keys, AdminKeys: s.adminKeys, Latency: s.latency, ProcessingTime: s.processing, BatchTime: s.batch,
			ResponseTime: s.response, AnswerBytes: s.answerBytes, Log: log,
		}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	base := baseURL(listener.Addr().(*net.TCPAddr))
	if err := announce(s, base, out); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	waiting, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := server.Shutdown(waiting); err != nil {
		return server.Close() // those still in flight have had their time
	}
	return nil
}

// baseURL is where a client on this machine finds the server.
func baseURL(addr *net.TCPAddr) string {
	reachable := *addr
	if reachable.IP.IsUnspecified() {
		reachable.IP = net.IPv4(127, 0, 0, 1)
	}
	return "http://" + reachable.String() + "/v1"
}

func openLog(path string, standard io.Writer) (io.Writer, func() error, error) {
	nothing := func() error { return nil }
	switch path {
	case "":
		return nil, nothing, nil
	case "-":
		return standard, nothing, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return file, file.Close, nil
}

// announce tells human and file where the server is.
func announce(s settings, base string, out io.Writer) error {
	if s.addrFile != "" {
		if err := writeAtomically(s.addrFile, base); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "openai-emulator is listening. To use it:\n\n  export OPENAI_BASE_URL=%s\n", base)
	if len(s.keys) > 0 {
		fmt.Fprintln(out, "  export OPENAI_API_KEY=...  # a value of -key")
	} else {
		fmt.Fprintln(out, "\nIt needs no key.")
	}
	fmt.Fprintln(out)
	return nil
}

// writeAtomically lets a reader see the whole text or no file at all.
func writeAtomically(path, text string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".openai-emulator-*")
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
