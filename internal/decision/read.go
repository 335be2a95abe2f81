package decision

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// byType says where the answers of a type are found: that of a single question, and those of all by name.
var byType = []struct{ kind, member, all string }{
	{predicate, "probability", "probabilities"},
	{choice, "choice", "choices"},
	{score, "score", "scores"},
}

// absent are the attributes that will be null.
func absent(arguments wire.Fields) []string {
	if !arguments.Get("questions").IsKnown() {
		return nil
	}
	asked := arguments.Items("questions")
	types := map[string]bool{}
	for _, item := range asked {
		q := wire.Open(item)
		if q.Absent() || !q.Get("type").IsKnown() {
			return nil
		}
		types[q.String("type")] = true
	}
	var names []string
	for _, t := range byType {
		if !types[t.kind] {
			names = append(names, t.all)
		}
		if !types[t.kind] || len(asked) != 1 {
			names = append(names, t.member)
		}
	}
	return names
}

// read finds the answers by the names of their questions.
func read(arguments wire.Fields, _ []byte, got wire.Values) {
	asked, answers := arguments.Items("questions"), wire.Items(got["answers"])
	refused := []tftypes.Value{}
	found := map[string]wire.Values{}
	for _, item := range asked {
		found[wire.Open(item).String("type")] = wire.Values{}
	}
	for i := range min(len(asked), len(answers)) {
		given := wire.Open(answers[i])
		if given.Absent() {
			continue
		}
		name, _ := nameOf(wire.Open(asked[i]), i)
		if given.String("type") == refusal {
			refused = append(refused, tftypes.NewValue(tftypes.String, name))
		}
		for _, t := range byType {
			if given.String("type") != t.kind || found[t.kind] == nil {
				continue
			}
			found[t.kind][name] = given.Get(t.member)
			if len(asked) == 1 {
				got[t.member] = given.Get(t.member)
			}
		}
	}
	for _, t := range byType {
		if found[t.kind] != nil {
			got[t.all] = tftypes.NewValue(got[t.all].Type(), found[t.kind])
		}
	}
	got["refusals"] = tftypes.NewValue(got["refusals"].Type(), refused)
}

// findings are what makes answers useless: a gate must not take anything else for the answer to its question.
func findings(arguments, got wire.Fields) []answer.Finding {
	asked, answers := arguments.Items("questions"), got.Items("answers")
	if len(asked) != len(answers) {
		return []answer.Finding{{Text: fmt.Sprintf("the server gave %d answers to %d questions", len(answers), len(asked))}}
	}
	var all []answer.Finding
	for i := range asked {
		q, given := wire.Open(asked[i]), wire.Open(answers[i])
		name, _ := nameOf(q, i)
		switch why := wrong(q, given); {
		case !given.Absent() && given.String("type") == refusal:
			all = append(all, answer.Finding{Words: []string{refusal}, Text: fmt.Sprintf("the model declined to answer the question %q", name)})
		case why != "":
			all = append(all, answer.Finding{Text: fmt.Sprintf("the answer to the question %q %s", name, why)})
		}
	}
	return all
}

// wrong says why something is no answer to a question; "" = it is one.
func wrong(q, given wire.Fields) string {
	if given.Absent() {
		return "is missing"
	}
	if name, said := q.String("name"), given.String("name"); name != "" && said != "" && name != said {
		return fmt.Sprintf("is that to the question %q", said)
	}
	kind, said := q.String("type"), given.String("type")
	if kind != said && said != refusal {
		return fmt.Sprintf("is of the type %q, not %q", said, kind)
	}
	switch said {
	case predicate:
		if p := given.Get("probability"); p.IsNull() || wire.Float(p) < 0 || wire.Float(p) > 1 {
			return "has no probability from 0 to 1"
		}
	case choice:
		for _, item := range q.Items("choices") {
			if value, ok := valueOf(wire.Open(item)); ok && value == given.String("choice") && !given.Get("choice").IsNull() {
				return ""
			}
		}
		return fmt.Sprintf("is the choice %q, which is none of those that it had", given.String("choice"))
	case score:
		if given.Get("score").IsNull() {
			return "has no score"
		}
	}
	return ""
}

// text is the answers as people read them.
func text(got wire.Fields) string {
	var lines []string
	for i, item := range got.Items("answers") {
		given := wire.Open(item)
		if given.Absent() {
			continue
		}
		name, _ := nameOf(given, i)
		said := given.String("type")
		for _, t := range byType {
			if value, err := wire.JSON(given.Get(t.member)); given.String("type") == t.kind && err == nil {
				said = value
			}
		}
		lines = append(lines, name+": "+said)
	}
	return strings.Join(lines, "\n")
}

// used is what the server counted.
func used(got wire.Fields) (input, output int) {
	counts := got.Open("usage")
	if counts.Absent() {
		return 0, 0
	}
	return int(wire.Int(counts.Get("input_tokens"))), int(wire.Int(counts.Get("output_tokens")))
}
