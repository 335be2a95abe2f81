package kinds

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var changing = Declare(
	Attribute{Name: "id", Shape: String, Mode: Computed},
	Attribute{Name: "used_at", Shape: Int64, Mode: Computed, Volatile: true},
	Attribute{Name: "name", Shape: String},
	Attribute{Name: "purpose", Shape: String, Change: Replaces},
	Attribute{Name: "filename", Shape: String, Mode: OptionalComputed, Change: Replaces},
	Attribute{Name: "filter", Shape: JSON},
	Attribute{Name: "secret", Shape: String, WriteOnly: true},
	Attribute{Name: "note", Shape: String, Local: true},
	Attribute{Name: "events", Shape: StringSet},
	Attribute{Name: "chunking", Shape: Object, Change: Replaces, Fields: Declare(
		Attribute{Name: "size", Shape: Int64},
		Attribute{Name: "label", Shape: String, Change: Updates},
		Attribute{Name: "made", Shape: String, Mode: Computed},
	)},
)

// thing makes a value of changing: what is not given is null.
func thing(values map[string]any) tftypes.Value { return valueOf(changing.Type(), values) }

func valueOf(t tftypes.Type, v any) tftypes.Value {
	switch v := v.(type) {
	case map[string]any:
		fields := map[string]tftypes.Value{}
		for name, ft := range t.(tftypes.Object).AttributeTypes {
			fields[name] = valueOf(ft, v[name])
		}
		return tftypes.NewValue(t, fields)
	case []string:
		items := make([]tftypes.Value, len(v))
		for i := range v {
			items[i] = tftypes.NewValue(tftypes.String, v[i])
		}
		return tftypes.NewValue(t, items)
	default:
		return tftypes.NewValue(t, v)
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	type fields = map[string]any
	unknown := tftypes.UnknownValue
	prior := fields{"id": "x", "used_at": 5, "name": "a", "purpose": "p", "filename": "f", "filter": `{"a":1}`, "note": "n", "events": []string{"a", "b"},
		"chunking": fields{"size": 1, "label": "l", "made": "m"}}
	config := func(change fields) fields {
		c := fields{"name": "a", "purpose": "p", "filter": `{"a":1}`, "note": "n", "events": []string{"a", "b"}, "chunking": fields{"size": 1, "label": "l"}}
		for name, value := range change {
			c[name] = value
		}
		return c
	}
	planned := func(change fields) fields {
		p := fields{}
		for name, value := range prior {
			p[name] = value
		}
		for name, value := range change {
			p[name] = value
		}
		return p
	}
	for name, test := range map[string]struct {
		change fields // in the configuration
		want   fields // in the plan, beside the prior values
		notes  string // what changes
	}{
		"nothing":           {},
		"a name":            {fields{"name": "b"}, fields{"name": "b", "used_at": unknown}, "update name"},
		"none any more":     {fields{"name": nil}, fields{"name": nil, "used_at": unknown}, "update name"},
		"JSON respelled":    {fields{"filter": `{ "a": 1 }`}, nil, ""},
		"other JSON":        {fields{"filter": `{"a":2}`}, fields{"filter": `{"a":2}`, "used_at": unknown}, "update filter"},
		"a local note":      {fields{"note": "m"}, fields{"note": "m"}, "state note"},
		"a secret":          {fields{"secret": "s"}, nil, ""},
		"a set":             {fields{"events": []string{"a"}}, fields{"events": []string{"a"}, "used_at": unknown}, "update events"},
		"inside, in place":  {fields{"chunking": fields{"size": 1, "label": "k"}}, fields{"chunking": fields{"size": 1, "label": "k", "made": "m"}, "used_at": unknown}, "update chunking.label"},
		"another file name": {fields{"filename": "g"}, fields{"filename": "g", "id": unknown, "used_at": unknown}, "replace filename"},
		"another purpose":   {fields{"purpose": "q"}, fields{"purpose": "q", "id": unknown, "used_at": unknown, "filename": unknown}, "replace purpose"},
		"inside, replacing": {fields{"chunking": fields{"size": 2, "label": "l"}}, fields{"chunking": fields{"size": 2, "label": "l", "made": "m"}, "id": unknown, "used_at": unknown, "filename": unknown}, "replace chunking.size"},
		"the whole object":  {fields{"chunking": nil}, fields{"chunking": nil, "id": unknown, "used_at": unknown, "filename": unknown}, "replace chunking"},
		"not known yet":     {fields{"purpose": unknown}, fields{"purpose": unknown, "id": unknown, "used_at": unknown, "filename": unknown}, "replace purpose"},
	} {
		got, changes, err := Plan(changing, thing(prior), thing(config(test.change)))
		if err != nil {
			t.Fatal(err)
		}
		if want := thing(planned(test.want)); !got.Equal(want) {
			t.Errorf("%s: planned %s, want %s", name, got, want)
		}
		var notes []string
		for what, paths := range map[string][]path.Path{"replace": changes.Replace, "update": changes.Update, "state": changes.State} {
			for _, p := range paths {
				notes = append(notes, fmt.Sprint(what, " ", p))
			}
		}
		slices.Sort(notes)
		if got := strings.Join(notes, ", "); got != test.notes || changes.Any() != (test.notes != "") {
			t.Errorf("%s: %q, want %q", name, got, test.notes)
		}
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	unknown := tftypes.UnknownValue
	got, err := New(changing, thing(map[string]any{"name": "a", "secret": "s"}))
	if want := thing(map[string]any{"name": "a", "id": unknown, "used_at": unknown, "filename": unknown}); err != nil || !got.Equal(want) {
		t.Errorf("planned %s, want %s: %v", got, want, err)
	}
}
