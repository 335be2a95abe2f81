package answer

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// reply is an answer, and what is wrong with it.
type reply struct {
	kind      *Kind
	values    wire.Values     // every attribute of the outcome; nil = there is no answer at all
	failure   error           // why it is not whole; nil = it is
	arguments wire.Fields     // that made the request; absent where none was made
	faults    []string        // why it is of no use
	warnings  []string        // what else there is to say against it
	kept      recording.Taken // the file that holds it, if one does
	lost      error           // why nobody keeps it but who asked; nil = a recording does, or asker.keep
}

// useful reports whether the answer is there and of use.
func (r reply) useful() bool { return r.values != nil && r.failure == nil && len(r.faults) == 0 }

// unusable are the reasons not to give the answer a second time; nil = there are none.
func (r reply) unusable() []string {
	if r.failure != nil {
		return []string{r.failure.Error()}
	}
	return r.faults
}

// evaluate says what fails an answer, and what is worth a warning.
func (k *Kind) evaluate(arguments, answer wire.Fields, gate bool) (faults, warnings []string) {
	if k.Findings == nil {
		return nil, nil
	}
	var fails, warns []string
	if k.FailOn != nil {
		if fails, warns = k.FailOn.Default(arguments, gate); !arguments.Get("fail_on").IsNull() {
			fails, warns = nil, nil
			for _, item := range arguments.Items("fail_on") {
				word, _ := wire.Text(item)
				fails = append(fails, word)
			}
		}
	}
	for _, found := range k.Findings(arguments, answer) {
		among := func(words []string) bool {
			return slices.ContainsFunc(found.Words, func(word string) bool { return slices.Contains(words, word) })
		}
		switch {
		case found.Warns && gate: // nobody keeps what it is about
		case found.Warns:
			warnings = append(warnings, found.Text)
		case len(found.Words) == 0 || among(fails):
			faults = append(faults, found.Text)
		case among(warns):
			warnings = append(warnings, found.Text)
		}
	}
	return faults, warnings
}

// disposition says what becomes of an answer that is of no use, or is not there.
type disposition struct {
	doing string // what was being done, before the noun: "create"
	when  string // and after it; "" = nothing
	place string // where the answer is, without a full stop
	why   string // the reason, if the call is billed, to follow place
	lost  bool   // nowhere, unless a file holds it
	shown bool   // the error quotes it
	stays string // what else stays as it is, a sentence; "" = nothing
	next  string // what comes next: who asks again, without a full stop
}

var (
	onCreate = disposition{doing: "create", place: "kept in the state", why: ", because it has probably been billed",
		next: "The resource is marked as tainted: the next apply asks again"}
	onUpdate = disposition{doing: "update", place: "not stored in place of the old one", shown: true,
		stays: "The old answer stays in the state, with the arguments it was made with.",
		next:  "The next apply asks again"}
	inPlan = disposition{doing: "plan"}
	// askedDuringPlan is for the model's answer to generate_on = "plan".
	askedDuringPlan = disposition{doing: "generate", when: "during the plan", place: "lost, because it could not be recorded either", lost: true, shown: true,
		next: "The next plan asks again"}
	whenOpened = disposition{doing: "open", place: "discarded, because an ephemeral resource stores nothing", lost: true,
		next: "Running the operation again asks again"}
	whenRead = disposition{doing: "read", place: "discarded, because a data source that fails stores nothing", lost: true,
		next: "Running the operation again asks again"}
	whenInvoked = disposition{doing: "create", place: "above, if it is text",
		next: "Running the action again asks again"}
)

// report adds what is wrong with the answer.
func (r reply) report(diags *diag.Diagnostics, d disposition) {
	summary := sentences("Could not "+d.doing+" "+r.kind.Noun, d.when)
	switch {
	case r.failure != nil && r.values == nil:
		notes := nextStep(r.failure)
		if r.kept.File != "" {
			notes = append(notes, "What the server sent is in the file "+r.kept.File+", which is not taken for a recording.")
		}
		if d.stays != "" {
			notes = append(notes, d.stays)
		}
		report.Failure(diags, summary, r.kind.givenArguments(r.arguments), r.failure, notes...)
	case r.failure != nil:
		report.Failure(diags, summary, r.kind.givenArguments(r.arguments), r.failure, "What had arrived before that is "+r.whereabouts(d))
	case len(r.faults) > 0:
		diags.AddError("Unusable "+r.kind.Noun,
			"The model answered, but the answer is not what was asked for:\n\n"+bullets(r.faults)+"\n\nThe answer is "+client.Printable(r.whereabouts(d), true))
	case len(r.warnings) > 0:
		diags.AddWarning(kinds.UpperFirst(r.kind.Noun)+" may not be usable",
			bullets(r.warnings)+"\n\nThe answer is kept. To make this an error, set fail_on. To ask again, change the request or triggers.")
	}
	r.reportUnrecorded(diags)
}

// bullets lists texts that quote what a server or a model wrote, fit for a terminal: each is one
// line.
func bullets(texts []string) string {
	const maxQuoted = 2000 // bytes
	lines := make([]string, len(texts))
	for i, text := range texts {
		if text = client.Printable(text, false); len(text) > maxQuoted {
			text = strings.ToValidUTF8(text[:maxQuoted], "") + "…"
		}
		lines[i] = "  - " + text
	}
	return strings.Join(lines, "\n")
}

// whereabouts says where the answer is, and what comes next.
func (r reply) whereabouts(d disposition) string {
	file := r.kept.File
	place, next := r.billed(d.place, d.why), r.billed(d.next, ", and is billed again")
	switch {
	case r.kept.Recorded:
		return sentences("from the recording "+file+"; no call was made.", d.stays, "Correct the answer in the file, or delete the file to ask the model again.")
	case file != "" && d.lost:
		place = "kept in the file " + file + ", which is not used as a recording."
	case file != "":
		place += " It is in the file " + file + " as well, which is not used as a recording."
	}
	text := sentences(place, d.stays, next)
	if d.shown && r.kind.Text != nil {
		if words := strings.TrimSpace(r.kind.Text(wire.FieldsOf(r.values))); words != "" {
			text += " The answer was:\n\n" + words
		}
	}
	return text
}

// billed makes a sentence of a text, with what is true of it where the call is billed.
func (r reply) billed(text, more string) string {
	switch {
	case text == "":
		return ""
	case r.kind.Free:
		more = ""
	}
	return text + more + "."
}

func sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

func (r reply) reportUnrecorded(diags *diag.Diagnostics) {
	if r.kept.Unrecorded != nil {
		diags.AddWarning(kinds.UpperFirst(r.kind.Noun)+" was not recorded",
			"The answer was received, but its recording could not be written: "+r.kept.Unrecorded.Error()+".")
	}
}
