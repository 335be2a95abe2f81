package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// mostBytes is how long OpenAI lets the input be, in bytes.
const mostBytes = 200 << 20

// request is one of the requests in a configuration, as far as it is known.
type request struct {
	id, body string // "" = not known
	model    string // "" = not known, or left out
	streams  bool
}

// requestsOf are the requests of a configuration or a state.
func requestsOf(fields wire.Fields) (all []request) {
	for _, item := range fields.Items(requests) {
		f := wire.Open(item)
		if f.Absent() {
			all = append(all, request{})
			continue
		}
		r := request{id: f.String("custom_id"), body: f.String("body")}
		var known struct {
			Model  any
			Stream any
		}
		if json.Unmarshal([]byte(r.body), &known) == nil {
			r.model, _ = known.Model.(string)
			r.streams = known.Stream == true
		}
		all = append(all, r)
	}
	return all
}

// at is the place of a part of a request.
func at(i int, name string) path.Path { return path.Root(requests).AtListIndex(i).AtName(name) }

// validate checks that there is an input, and that the server can tell the requests apart.
func validate(config wire.Fields) (diags diag.Diagnostics) {
	given := rules.OneOf(&diags, path.Empty(), config, requests, inputFile)
	if given == "" && rules.Missing(config.Get(requests)) && config.Get(inputFile).IsNull() {
		if config.Get(requests).IsNull() {
			diags.AddError("Missing requests", "There is nothing to submit: set requests or input_file_id.")
		} else {
			rules.RefuseAt(&diags, path.Root(requests), "Missing requests", "A batch has one request at least.")
		}
	}
	seen := map[string]int{}
	for i, r := range requestsOf(config) {
		if first, twice := seen[r.id]; twice && r.id != "" {
			rules.RefuseAt(&diags, at(i, "custom_id"), "Duplicate custom_id", "The request %d has the custom_id %q as well. Each must have its own, by which its answer is found.", first, r.id)
		} else {
			seen[r.id] = i
		}
		if r.streams {
			rules.RefuseAt(&diags, at(i, "body"), "Invalid request", "A batch cannot stream: leave out \"stream\".")
		}
	}
	if _, ours := wire.Entries(config.Get("metadata"))[job.MarkKey]; ours {
		rules.RefuseAt(&diags, path.Root("metadata").AtMapKey(job.MarkKey), kinds.InvalidValue, "%q is the provider's own key. Choose another name.", job.MarkKey)
	}
	return diags
}

// limits holds the arguments against OpenAI's limits.
func limits(config wire.Fields) (diags diag.Diagnostics) {
	rules.Labels(&diags, config, "metadata")
	if n := len(wire.Entries(config.Get("metadata"))); n == 16 {
		rules.RefuseAt(&diags, path.Root("metadata"), kinds.OutOfRange, "For OpenAI, there must be at most 15 labels besides the provider's own, not %d.", n)
	}
	rules.Within(&diags, config, 3600, 2592000, expiry, "seconds")
	all, size, model := requestsOf(config), int64(0), ""
	if len(all) > job.MaxLines {
		rules.RefuseAt(&diags, path.Root(requests), kinds.OutOfRange, "For OpenAI, a batch has at most %d requests, not %d. Use several batches.", job.MaxLines, len(all))
	}
	for i, r := range all {
		if n := utf8.RuneCountInString(r.id); n > job.MaxID {
			rules.RefuseAt(&diags, at(i, "custom_id"), kinds.OutOfRange, "For OpenAI, a custom_id must have at most %d characters, not %d.", job.MaxID, n)
		}
		if model == "" {
			model = r.model
		}
		if r.model != "" && r.model != model {
			rules.RefuseAt(&diags, at(i, "body"), "Different models", "OpenAI takes one model in a batch: the requests before this one name %q, and it names %q. Use a batch for each model.", model, r.model)
		}
		size += job.LineBytes(config.String("endpoint"), job.Line{ID: r.id, Body: []byte(r.body)})
	}
	if size > mostBytes {
		rules.RefuseAt(&diags, path.Root(requests), kinds.OutOfRange, "For OpenAI, the requests of a batch have at most %d bytes, not %d. Use several batches.", mostBytes, size)
	}
	return diags
}

