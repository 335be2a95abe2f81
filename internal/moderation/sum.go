package moderation

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// absent are the attributes that will be null.
func absent(arguments wire.Fields) []string {
	if arguments.Get("inputs").IsNull() {
		return []string{"results"}
	}
	return nil
}

// read sums the judgements up: what was found in any input was found.
func read(_ wire.Fields, _ []byte, got wire.Values) {
	items := wire.Items(got["results"])
	if len(items) == 0 {
		return
	}
	flagged, judged := false, true
	categories, scores, looked := wire.Values{}, wire.Values{}, wire.Values{}
	for _, item := range items {
		one := wire.Open(item)
		if one.Absent() || one.Get("flagged").IsNull() {
			judged = false
			continue
		}
		flagged = flagged || one.True("flagged")
		gather(categories, one.Get("categories"), func(had, has tftypes.Value) bool { return wire.True(has) })
		gather(scores, one.Get("category_scores"), func(had, has tftypes.Value) bool { return wire.Float(has) > wire.Float(had) })
		for category, types := range wire.Entries(one.Get("category_applied_input_types")) {
			looked[category] = union(looked[category], types)
		}
	}
	for _, found := range categories {
		flagged = flagged || wire.True(found) // whatever the server says of the whole
	}
	if judged || flagged {
		got["flagged"] = tftypes.NewValue(tftypes.Bool, flagged)
	}
	for name, values := range map[string]wire.Values{"categories": categories, "category_scores": scores, "category_applied_input_types": looked} {
		if len(values) > 0 {
			got[name] = tftypes.NewValue(got[name].Type(), values)
		}
	}
}

// gather keeps, for each category, the value that wins.
func gather(into wire.Values, from tftypes.Value, wins func(had, has tftypes.Value) bool) {
	for category, has := range wire.Entries(from) {
		if had, ok := into[category]; !ok || wins(had, has) {
			into[category] = has
		}
	}
}

// union is a list with what another has besides.
func union(list, more tftypes.Value) tftypes.Value {
	if list.IsNull() {
		return more
	}
	items := slices.Clone(wire.Items(list))
	for _, item := range wire.Items(more) {
		if !slices.ContainsFunc(items, item.Equal) {
			items = append(items, item)
		}
	}
	return tftypes.NewValue(list.Type(), items)
}

// findings are what makes a judgement useless: a gate must not take silence for consent.
func findings(arguments, got wire.Fields) []answer.Finding {
	if got.Get("flagged").IsNull() {
		return []answer.Finding{{Text: "the server answered without a judgement"}}
	}
	if inputs := arguments.Get("inputs"); !inputs.IsNull() {
		if want, have := len(wire.Items(inputs)), len(got.Items("results")); want != have {
			return []answer.Finding{{Text: fmt.Sprintf("the server answered with %d judgements of %d texts", have, want)}}
		}
	}
	for i, item := range got.Items("results") {
		if wire.Open(item).Get("flagged").IsNull() {
			return []answer.Finding{{Text: fmt.Sprintf("the server answered without a judgement of text %d", i)}}
		}
	}
	return nil
}
