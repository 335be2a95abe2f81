package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// The answer whose log probabilities are measured.
const (
	answerTokens = 800
	alternatives = 20 // the most that OpenAI gives
)

// logprobs measures one long answer without log probabilities, with those of its tokens, and with those of the
// alternatives, which are in logprobs_json. The CLI pays for each value in each plan, and more than once when
// it destroys; so one answer is enough.
func logprobs(s *site, z sizes) error {
	url, stop, err := s.emulator("-answer-bytes", fmt.Sprint(16*answerTokens)) // more than there may be
	if err != nil {
		return err
	}
	defer stop()
	fmt.Println("| tokens | log probabilities | state | provider CPU apply | empty plan | destroy | CLI's CPU apply | empty plan | destroy | peak memory |")
	fmt.Println("|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|")
	limit := fmt.Sprintf("max_tokens = %d\n", answerTokens)
	for _, form := range []struct{ name, arguments string }{
		{"none", limit}, {"of the tokens", limit + "  logprobs = true\n"}, {fmt.Sprintf("of %d alternatives", alternatives), limit + fmt.Sprintf("  logprobs = true\n  top_logprobs = %d\n", alternatives)},
	} {
		dir, err := s.directory("logprobs "+form.name, completions(url, 1, "", form.arguments))
		if err != nil {
			return err
		}
		var apply, plan, destroy cost
		err = s.measure(z.runs, step{&apply, dir, applying(1)}, step{&plan, dir, planning(1)}, step{&destroy, dir, []string{"destroy", "-auto-approve"}})
		if err != nil {
			return err
		}
		state, err := os.Stat(filepath.Join(dir, "terraform.tfstate.backup")) // what was there before the destroy
		if err != nil {
			return err
		}
		fmt.Printf("| %d | %s | %.2f MiB | %s | %s | %s | %s | %s | %s | %s |\n", answerTokens, form.name, float64(state.Size())/(1<<20),
			seconds(apply.cpu), seconds(plan.cpu), seconds(destroy.cpu), seconds(apply.rest), seconds(plan.rest), seconds(destroy.rest),
			mebibytes(max(apply.peak, plan.peak, destroy.peak)))
	}
	return nil
}
