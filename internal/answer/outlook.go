package answer

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Terraform plans twice: to show the plan, and again in another process just
// before a change is applied, without telling the provider which of the two it
// is, or what the first plan knew. It refuses a second plan that knows less, or
// something else. So what a plan knows of an answer comes from a recording, always.

// prospect says where an answer that is to come will come from.
type prospect int

const (
	asksInApply  prospect = iota // the model is asked during the apply
	openInPlan                   // a value is not known yet by which a recording is found
	fromRecord                   // a recording has it
	begunBefore                  // an earlier apply has begun it, and the server makes it
	askedInPlan                  // the model has been asked in this plan, and the answer recorded
	unanswerable                 // the diagnostics say why there will be none
)

// outlook is what a plan knows of an answer that is to come.
type outlook struct {
	prospect prospect
	values   wire.Values // the whole outcome: fromRecord, askedInPlan
	file     string      // that holds it, or will
	open     string      // the place in the arguments that is not known: openInPlan
	replays  bool        // no call may be made
}

// forecast is one look at an answer that is to come.
type forecast struct {
	asker
	arguments wire.Fields // the configuration
	plans     bool        // the process makes a plan: a warning is of use
	asks      bool        // and what it plans may come to be: the model may be asked
	diags     *diag.Diagnostics
}

// look looks for the answer in the recordings and, with generate_on = "plan", asks for it.
func (f forecast) look(ctx context.Context) outlook {
	place := unknownPlace(f.kind.declare().requestInputs, f.arguments)
	if f.client == nil {
		return f.deferToApply("the provider's settings are not known yet.", place)
	}
	store, err := f.recordings(f.arguments)
	switch {
	case err != nil:
		return f.fail(err)
	case store == nil && f.onPlan():
		f.kind.needsRecordings(f.diags, f.arguments)
		return outlook{prospect: unanswerable}
	case store == nil && place != "":
		return outlook{prospect: openInPlan, open: place}
	case store == nil:
		return outlook{prospect: asksInApply}
	case store.Mode() == recording.Refresh && f.onPlan():
		f.diags.AddAttributeError(path.Root("generate_on"), "generate_on does not work with this mode",
			"With mode = \"refresh\", the apply would ask again and get a different answer from the one in the plan. "+
				"Use the mode \"reuse\". To make the plan ask again, change triggers or delete the recording.")
		return outlook{prospect: unanswerable}
	case place != "":
		return f.deferToApply(place+" is not known yet.", place)
	}
	r, err := f.kind.newRequest(f.arguments)
	if err != nil {
		return f.fail(err)
	}
	question, err := f.question(r)
	if err != nil {
		return f.fail(err)
	}
	return recordedForecast{f, store, r, question}.look(ctx)
}

func (f forecast) fail(err error) outlook {
	f.failed(err).report(f.diags, inPlan)
	return outlook{prospect: unanswerable}
}

func (f forecast) onPlan() bool { return generatesOnPlan(f.arguments) }

func generatesOnPlan(arguments wire.Fields) bool { return arguments.String("generate_on") == onPlan }

// deferToApply leaves the answer to the apply, and says why where the user wants it in the plan.
func (f forecast) deferToApply(why, open string) outlook {
	if f.onPlan() && f.plans {
		f.diags.AddAttributeWarning(path.Root("generate_on"), kinds.UpperFirst(f.kind.Noun)+" is generated during the apply",
			"generate_on is \"plan\", but the plan cannot show the answer: "+why)
	}
	o := outlook{prospect: asksInApply, open: open, replays: Replays(f.client)}
	if open != "" {
		o.prospect = openInPlan
	}
	return o
}

// recordedForecast is a forecast whose answer has, or gets, a recording.
type recordedForecast struct {
	forecast
	store    *recording.Store
	request  request
	question recording.Question
}

// look takes a recording that is there.
func (f recordedForecast) look(ctx context.Context) outlook {
	file, shown := f.store.File(f.question), f.store.Promise(f.question)
	if f.store.Mode() == recording.Refresh { // the apply asks for another
		if shown == recording.Shown {
			f.warnOfPlan("the mode \"refresh\" asks for a new answer instead of the one in the recording " + file + ", which the plan may contain. Apply the plan in the mode \"reuse\", or plan again in the mode \"refresh\"")
		}
		return outlook{prospect: asksInApply}
	}
	taken, found, err := f.store.Find(f.question)
	switch {
	case err != nil:
		return f.fail(f.request.explain(f.store, f.question, err))
	case !found:
		return f.unrecorded(ctx, file, shown)
	}
	return f.plan(f.request.recorded(taken), fromRecord)
}

