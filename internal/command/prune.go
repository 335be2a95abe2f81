package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// prune finds the recordings in a directory that the states on standard input do not name, says
// which they are, and deletes them if it is told to. It deletes nothing that it cannot read,
// and nothing where it is in doubt about a state.
func prune(directory string, in io.Reader, deletes bool, out io.Writer) error {
	all, err := read(directory) // before the states: what is recorded meanwhile stays
	if err != nil {
		return err
	}
	named, states, err := namedBy(in)
	if err != nil {
		return fmt.Errorf("%w. Nothing was deleted", err)
	}
	var unnamed, stateless []entry
	for _, e := range all.recordings {
		switch {
		case named[e.Question], named[e.Question[:len(e.Question)/2]]: // a set has the first half
		case e.Stateless:
			stateless = append(stateless, e)
		default:
			unnamed = append(unnamed, e)
		}
	}
	kept := len(all.recordings) - len(unnamed) - len(stateless)
	if kept == 0 && len(unnamed) > 0 {
		return fmt.Errorf("the given states and plans use none of the %s in %s: is it the right directory? Nothing was deleted", count(len(all.recordings), "recording"), directory)
	}
	fmt.Fprintf(out, "Read %s %d of %s.\n\n", sources(states), kept, count(len(all.recordings), "recording"))
	if err := table(unnamed, out); err != nil {
		return err
	}
	if err := remove(directory, unnamed, deletes, out); err != nil {
		return err
	}
	if len(stateless) > 0 {
		fmt.Fprintf(out, "\n%s of ephemeral resources and actions, which are in no state, left alone:\n", count(len(stateless), "recording"))
	}
	for _, e := range stateless {
		fmt.Fprintf(out, "  %s\n", jsontext.Printable(e.Name))
	}
	return others(all, out)
}

// sources is "1 state or plan, which uses", or "2 states or plans, which use".
func sources(n int) string {
	if n == 1 {
		return "1 state or plan, which uses"
	}
	return fmt.Sprintf("%d states or plans, which use", n)
}

// remove deletes the files of recordings, or says that they would be deleted.
func remove(directory string, entries []entry, deletes bool, out io.Writer) error {
	switch n := count(len(entries), "recording"); {
	case len(entries) == 0:
		fmt.Fprintln(out, "There is nothing to delete: a given state or plan uses each recording.")
		return nil
	case !deletes:
		fmt.Fprintf(out, "%s that no given state or plan uses would be deleted. To delete, run the command again with -delete.\n", n)
		return nil
	}
	var failed []error
	for _, e := range entries {
		if err := os.Remove(filepath.Join(directory, e.Name)); err != nil {
			failed = append(failed, err)
		}
	}
	fmt.Fprintf(out, "%s deleted.\n", count(len(entries)-len(failed), "recording"))
	return errors.Join(failed...)
}
