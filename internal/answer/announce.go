package answer

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// announce adds what the plan of a resource comes to, for the one warning that says it for all resources.
// found is where the request of an answer that is there has changed.
func (p plan) announce(ctx context.Context, found comparison, exists bool, o outlook) {
	if p.diags.HasError() || o.prospect == unanswerable || !p.process.PlansToAsk() {
		return
	}
	call := p.call(found, exists, o)
	// That the model was asked is a fact, and not said again: the next plan finds the recording. Anything else is
	// said where this certainly is a plan; what is not said is counted for whoever speaks.
	silent := o.prospect != askedInPlan && !p.process.Plans()
	if silent || call.From == area.Recorded && !exists {
		p.process.Calls.Add(call)
		return
	}
	if calls, later := p.process.Calls.Tell(ctx, call); len(calls) > 0 {
		p.diags.AddWarning(announcement(calls, later))
	}
}

// call is what the plan comes to.
func (p plan) call(found comparison, exists bool, o outlook) area.Call {
	c := area.Call{Request: o.file, Free: p.kind.Free, Again: exists, Changed: found.changed, Open: found.open}
	switch {
	case o.prospect == askedInPlan:
		c.From = area.AskedInPlan
		if p.kind.Usage != nil {
			c.Input, c.Output = p.kind.Usage(wire.FieldsOf(o.values))
		}
		return c
	case o.replays:
		c.From, c.Open = area.Recorded, []string{o.open}
		return c
	case o.prospect == fromRecord:
		c.From = area.Recorded
		return c
	case o.prospect == begunBefore:
		c.From = area.Waiting
		return c
	case exists && len(found.changed) == 0:
		c.From = area.MayBeAsked
	case o.prospect == openInPlan && p.mayBeRecorded():
		c.From, c.Open = area.MayBeAsked, []string{o.open}
	}
	c.Input, c.Output, c.Partly = p.kind.size(p.config)
	return c
}

// mayBeRecorded reports whether a recording could answer the request.
func (p plan) mayBeRecorded() bool {
	if p.client == nil {
		return false
	}
	store, err := p.recordings(p.config)
	return store != nil && err == nil
}

// size is about how many tokens a request takes; partly = what is not known yet is not counted.
func (k *Kind) size(arguments wire.Fields) (input, output int, partly bool) {
	if k.Tokens == nil {
		return 0, 0, false
	}
	body, err := wire.Encode(k.Request, k.completed(arguments))
	if err != nil {
		partly = true
		if body, err = wire.Sketch(k.Request, k.completed(arguments)); err != nil {
			return 0, 0, true
		}
	}
	input, output = k.Tokens(body)
	return input, output, partly
}

// announcement is the summary and the detail of the warning. It is in the present tense, since "apply -auto-approve"
// shows the warnings of its plan only after it. The number is in the summary, because the CLI shows several warnings of
// the same summary as one, with the text of the first.
func announcement(calls []area.Call, later bool) (summary, detail string) {
	call := "call"
	if later {
		call = "more call"
	}
	from := map[area.Source][]area.Call{}
	for _, c := range calls {
		from[c.From] = append(from[c.From], c)
	}
	asks, may, asked, recorded, waiting := from[area.Asked], from[area.MayBeAsked], from[area.AskedInPlan], from[area.Recorded], from[area.Waiting]
	again := slices.DeleteFunc(slices.Clone(calls), func(c area.Call) bool { return !c.Again })
	switch {
	case len(asks) > 0:
		summary = "Applying this plan makes " + counted(len(distinct(asks)), call) + " to the model"
	case len(may) > 0:
		summary = "Applying this plan may make " + counted(len(distinct(may)), call) + " to the model"
	case len(asked) > 0:
		summary = "The plan made " + counted(len(distinct(asked)), call) + " to the model"
	case len(waiting) > 0:
		summary = "Applying this plan takes up " + counted(len(waiting), "answer") + " of an earlier apply"
	default:
		summary = "Recordings answer " + counted(len(again), "changed request")
	}
	var text []string
	add := func(format string, args ...any) { text = append(text, fmt.Sprintf(format, args...)) }
	if len(asks) > 0 {
		add("Applying it takes %s%s.%s", counts(asks), tokens(asks, true), billed(asks))
	}
	if len(may) > 0 {
		add("Applying it may take %s%s.%s The plan does not know: %s. A request that turns out to be the same as before, or that a recording answers, takes no call.",
			counts(may), tokens(may, true), billed(may), places(may, func(c area.Call) []string { return c.Open }))
	}
	if len(asked) > 0 {
		add("The plan took %s%s. The answers are recorded and shown in the plan. Applying it makes no call for them.", counts(asked), tokens(asked, false))
	}
	if len(recorded) > 0 {
		add("Recordings answer %s, without a call.", answeredBy(recorded))
		if open := places(recorded, func(c area.Call) []string { return c.Open }); open != "" {
			text[len(text)-1] += " In the mode \"replay\" there must be one for each request; the plan does not know: " + open + "."
		}
	}
	if len(waiting) > 0 {
		add("An apply that did not complete has left %s. No call is made for what is there or, in the background, on its way.", counted(len(waiting), "answer"))
	}
	if changed := places(again, func(c area.Call) []string { return c.Changed }); changed != "" {
		add("What changed in the requests: %s.", changed)
	}
	if len(again) > 0 {
		until := "the plan is applied"
		if len(asks)+len(may) > 0 {
			until = "the new one is there"
		}
		text[len(text)-1] += " The old answer stays in the state until " + until + "."
	}
	return summary, strings.Join(text, "\n\n")
}

