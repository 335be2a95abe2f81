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
  prune DIR          Find the recordings that no state needs, and say which they are.
                     The states are read from standard input, as "terraform show -json"
                     writes them, one after another.
  prune -delete DIR  Delete them.
`

// errUsage means that the command line is none.
var errUsage = errors.New("")

// Recordings runs "recordings" with its arguments, and returns the status to exit with.
func Recordings(arguments []string, in io.Reader, out, errs io.Writer) (status int) {
	err := recordings(arguments, in, out)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprint(errs, usage)
		return 2
	}
	fmt.Fprintf(errs, "Error: %s\n", err)
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
			return errUsage
		default:
			words = append(words, argument)
		}
	}
	if len(words) == 0 || deletes && words[0] != "prune" {
		return errUsage
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
	}
	return errUsage
}