// unrecorded decides about an answer that is not on record: whether the plan asks for
// it, leaves it to the apply, or cannot do without it.
func (f recordedForecast) unrecorded(ctx context.Context, file string, promise recording.Promise) outlook {
	switch {
	case promise == recording.Shown && f.onPlan():
		f.diags.AddError("Missing recording", "The plan that is being applied contains the answer of the recording "+file+", which is missing. "+
			"No call was made, because a new answer would not be the one in the plan.\n\n"+
			"Restore the recordings that were there when the plan was made, or make a new plan where they are, which makes no call.")
		return outlook{prospect: unanswerable}
	case promise == recording.Unclear && f.onPlan():
		f.diags.AddError("Missing recording", "The plan that is being applied cannot be read (it may be encrypted), and the recording "+file+", whose answer it may contain, is missing. "+
			"No call was made, because a new answer would not be the one in the plan.\n\n"+
			"Restore the recordings that were there when the plan was made, or make a new plan where they are, which makes no call. "+
			"If the plan did not contain the answer yet, set the environment variable OPENAI_RECORDINGS_PLAN_CHECK=off to ask the model now.")
		return outlook{prospect: unanswerable}
	case promise == recording.Shown:
		f.warnOfPlan("the recording " + file + ", whose answer the plan may contain, is missing. Restore the recordings that were there when the plan was made, or plan again")
		return outlook{prospect: asksInApply}
	case !f.onPlan() || !f.asks || promise == recording.Open:
		return outlook{prospect: asksInApply, file: file}
	}
	if place := unknownPlace(f.kind.declare().credentials, f.arguments); place != "" {
		return f.deferToApply(place+" is not known yet.", place)
	}
	if err := f.store.Broken(); err != nil { // the plan's answer would be lost
		return f.fail(err)
	}
	ctx, cancel := withCreateTimeout(ctx, f.arguments.Get("timeouts"))
	defer cancel()
	return f.plan(f.take(ctx, f.store, f.request, f.question, nil), askedInPlan)
}

// warnOfPlan explains what Terraform says next, in words that blame the provider, if the plan
// that is being applied does have the answer. Where it has not, the apply goes on.
func (f forecast) warnOfPlan(why string) {
	f.diags.AddWarning("Saved plan and recordings may not match",
		"A saved plan is being applied, and "+why+". If the plan contains it, Terraform stops now with an \"inconsistent final plan\", before any call is made. Otherwise the model is asked now.")
}

// plan makes an answer a part of the plan, if it is fit for that.
func (f recordedForecast) plan(r reply, from prospect) outlook {
	if !f.plans {
		r.warnings = nil // the plan has given them
	}
	during := inPlan
	if from == askedInPlan {
		during = askedDuringPlan
	}
	r.report(f.diags, during)
	switch {
	case !r.useful():
		return outlook{prospect: unanswerable}
	case r.kept.Unrecorded != nil:
		text := ""
		if f.kind.Text != nil {
			text = " The answer was:\n\n" + client.Printable(f.kind.Text(wire.FieldsOf(r.values)), true)
		}
		f.diags.AddError(kinds.UpperFirst(f.kind.Noun)+" cannot be planned",
			"The model answered, but the answer could not be recorded, so the apply would not find it. The next plan asks again."+text)
		return outlook{prospect: unanswerable}
	}
	if from == askedInPlan && r.kept.Recorded {
		from = fromRecord // another resource has asked the same meanwhile
	}
	return outlook{prospect: from, values: r.values, file: r.kept.File}
}

// unknownPlace is the first place in some arguments that is not known yet; "" = all is known.
func unknownPlace(as kinds.Attributes, arguments wire.Fields) string {
	for _, a := range as {
		if place := wire.Unknown(a.Name, arguments.Get(a.Name)); place != "" {
			return place
		}
	}
	return ""
}

// validateGeneration checks what generate_on needs; mayRecord is false where the
// provider certainly has no recordings.
func (k *Kind) validateGeneration(diags *diag.Diagnostics, arguments wire.Fields, mayRecord bool) {
	if !generatesOnPlan(arguments) {
		return
	}
	if k.unrecordable(arguments) != "" || !mayRecord {
		k.needsRecordings(diags, arguments)
	}
}

const exampleRecordings = `  provider "openai" {
    recordings {
      directory = "recordings"
    }
  }`

func (k *Kind) needsRecordings(diags *diag.Diagnostics, arguments wire.Fields) {
	summary, detail := "Missing recordings", "generate_on = \"plan\" records the answer, so that the apply uses the one shown in the plan"
	if why := k.unrecordable(arguments); why != "" {
		summary = "Conflicting arguments"
		detail += "; but " + why + ". Use generate_on = \"apply\"."
	} else {
		detail += ". Add a recordings block to the provider:\n\n" + exampleRecordings
	}
	diags.AddAttributeError(path.Root("generate_on"), summary, detail)
}
