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
	values map[string]tftypes.Value // every attribute of Answer and derived; nil = unknown
	file   string                   // the recording that holds it
	asked  bool                     // it was asked for, and paid, just now
	open   string                   // the place in the arguments that is not known yet; "" = none
}

// foresee looks for the answer in the recordings and, with generate_on = "plan",
// asks for it.
func (c completions) foresee(ctx context.Context, config tftypes.Value, diags *diag.Diagnostics) coming {
	fields := wire.Fields(config)
	place := unknownPlace(decisive, fields)
	later := func(why string) coming {
		if asksOnPlan(fields) {
			diags.AddAttributeWarning(path.Root("generate_on"), "Chat completion is asked for during the apply",
				"generate_on is \"plan\", but the plan cannot show the answer: "+why)
		}
		return coming{open: place}
	}
	if c.client == nil {
		return later("the provider's settings are not known yet.")
	}
	store, err := c.recordings(fields)
	if err != nil {
		reply{failure: err}.report(diags, kept)
		return coming{}
	}
	if store == nil {
		if asksOnPlan(fields) {
			needsRecordings(diags, fields)
		}
		return coming{open: place}
	}
	if asksOnPlan(fields) && store.Mode() == recording.Refresh {
		diags.AddAttributeError(path.Root("generate_on"), "Mode of the recordings does not fit generate_on",
			"With mode = \"refresh\" the apply would ask again, and get another answer than the plan has shown. "+
				"Use the mode \"reuse\". To have the plan ask again, change triggers, or delete the recording.")
		return coming{}
	}
	if place != "" {
		return later(place + " is not known yet.")
	}
	in, err := newInquiry(fields)
	if err != nil {
		reply{failure: err}.report(diags, kept)
		return coming{}
	}
	answer, found, err := store.Find(in.question())
	switch {
	case err != nil:
		reply{failure: in.explain(store, err)}.report(diags, kept)
		return coming{}
	case found:
		file, _ := store.File(in.question())
		return seen(in.recorded(recording.Taken{Answer: answer, File: file, Recorded: true}), diags)
	}
	return c.unrecorded(ctx, store, in, diags, later)
}

func asksOnPlan(fields map[string]tftypes.Value) bool {
	now, _ := wire.Text(fields["generate_on"])
	return now == onPlan
}

// unrecorded decides about an answer that is not on record: whether the plan asks for
// it, leaves it to the apply (later says why), or cannot do without it.
func (c completions) unrecorded(ctx context.Context, store *recording.Store, in inquiry, diags *diag.Diagnostics, later func(why string) coming) coming {
	file, _ := store.File(in.question()) // Find would have failed, too
	switch promise := store.Promise(in.question()); {
	case promise == recording.Shown && store.Mode() == recording.Refresh:
		diags.AddError("Plan with a recording", "The plan that is being applied has the answer of the recording "+file+
			", and the mode \"refresh\" would ask for another one. No call was made. Apply the plan in the mode \"reuse\", or plan again in the mode \"refresh\".")
		return coming{}
	case promise == recording.Shown:
		diags.AddError("Missing recording", "The plan that is being applied has the answer of the recording "+file+", and that is not here. "+
			"No call was made, since another answer would not be the one that the plan has shown.\n\n"+
			"Bring the recordings here that were there when the plan was made, or plan again.")
		return coming{}
	case !asksOnPlan(in.fields) || promise == recording.Open:
		return coming{}
	case promise == recording.Unclear:
		return later("a saved plan is being applied, and the recording " + file + " is not here. " +
			"If that plan has shown the answer, Terraform stops now with an \"inconsistent final plan\", before any call is made: " +
			"bring the recordings here that were there when the plan was made, or plan again. Otherwise the model is asked now.")
	}
	if place := unknownPlace(keys, in.fields); place != "" {
		return later(place + " is not known yet.")
	}
	ctx, cancel := withCreateTimeout(ctx, in.fields["timeouts"])
	defer cancel()
	return seen(c.take(ctx, store, in, nil), diags)
}

// planned is what becomes of an answer to a plan that is of no use.
var planned = fate{lost: true, place: "lost, since it could not be recorded either.", next: "The next plan asks again, and pays again."}

// seen makes an answer a part of the plan, if it is fit for that.
func seen(r reply, diags *diag.Diagnostics) coming {
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
	return coming{values: r.values, file: r.kept.File, asked: !r.kept.Recorded}
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
	case c.asked:
		summary = "Has asked again: " + what + " changed"
		cost = "The model was asked during this plan. Its answer is recorded in " + c.file + "; applying the plan makes no call."
	case c.values != nil:
		summary = "Replaced without a call: " + what + " changed"
		cost = "The recording " + c.file + " answers the new request: no call is made, and nothing is paid."
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