// plan has an apply collect what no apply has collected, and another batch take the place of one without any answers.
func plan(_ context.Context, p *object.Planning) {
	toFile := !p.Config.Get(resultsFile).IsNull()
	if p.Prior.Absent() || len(p.Changes.Replace) > 0 {
		leaveOut(p, toFile)
		return
	}
	switch name := "batch " + p.Prior.String("id"); {
	case isUseless(p.Prior):
		p.Open(status)
		p.Replace(status)
		leaveOut(p, toFile)
		p.Diags.AddWarning("Batch has no answers", fmt.Sprintf("%s has the status %q and no answers. The plan submits the requests again. %s",
			kinds.UpperFirst(name), p.Prior.String(status), strings.Join(reasons(p.Prior), "\n")))
	case !isCollected(p.Prior):
		open(p, toFile)
		what := fmt.Sprintf("collects the results of %s (%s)", name, p.Prior.String(status))
		if !job.Ended(p.Prior.String(status)) {
			what = fmt.Sprintf("collects the results of %s (%s)", name, progress(p.Prior, p.Now))
			if waits := p.Config.Get(waits); waits.IsNull() || wire.True(waits) {
				what = "waits for " + name + ", and " + strings.Replace(what, name, "it", 1)
			} else {
				what += ", if it has ended by then"
			}
		}
		p.Diags.AddWarning("Batch is pending", "The apply "+what+".")
	case collectsAnew(p):
		open(p, toFile)
	}
}

// leaveOut plans null for what another batch will not have.
func leaveOut(p *object.Planning, toFile bool) {
	p.Open(results, resultsSum)
	switch {
	case !p.Config.Get(resultsFile).IsKnown():
	case toFile:
		p.Planned[results] = tftypes.NewValue(attributes.Find(results).Type(), nil)
	default:
		p.Planned[resultsSum] = tftypes.NewValue(tftypes.String, nil)
	}
}

// open leaves open what a batch will have once its results are collected.
func open(p *object.Planning, toFile bool) {
	for i := range attributes {
		if a := &attributes[i]; a.Mode == kinds.Computed && a.Name != "id" && a.Name != "created_at" {
			p.Open(a.Name)
		}
	}
	leaveOut(p, toFile)
}

// isCollected reports whether the results of a batch are in its state or in a file.
func isCollected(state wire.Fields) bool {
	return !state.Get(results).IsNull() || !state.Get(resultsSum).IsNull()
}

// isUseless reports whether a batch has ended without any answer, so that it has cost nothing. One that was cancelled is as
// somebody wanted it.
func isUseless(state wire.Fields) bool {
	counts := state.Open("request_counts")
	switch state.String(status) {
	case job.StatusFailed:
		return true
	case job.StatusCompleted, job.StatusExpired:
		return isCollected(state) && len(wire.Entries(state.Get(results))) == 0 && !counts.Absent() && wire.Int(counts.Get("completed")) == 0
	}
	return false
}

// collectsAnew reports whether the results are to be somewhere else than they are.
func collectsAnew(p *object.Planning) bool {
	now, known := p.Config.Text(resultsFile)
	if !known {
		return !p.Config.Get(resultsFile).IsNull() || !p.Prior.Get(resultsFile).IsNull()
	}
	return now != p.Prior.String(resultsFile) || sumOf(now) != p.Prior.String(resultsSum)
}

// progress is how far a batch is: "in_progress, 3 of 10 requests done, running for 3h".
func progress(state wire.Fields, now time.Time) string {
	parts := []string{state.String(status)}
	if counts := state.Open("request_counts"); !counts.Absent() && wire.Int(counts.Get("total")) > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d requests done", wire.Int(counts.Get("completed"))+wire.Int(counts.Get("failed")), wire.Int(counts.Get("total"))))
	}
	if made := wire.Int(state.Get("created_at")); made > 0 && now.After(time.Unix(made, 0)) {
		parts = append(parts, "running for "+span(now.Sub(time.Unix(made, 0))))
	}
	return strings.Join(parts, ", ")
}

// span is a duration for people: "3 h 5 min".
func span(d time.Duration) string {
	switch d = d.Round(time.Minute); {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
}

// named is how many failures a text names.
const named = 10

// reasons are why requests, or the batch, have failed, as far as a text names them.
func reasons(state wire.Fields) (lines []string) {
	for _, item := range state.Items(refusals) {
		f := wire.Open(item)
		text := f.String("message")
		if line := wire.Int(f.Get("line")); line > 0 {
			text = fmt.Sprintf("line %d: %s", line, text)
		}
		lines = append(lines, text)
	}
	if len(lines) == 0 {
		for id, v := range wire.Entries(state.Get(failures)) {
			text, _ := wire.Text(v)
			lines = append(lines, id+": "+text)
		}
		slices.Sort(lines)
	}
	return shortened(lines)
}

// shortened is a list for a text.
func shortened(lines []string) []string {
	more := len(lines) - named
	if more > 0 {
		lines = append(lines[:named:named], fmt.Sprintf("… and %d more", more))
	}
	for i := range lines {
		lines[i] = "\n  - " + client.Printable(lines[i], false)
	}
	return lines
}
