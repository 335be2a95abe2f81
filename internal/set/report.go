package set

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
)

// mostNamed is how many names, and how many reasons, a message gives.
const mostNamed = 10

// report says what is wrong, where some requests have no answer of use.
func (a applying) report(asked *asking, total int, failed map[string]failure) {
	switch {
	case asked.unkept != nil:
		a.diags.AddWarning("Answers could not be kept", kinds.UpperFirst(plural(asked.lost, "answer"))+" came that could not be written down: "+asked.unkept.Error()+". Only the state can have what came, if this apply makes one.")
	case asked.unrecorded != nil:
		a.diags.AddWarning("Answers were not recorded", "Answers were received, but could not be recorded: "+asked.unrecorded.Error()+". Until the state has them, they are kept below "+journals(a.client)+".")
	}
	if n := len(asked.warnings); n > 0 {
		slices.Sort(asked.warnings)
		a.diags.AddWarning(kinds.UpperFirst(plural(n, "answer"))+" may not be usable",
			bullets(asked.warnings)+"\n\nThe answers are kept. To make this an error, set fail_on.")
	}
	fresh := maps.Clone(failed)
	for key, f := range failed {
		if f.err == nil && asked.failures[key] == (failure{}) {
			delete(fresh, key) // an earlier apply has reported it
		}
	}
	if len(fresh) == 0 || a.diags.HasError() {
		return
	}
	summary := fmt.Sprintf("%s of %d without a usable answer", kinds.UpperFirst(plural(len(failed), "request")), total)
	text := []string{reasons(fresh)}
	if d := detailed(asked, fresh); d != "" {
		text = append(text, d)
	}
	there := total - len(failed)
	if asked.lost > 0 && a.prior.Absent() && !a.keeps() { // and so there will be no state
		there -= asked.lost
		text = append(text, isAre(asked.lost, "answer")+" lost, since nothing could keep what came until there is a state. The next apply asks again.")
	}
	text = append(text, a.whereabouts(asked, there, fresh))
	if a.keeps() {
		a.diags.AddWarning(summary, strings.Join(text, "\n\n"))
	} else {
		a.diags.AddError(summary, strings.Join(text, "\n\n"))
	}
}

// unfinished says of an error that ends an apply whether what came is kept.
func (a *asking) unfinished(err error) error {
	switch {
	case !errors.As(err, new(*unwritableError)):
		return err
	case a.unkept != nil:
		return fmt.Errorf("%w.\n\n%s could not be kept elsewhere either: %w", err, kinds.UpperFirst(plural(a.lost, "answer")), a.unkept)
	}
	return fmt.Errorf("%w.\n\nThe answers are kept, and the next apply that can write the file does not ask for them again", err)
}

// reasons lists why requests have no answer, with their names: those that say the same together, and those
// that were not sent last.
func reasons(failed map[string]failure) string {
	names := map[string][]string{}
	unsent := 0
	for _, key := range slices.Sorted(maps.Keys(failed)) {
		if errors.Is(failed[key].err, errNotSent) {
			unsent++
			continue
		}
		why := failed[key].alike()
		names[why] = append(names[why], key)
	}
	whys := slices.SortedFunc(maps.Keys(names), func(x, y string) int { return strings.Compare(names[x][0], names[y][0]) })
	var lines []string
	for i, why := range whys {
		if i == mostNamed {
			lines = append(lines, fmt.Sprintf("and others, for %s", plural(len(whys)-i, "other reason")))
			break
		}
		lines = append(lines, listed(names[why])+": "+failed[names[why][0]].why)
	}
	if unsent > 0 {
		lines = append(lines, plural(unsent, "request")+": "+errNotSent.Error())
	}
	return bullets(lines)
}

// alike is the reason without what differs from call to call.
func (f failure) alike() string {
	var problem *client.Problem
	if !errors.As(f.err, &problem) {
		return f.why
	}
	without := *problem
	without.RequestID = ""
	return without.Error()
}

// listed is "a, b and 56 others".
func listed(names []string) string {
	quoted := make([]string, 0, mostNamed)
	for i, name := range names {
		if i == mostNamed {
			return strings.Join(quoted, ", ") + " and " + plural(len(names)-i, "other")
		}
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	return strings.Join(quoted, ", ")
}

// detailed is all that there is to say of a failure that ended the asking, or that is the only one.
func detailed(asked *asking, failed map[string]failure) string {
	var problem *client.Problem
	switch {
	case errors.As(asked.stopped, &problem):
		return problem.Detail()
	case errors.Is(asked.stopped, context.Canceled):
		return "The operation was canceled."
	case asked.stopped != nil:
		return report.Sentence(asked.stopped.Error())
	}
	for _, f := range failed {
		if len(failed) > 1 || !errors.As(f.err, &problem) {
			return ""
		}
	}
	return problem.Detail()
}

// whereabouts says where the answers are that came, and what the next apply does.
func (a applying) whereabouts(asked *asking, there int, failed map[string]failure) string {
	var again []string
	for _, key := range slices.Sorted(maps.Keys(failed)) {
		if !a.keeps() || failed[key].again {
			again = append(again, key)
		}
	}
	next := "The next apply asks only for what is missing."
	switch {
	case a.keeps() && len(again) == 0:
		next = "What failed is asked again when its request, or triggers, change."
	case len(again) < len(failed):
		next = "The next apply asks again for " + listed(again) + ". What else failed is asked again when its request, or triggers, change."
	}
	if there == 0 {
		return next
	}
	where := "in the state"
	switch {
	case a.keeps() || !a.prior.Absent():
	case asked.waits:
		where = "below " + journals(a.client) + ", until an apply that is complete takes them into the state"
	default:
		where = "in the recordings, until an apply that is complete takes them into the state"
	}
	return fmt.Sprintf("%s kept %s. %s", isAre(there, "answer"), where, next)
}

func isAre(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return plural(n, what) + " are"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func bullets(lines []string) string {
	const mostShown = 2000 // bytes of a line
	text := make([]string, 0, len(lines))
	for i, line := range lines {
		if i > 2*mostNamed {
			text = append(text, fmt.Sprintf("  - and %d more", len(lines)-i))
			break
		}
		if line = client.Printable(line, false); len(line) > mostShown {
			line = strings.ToValidUTF8(line[:mostShown], "") + "…"
		}
		text = append(text, "  - "+line)
	}
	return strings.Join(text, "\n")
}