// counts is "30 calls for 30 resources".
func counts(calls []area.Call) string {
	return counted(len(distinct(calls)), "call") + " for " + counted(resources(calls), "resource")
}

// resources is of how many resources the calls are.
func resources(calls []area.Call) int {
	n, seen := 0, map[int]bool{}
	for _, c := range calls {
		if c.Of == 0 || !seen[c.Of] {
			n++
		}
		seen[c.Of] = true
	}
	return n
}

// answeredBy is "30 resources", or "40 requests of 2 resources" where one has several.
func answeredBy(calls []area.Call) string {
	if n := resources(calls); n < len(calls) {
		return counted(len(calls), "request") + " of " + counted(n, "resource")
	}
	return counted(len(calls), "resource")
}

// distinct are the calls that are made: the same request is made once.
func distinct(calls []area.Call) []area.Call {
	seen := map[string]bool{}
	var made []area.Call
	for _, c := range calls {
		if c.Request == "" || !seen[c.Request] {
			made = append(made, c)
		}
		seen[c.Request] = true
	}
	return made
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(n) + " " + what + "s"
}

// tokens is ", with about 12,000 tokens of input and at most 6,000 of output", or what the server counted.
func tokens(calls []area.Call, estimated bool) string {
	var input, output int
	limited, partly := true, false
	for _, c := range distinct(calls) {
		input, output = input+c.Input, output+c.Output
		limited, partly = limited && c.Output > 0, partly || c.Partly
	}
	if input == 0 {
		return ""
	}
	about, most := "", ""
	if estimated {
		input, about, most = rounded(input), "about ", "at most "
	}
	text := ", with " + about + counted(input, "token") + " of input"
	if limited {
		text += " and " + most + thousands(output) + " of output"
	}
	if partly {
		text += ", not counting values that are not known yet"
	}
	return text
}

// rounded has two digits that count: an estimate has no more.
func rounded(n int) int {
	unit := 1
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit/2) / unit * unit
}

// thousands is a number as people write it: 12,400.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func billed(calls []area.Call) string {
	free := slices.DeleteFunc(slices.Clone(calls), func(c area.Call) bool { return !c.Free })
	switch len(free) {
	case 0:
		if !slices.ContainsFunc(calls, func(c area.Call) bool { return !c.Batch }) {
			return " They go through the Batch API, and each is billed at its price."
		}
		return " Each call is billed."
	case len(calls):
		return ""
	}
	return " Each call is billed, except for the " + counted(resources(free), "resource") + " whose calls are free."
}

// places lists places in requests, and in how many of several resources each is.
func places(calls []area.Call, of func(area.Call) []string) string {
	const most = 6
	var names []string
	in, several := map[string]int{}, resources(calls) > 1
	for _, c := range calls {
		for _, name := range of(c) {
			if in[name]++; in[name] == 1 {
				names = append(names, name)
			}
		}
	}
	more := ""
	if len(names) > most {
		names, more = names[:most], " and others"
	}
	for i, name := range names {
		if several {
			names[i] = fmt.Sprintf("%s (%s)", name, counted(in[name], "resource"))
		}
	}
	return strings.Join(names, ", ") + more
}
