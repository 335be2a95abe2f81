// Package command has the commands that the provider's program knows besides being a
// plugin: those that look after a directory of recordings.
//
// It reads files, and standard input, and makes no call. It must not know the provider:
// of a request and an answer it knows the names "model" and "usage", which every
// endpoint has.
package command

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

const usage = `Usage: terraform-provider-openai recordings COMMAND

  list DIR           List the recordings in a directory.
  show FILE          Show a recording: what was asked, and the answer.
  show DIR NAME      The same, by its label, the name of the file, or the first
                     digits of the hash in it.
  prune DIR          Find the recordings that no given state or plan uses, and list them.
                     States and plans are read from standard input, as
                     "terraform show -json" writes them, one after another.
  prune -delete DIR  Delete them.
`

// errUsage is what is wrong with a command line. The usage follows it.
type errUsage string

func (e errUsage) Error() string { return string(e) }

// Recordings runs "recordings" with its arguments, and returns the status to exit with.
func Recordings(arguments []string, in io.Reader, out, errs io.Writer) (status int) {
	err := recordings(arguments, in, out)
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(errs, "Error: %s\n", text)
	}
	if errors.As(err, new(errUsage)) {
		fmt.Fprint(errs, usage)
		return 2
	}
	return 1
}

func recordings(arguments []string, in io.Reader, out io.Writer) error {
	var words []string
	deletes := false
	for _, argument := range arguments {
		switch {
		case argument == "-h" || argument == "-help" || argument == "--help" || argument == "help":
			_, err := io.WriteString(out, usage)
			return err
		case argument == "-delete" || argument == "--delete":
			deletes = true
		case strings.HasPrefix(argument, "-"):
			return errUsage(fmt.Sprintf("unknown option %q", argument))
		default:
			words = append(words, argument)
		}
	}
	if len(words) == 0 {
		return errUsage("")
	}
	if deletes && words[0] != "prune" {
		return errUsage("only prune has the option -delete")
	}
	switch command := words[0]; {
	case command == "list" && len(words) == 2:
		return list(words[1], out)
	case command == "show" && len(words) == 2:
		return show(words[1], out)
	case command == "show" && len(words) == 3:
		file, err := find(words[1], words[2])
		if err != nil {
			return err
		}
		return show(filepath.Join(words[1], file), out)
	case command == "prune" && len(words) == 2:
		return prune(words[1], in, deletes, out)
	case command == "show":
		return errUsage("show needs a FILE, or DIR NAME")
	case command == "list" || command == "prune":
		return errUsage(command + " needs one DIR")
	default:
		return errUsage(fmt.Sprintf("unknown command %q", command))
	}
}
