package set

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// entry is one request of a set.
type entry struct {
	key       string
	arguments wire.Fields
	open      string           // the place in the arguments that is not known yet; "" = all is known
	question  *answer.Question // nil where something is not known yet, and after release
	name      string           // of the question
}

// hash stands for the request in the state.
func (e *entry) hash() string { return shorten(e.name) }

// release gives up what is only needed to ask: of thousands of requests, it is most of what is in memory.
func (e *entry) release() { e.question, e.arguments = nil, wire.Fields{} }

// shorten is the first half of a name: enough to tell requests apart.
func shorten(name string) string { return name[:len(name)/2] }

// keys are the names of the requests, sorted; known is false where they are not known yet.
func keys(config wire.Fields) (names []string, known bool) {
	requests := config.Get("requests")
	if !requests.IsKnown() {
		return nil, false
	}
	return slices.Sorted(maps.Keys(wire.Members(requests))), true
}

// templateOf are the arguments that all requests start from.
func (k *Kind) templateOf(config wire.Fields) wire.Fields {
	values := wire.Values{}
	for _, a := range k.Of.Request.WithoutWriteOnly() {
		values[a.Name] = tftypes.NewValue(a.Type(), nil)
	}
	for _, a := range k.request {
		values[a.Name] = config.Get(a.Name)
	}
	for _, name := range []string{"api_key", "api_key_wo"} {
		values[name] = config.Get(name)
	}
	values["label"] = tftypes.NewValue(tftypes.String, nil)
	return wire.FieldsOf(values)
}

// expand is one request of a set: the template with what differs.
func (k *Kind) expand(template wire.Fields, key string, differs tftypes.Value) (*entry, error) {
	e := &entry{key: key}
	values := wire.Values{"label": tftypes.NewValue(tftypes.String, key)}
	switch {
	case !differs.IsKnown():
		e.open, e.arguments = place(key), template.With(values)
		return e, nil
	case differs.IsNull():
		return nil, fmt.Errorf("it is null. Write {} for a request without differences")
	case differs.Type().Is(tftypes.String):
		e.arguments = template.With(values)
		return e, k.goOn(e, differs)
	}
	members := wire.Members(differs)
	if members == nil {
		return nil, fmt.Errorf("an object or a text is needed")
	}
	text := tftypes.NewValue(tftypes.String, nil)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		a := k.template.Find(name)
		if name == content {
			a = &kinds.Attribute{Name: content, Shape: kinds.String}
			*a = kinds.Declare(*a)[0]
		}
		if a == nil {
			return nil, fmt.Errorf("there is no argument %q in a request", name)
		}
		if members[name].IsKnown() && members[name].IsNull() {
			continue // as if it was not there
		}
		v, err := wire.Convert(a, members[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if name == content {
			text = v
			continue
		}
		if named(k.Instead, name) {
			for _, other := range k.Instead {
				values[other] = tftypes.NewValue(template.Get(other).Type(), nil)
			}
		}
		values[name] = v
	}
	e.arguments = template.With(values)
	if !text.IsNull() || !text.IsKnown() {
		return e, k.goOn(e, text)
	}
	return e, nil
}

func (k *Kind) goOn(e *entry, text tftypes.Value) (err error) {
	e.arguments, err = k.Continue(e.arguments, text)
	return err
}

func place(key string) string { return fmt.Sprintf("requests[%q]", key) }

// expandAll are the requests of a configuration whose names are known, in the order of their names.
func (k *Kind) expandAll(c *client.Client, config wire.Fields, names []string) ([]*entry, error) {
	template, members := k.templateOf(config), wire.Members(config.Get("requests"))
	common := unknown(k.request, template)
	all := make([]*entry, 0, len(names))
	for _, key := range names {
		e, err := k.expand(template, key, members[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", place(key), err)
		}
		if e.open == "" && !members[key].IsFullyKnown() {
			e.open = wire.Unknown(place(key), members[key])
		}
		if e.open == "" && common != "" { // unless it has another value here
			e.open = unknown(k.request, e.arguments)
		}
		if e.open == "" {
			if e.question, err = k.Of.Question(c, e.arguments); err != nil {
				return nil, fmt.Errorf("%s: %w", place(key), err)
			}
			e.name = e.question.Name()
		}
		all = append(all, e)
	}
	return all, nil
}

// unknown is the first place in some arguments that is not known yet; "" = all is known.
func unknown(as kinds.Attributes, arguments wire.Fields) string {
	for _, a := range as {
		if at := wire.Unknown(a.Name, arguments.Get(a.Name)); at != "" {
			return at
		}
	}
	return ""
}

// mostFaults is how many requests with faults are named one by one.
const mostFaults = 10

// validate checks each request as that of a resource of its own.
func (k *Kind) validate(ctx context.Context, diags *diag.Diagnostics, config wire.Fields) {
	requests := config.Get("requests")
	if requests.IsNull() || !requests.IsKnown() {
		return // the schema asks for it
	}
	at := path.Root("requests")
	members := wire.Members(requests)
	if members == nil {
		diags.AddAttributeError(at, "Invalid requests", "requests maps names to requests, such as { first = { content = \"…\" } }.")
		return
	}
	if len(members) > mostRequests {
		diags.AddAttributeError(at, "Too many requests", fmt.Sprintf("A set has at most %d requests, not %d. Use several sets.", mostRequests, len(members)))
		return
	}
	template, faults := k.templateOf(config), 0
	var seen []string // what is said of several requests alike is said once
	for _, key := range slices.Sorted(maps.Keys(members)) {
		e, err := k.expand(template, key, members[key])
		if err != nil {
			faults++
			if faults <= mostFaults {
				diags.AddAttributeError(at, "Invalid request", place(key)+": "+kinds.UpperFirst(err.Error())+".")
			}
			continue
		}
		found := k.check(ctx, e, members[key])
		if e.open == "" && k.Of.Validate != nil {
			found.Append(k.Of.Validate(e.arguments)...)
		}
		if len(found) == 0 {
			continue
		}
		faults++
		for _, d := range found {
			text := d.Summary() + d.Detail()
			if faults > mostFaults || slices.Contains(seen, text) {
				continue
			}
			seen = append(seen, text)
			place := place(key)
			if p, ok := d.(diag.DiagnosticWithPath); ok && !p.Path().Equal(path.Empty()) {
				place += "." + p.Path().String()
			}
			diags.Append(diag.NewAttributeErrorDiagnostic(at, d.Summary(), place+": "+d.Detail()))
		}
	}
	if faults > mostFaults {
		diags.AddAttributeError(at, "Invalid requests", fmt.Sprintf("%d requests have faults like these; the first %d are shown.", faults, mostFaults))
	}
}

// check runs the validators of the arguments that a request gives itself.
func (k *Kind) check(ctx context.Context, e *entry, differs tftypes.Value) (diags diag.Diagnostics) {
	if !differs.IsKnown() || differs.Type().Is(tftypes.String) {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(wire.Members(differs))) {
		if a := k.template.Find(name); a != nil {
			diags.Append(a.Check(ctx, path.Root(name), e.arguments.Get(name))...)
		}
	}
	return diags
}
