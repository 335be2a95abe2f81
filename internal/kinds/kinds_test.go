package kinds_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

type object = map[string]any

var declared = kinds.Declare(
	kinds.Attribute{Name: "prompt", Shape: kinds.String, Mode: kinds.Required},
	kinds.Attribute{Name: "key", Shape: kinds.String, Local: true},
	kinds.Attribute{Name: "json", Shape: kinds.JSON},
	kinds.Attribute{Name: "block", Shape: kinds.Objects, Block: true, Fields: kinds.Declare(
		kinds.Attribute{Name: "json", Shape: kinds.JSON, Mode: kinds.Required},
		kinds.Attribute{Name: "one", Shape: kinds.Object, Fields: kinds.Declare(
			kinds.Attribute{Name: "json", Shape: kinds.JSONOrString}, kinds.Attribute{Name: "text", Shape: kinds.String})},
	)},
	kinds.Attribute{Name: "answer", Shape: kinds.String, Mode: kinds.Computed},
)

func TestSettle_keepsWhatMeansTheSame(t *testing.T) {
	t.Parallel()
	block := func(outer, inner, text string) []any {
		return []any{object{"json": outer, "one": object{"json": inner, "text": text}}}
	}
	prior := object{"prompt": "p", "key": "k", "json": `{"a":1}`, "block": block(`{"b":1}`, `{"c":1}`, "t"), "answer": "yes"}
	unknown := acctest.Unknown{}
	for name, test := range map[string]struct{ plan, want object }{
		"nothing":  {object{"prompt": "p", "key": "k", "json": `{"a":1}`, "block": block(`{"b":1}`, `{"c":1}`, "t"), "answer": unknown}, prior},
		"spelling": {object{"prompt": "p", "key": "k", "json": ` {"a": 1.0}`, "block": block(` {"b": 1}`, `{"c": 1}`, "t"), "answer": unknown}, prior},
		"key":      {object{"prompt": "p", "key": "l", "json": ` {"a": 1.0}`, "block": block(`{"b":1}`, `{"c":1}`, "t"), "answer": unknown}, object{"prompt": "p", "key": "l", "json": `{"a":1}`, "block": block(`{"b":1}`, `{"c":1}`, "t"), "answer": "yes"}},
		"value":    {object{"prompt": "p", "key": "k", "json": `{"a":2}`, "block": block(`{"b":1}`, ` {"c":1}`, "u"), "answer": unknown}, object{"prompt": "p", "key": "k", "json": `{"a":2}`, "block": block(`{"b":1}`, `{"c":1}`, "u"), "answer": "yes"}},
		"more":     {object{"prompt": "p", "key": "k", "json": `{"a":1}`, "block": append(block(` {"b":1}`, `{"c":1}`, "t"), object{}), "answer": unknown}, object{"prompt": "p", "key": "k", "json": `{"a":1}`, "block": append(block(` {"b":1}`, `{"c":1}`, "t"), object{}), "answer": "yes"}},
		"unknown":  {object{"prompt": unknown, "key": "k", "json": unknown, "block": unknown, "answer": unknown}, object{"prompt": unknown, "key": "k", "json": unknown, "block": unknown, "answer": "yes"}},
		"null":     {object{"prompt": "p", "key": "k", "block": []any{object{"json": ` {"b":1}`}}, "answer": unknown}, object{"prompt": "p", "key": "k", "block": []any{object{"json": `{"b":1}`}}, "answer": "yes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := acctest.Value(declared.Type(), test.plan)
			given := before.Copy()
			got, err := kinds.Settle(declared, acctest.Value(declared.Type(), prior), given)
			if err != nil {
				t.Fatal(err)
			}
			if want := acctest.Value(declared.Type(), test.want); !got.Equal(want) {
				t.Errorf("got %s\nwant %s", got, want)
			}
			if !given.Equal(before) {
				t.Error("the plan that was given has been written to")
			}
			marked := acctest.Value(declared.Type(), test.want).Copy()
			if unknown := kinds.MarkComputedUnknown(declared, marked); unknown.IsFullyKnown() {
				t.Error("the answer is not marked as unknown")
			}
		})
	}
}

// Text that is sent for itself is compared for itself, though it looks like JSON.
func TestSettle_takesTextThatIsNoObjectForItself(t *testing.T) {
	t.Parallel()
	as := kinds.Declare(kinds.Attribute{Name: "voice", Shape: kinds.JSONOrString})
	for _, pair := range [][2]string{{"1", "1.0"}, {`"a"`, `"\u0061"`}} {
		was, will := acctest.Value(as.Type(), object{"voice": pair[0]}), acctest.Value(as.Type(), object{"voice": pair[1]})
		if settled, err := kinds.Settle(as, was, will); err != nil || !settled.Equal(will) {
			t.Errorf("%s and %s count as the same; %v", pair[0], pair[1], err)
		}
	}
}

func TestDeclare_panicsOnWhatCanNeverWork(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(){
		"no shape":        func() { kinds.Declare(kinds.Attribute{Name: "a"}) },
		"no name":         func() { kinds.Declare(kinds.Attribute{Shape: kinds.String}) },
		"twice":           func() { kinds.Join(declared, declared) },
		"empty object":    func() { kinds.Declare(kinds.Attribute{Name: "a", Shape: kinds.Object}) },
		"text with parts": func() { kinds.Declare(kinds.Attribute{Name: "a", Shape: kinds.String, Fields: declared}) },
		"wrong validator": func() {
			kinds.Resource("", kinds.Declare(kinds.Attribute{Name: "a", Shape: kinds.Bool, Validators: []validator.Describer{stringvalidator.LengthAtLeast(1)}}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "kinds: ") {
					t.Errorf("panicked with %v", text)
				}
			}()
			make()
		})
	}
}

func TestResource_rendersRequiredWhereTerraformCanAskForIt(t *testing.T) {
	t.Parallel()
	s := kinds.Resource("d", declared)
	if diags := s.ValidateImplementation(t.Context()); diags.HasError() {
		t.Fatal(diags)
	}
	if !s.Attributes["prompt"].IsRequired() || !s.Attributes["answer"].IsComputed() || s.Attributes["key"].IsRequired() {
		t.Error("modes are not rendered")
	}
	if _, ok := s.Blocks["block"]; !ok {
		t.Error("a block is not rendered as one")
	}
}

func TestDeclare_refusesAnExtraThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, as := range map[string][]kinds.Attribute{
		"two":     {{Name: "a", Shape: kinds.JSON, Extra: true}, {Name: "b", Shape: kinds.JSON, Extra: true}},
		"no JSON": {{Name: "a", Shape: kinds.String, Extra: true}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			kinds.Declare(as...)
		}()
	}
}
