package chat

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// The values of generate_on.
const (
	onApply = "apply"
	onPlan  = "plan"
)

// Terraform plans twice: to show the plan, and again in another process just
// before a change is applied, without telling the provider which of the two it
// is, or what the first plan knew. It refuses a second plan that knows less, or
// something else. So what a plan knows of an answer comes from a recording, always.

// coming is what a plan knows of an answer that is to come.
type coming struct {
	values  map[string]tftypes.Value // every attribute of Answer and derived; nil = unknown
	file    string                   // the recording that holds it
	open    string                   // the place in the arguments that is not known yet; "" = none
	asks    bool                     // it will be asked for in this plan
	replays bool                     // no call may be made
}

// foresight is one look at an answer that is to come.
type foresight struct {
	completions
	store    *recording.Store
	fields   map[string]tftypes.Value // the configuration
	question recording.Question
	again    bool // it replaces another: Terraform will plan once more, for it alone
	diags    *diag.Diagnostics
}

// foresee looks for the answer in the recordings and, with generate_on = "plan",
// asks for it. For a replacement Terraform plans twice, first as a change of what is
// there, where some arguments can be other than in the end (ignore_changes); so only
// the second time is asked, when there is nothing before it.
func (c completions) foresee(ctx context.Context, config tftypes.Value, again bool, diags *diag.Diagnostics) coming {
	f := foresight{completions: c, fields: wire.Fields(config), again: again, diags: diags}
	place := unknownPlace(decisive, f.fields)
	if c.client == nil {
		return f.later("the provider's settings are not known yet.", place)
	}
	var err error
	if f.store, err = c.recordings(f.fields); err != nil {
		reply{failure: err}.report(diags, kept)
		return coming{}
	}
	switch {
	case f.store == nil && f.onPlan():
		needsRecordings(diags, f.fields)
		return coming{}
	case f.store == nil:
		return coming{open: place}
	case f.store.Mode() == recording.Refresh && f.onPlan():
		diags.AddAttributeError(path.Root("generate_on"), "Mode of the recordings does not fit generate_on",
			"With mode = \"refresh\" the apply would ask again, and get another answer than the plan has shown. "+
				"Use the mode \"reuse\". To have the plan ask again, change triggers, or delete the recording.")
		return coming{}
	case place != "":
		return f.later(place+" is not known yet.", place)
	}
	in, err := newInquiry(f.fields)
	if err == nil {
		f.question, err = in.question()
	}
	if err != nil {
		reply{failure: err}.report(diags, kept)
		return coming{}
	}
	return f.look(ctx, in)
}

func (f foresight) onPlan() bool { return asksOnPlan(f.fields) }

func asksOnPlan(fields map[string]tftypes.Value) bool {
	now, _ := wire.Text(fields["generate_on"])
	return now == onPlan
}

// later leaves the answer to the apply, and says why where the user wants it in the plan.
func (f foresight) later(why, open string) coming {
	if f.onPlan() {
		f.diags.AddAttributeWarning(path.Root("generate_on"), "Chat completion is asked for during the apply",
			"generate_on is \"plan\", but the plan cannot show the answer: "+why)
	}
	return coming{open: open, replays: f.replays()}
}

// look takes a recording that is there. If the plan that is being applied was made of another
// answer, Terraform refuses.
func (f foresight) look(ctx context.Context, in inquiry) coming {
	file, shown := f.store.File(f.question), f.store.Promise(f.question)
	if f.store.Mode() == recording.Refresh { // the apply asks for another
		if shown == recording.Shown {
			f.warnOfPlan("the mode \"refresh\" asks for another answer than that of the recording " + file + ", which the plan may have. Apply the plan in the mode \"reuse\", or plan again in the mode \"refresh\"")
		}
		return coming{}
	}
	answer, found, err := f.store.Find(f.question)
	if err != nil {
		reply{failure: in.explain(f.store, f.question, err)}.report(f.diags, kept)
		return coming{}
	}
	if !found {
		return f.unrecorded(ctx, in, file, shown)
	}
	return f.seen(in.recorded(recording.Taken{Answer: answer, File: file, Recorded: true}))
}

// unrecorded decides about an answer that is not on record: whether the plan asks for
// it, leaves it to the apply, or cannot do without it.
func (f foresight) unrecorded(ctx context.Context, in inquiry, file string, promise recording.Promise) coming {
	switch {
	case promise == recording.Shown && f.onPlan():
		f.diags.AddError("Missing recording", "The plan that is being applied has the answer of the recording "+file+", and that is not here. "+
			"No call was made, since another answer would not be the one that the plan has shown.\n\n"+
			"Bring the recordings here that were there when the plan was made; or plan again where they are, which makes no call.")
		return coming{}
	case promise == recording.Shown, promise == recording.Unclear && f.onPlan():
		f.warnOfPlan("the recording " + file + ", whose answer the plan may have, is not here. Bring the recordings here that were there when the plan was made, or plan again")
		return coming{}
	case !f.onPlan() || promise == recording.Open:
		return coming{}
	case f.again:
		return coming{asks: true}
	}
	if place := unknownPlace(keys, f.fields); place != "" {
		return f.later(place+" is not known yet.", place)
	}
	ctx, cancel := withCreateTimeout(ctx, f.fields["timeouts"])
	defer cancel()
	return f.seen(f.take(ctx, f.store, in, f.question, nil))
}

// warnOfPlan explains what Terraform says next, in words that blame the provider, if the plan
// that is being applied does have the answer. Where it has not, the apply goes on.
func (f foresight) warnOfPlan(why string) {
	f.diags.AddWarning("Saved plan and recordings may not fit together",
		"A saved plan is being applied, and "+why+". If the plan has it, Terraform stops now with an \"inconsistent final plan\", before any call is made. Otherwise the model is asked now.")
}

// planned is what becomes of an answer to a plan that is of no use.
var planned = fate{lost: true, place: "lost, since it could not be recorded either.", next: "The next plan asks again, and pays again."}

// seen makes an answer a part of the plan, if it is fit for that.
func (f foresight) seen(r reply) coming {
	diags := f.diags
	r.report(diags, planned)
	if diags.HasError() {
		return coming{}
	}
	if r.kept.Unrecorded != nil {
		content, _ := wire.Text(r.values["content"])
		diags.AddError("Chat completion cannot be planned",
			"The model has answered, but the answer could not be recorded, so that the apply would not find it. The next plan asks again. The answer was:\n\n"+content)
		return coming{}
	}
	return coming{values: r.values, file: r.kept.File}
}

// decisive are the arguments that the question is made of, and that its answer is
// read with; keys are what it is asked for with.
var (
	decisive = kinds.Join(Request, sound, kinds.Attributes{*settings.Find("extra_body"), *settings.Find("record"), *lifecycle.Find("triggers")})
	keys     = kinds.Attributes{*settings.Find("api_key"), *lifecycle.Find("api_key_wo")}
)

// unknownPlace is the first place in some arguments that is not known yet; "" = all is known.
func unknownPlace(as kinds.Attributes, fields map[string]tftypes.Value) string {
	for _, a := range as {
		if place := wire.Unknown(a.Name, fields[a.Name]); place != "" {
			return place
		}
	}
	return ""
}

// foreseen reports whether the plan has the answer.
func foreseen(plan map[string]tftypes.Value) bool {
	for _, a := range outcome {
		if !plan[a.Name].IsFullyKnown() {
			return false
		}
	}
	return true
}

// sayWhy tells why a completion is replaced, and whether that costs a call.
func (c coming) sayWhy(diags *diag.Diagnostics, changes []kinds.Changed) {
	var places []string
	for _, change := range changes {
		places = append(places, change.Places...)
	}
	what := strings.Join(places, ", ")
	summary := "Asks again, and pays again: " + what + " changed"
	cost := "The model is asked again when this plan is applied, and the answer is paid for."
	switch {
	case c.asks:
		summary = "Asks again in this plan, and pays again: " + what + " changed"
		cost = "The model is asked again during this plan, and the answer is paid for and recorded. Applying the plan makes no call."
	case c.values != nil:
		summary = "Replaced without a call: " + what + " changed"
		cost = "The recording " + c.file + " answers the new request: no call is made, and nothing is paid."
	case c.open != "" && c.replays:
		summary = "Replaced, if there is a recording: " + what + " changed"
		cost = "A recording must answer the new request, which is not known before " + c.open + " is: the mode of the recordings is \"replay\", in which no call is made."
	case c.open != "":
		cost = "The model is asked again when this plan is applied, unless a recording answers the new request; that is not known before " + c.open + " is."
	}
	diags.AddWarning(summary, "The chat completion is replaced, because its request changed: "+what+".\n\n"+cost)
}

// validateGeneration checks what generate_on needs; records is false where the
// provider certainly has no recordings.
func validateGeneration(diags *diag.Diagnostics, fields map[string]tftypes.Value, records bool) {
	if !asksOnPlan(fields) {
		return
	}
	if why := unrecordable(fields); why != "" || !records {
		needsRecordings(diags, fields)
	}
}

func needsRecordings(diags *diag.Diagnostics, fields map[string]tftypes.Value) {
	detail := "generate_on = \"plan\" records the answer, so that the apply has the one that the plan has shown"
	if why := unrecordable(fields); why != "" {
		detail += "; but " + why + ". Use generate_on = \"apply\"."
	} else {
		detail += ". Add a recordings block to the provider: recordings { directory = \"recordings\" }"
	}
	diags.AddAttributeError(path.Root("generate_on"), "Missing recordings", detail)
}
