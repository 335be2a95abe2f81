package decision

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// aList accepts a JSON list with something in it.
var aList = kinds.JSONText("a JSON list", "Invalid JSON", func(text string) error {
	v, err := jsontext.Parse(text)
	if err != nil {
		return fmt.Errorf("the text is not valid JSON: %w. Use jsonencode([ … ]) to write it", err)
	}
	if list, ok := v.([]any); !ok || len(list) == 0 {
		return errors.New("the JSON must be a list with something in it: [ … ]")
	}
	return nil
})

// aDocument accepts a JSON object or list.
var aDocument = kinds.JSONText("a JSON object or list", "Invalid JSON", func(text string) error {
	v, err := jsontext.Parse(text)
	if err != nil {
		return fmt.Errorf("the text is not valid JSON: %w. Use jsonencode to write it", err)
	}
	switch v.(type) {
	case map[string]any, []any:
		return nil
	}
	return errors.New("the JSON must be an object or a list of objects. For plain text, use a part of the type input_text")
})

// partArguments are the arguments that hold a part, by its type.
var partArguments = map[string]string{"input_text": "text", "input_image": "image_url", "input_json": "data"}

func validate(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	exactlyOne(&diags, path.Empty(), arguments, "The model has nothing to decide about: set input, add message blocks, or set input_json.", "input", "message", "input_json")
	for i, item := range arguments.Items("message") {
		validateMessage(&diags, path.Root("message").AtListIndex(i), wire.Open(item))
	}
	named := map[string]bool{}
	for i, item := range arguments.Items("questions") {
		q := wire.Open(item)
		if q.Absent() {
			continue // not known yet
		}
		at := path.Root("questions").AtListIndex(i)
		validateQuestion(&diags, at, q)
		if name, ok := nameOf(q, i); ok && named[name] {
			rules.Refuse(&diags, at, "name", "Duplicate name", "Another question is called %q, too, so that its answer could not be told from this one's. A question without a name is called by its position, from 0.", name)
		} else if ok {
			named[name] = true
		}
	}
	return diags
}

// exactlyOne asks for one of some arguments, and for no more. missing says what there has to be.
func exactlyOne(diags *diag.Diagnostics, at path.Path, fields wire.Fields, missing string, names ...string) {
	if rules.OneOf(diags, at, fields, names...) != "" {
		return
	}
	for _, name := range names {
		if !rules.Missing(fields.Get(name)) {
			return
		}
	}
	rules.Refuse(diags, at, names[0], "Missing "+names[0], "%s", missing)
}

func validateMessage(diags *diag.Diagnostics, at path.Path, m wire.Fields) {
	if m.Absent() {
		return
	}
	exactlyOne(diags, at, m, "A message needs a text or parts: set content, or add content_part blocks.", "content", "content_part")
	for i, item := range m.Items("content_part") {
		part := wire.Open(item)
		kind, ok := "", false
		if !part.Absent() {
			kind, ok = part.Text("type")
		}
		if !ok || partArguments[kind] == "" {
			continue
		}
		belongs(diags, at.AtName("content_part").AtListIndex(i), part, kind, partArguments)
		if rules.Given(part.Get("detail")) && kind != "input_image" {
			rules.Refuse(diags, at.AtName("content_part").AtListIndex(i), "detail", "Unexpected detail", "The type is %q, and detail is for images. Remove it.", kind)
		}
	}
}

// questionArguments are the arguments that the types of questions have besides the instructions.
var questionArguments = map[string]string{predicate: "", choice: "choices", score: "levels"}

func validateQuestion(diags *diag.Diagnostics, at path.Path, q wire.Fields) {
	exactlyOne(diags, at, q, "A question needs instructions: the statement that is judged, or what to choose or to rate.", "instructions", "instructions_json")
	if kind, ok := q.Text("type"); ok {
		if _, known := questionArguments[kind]; known {
			belongs(diags, at, q, kind, questionArguments)
		}
	}
	offered := map[string]bool{}
	for i, item := range q.Items("choices") {
		c := wire.Open(item)
		if c.Absent() {
			continue
		}
		at := at.AtName("choices").AtListIndex(i)
		exactlyOne(diags, at, c, "A choice needs a value: set value, or value_bool for a truth value.", "value", "value_bool")
		name := "value"
		if !c.Get("value_bool").IsNull() {
			name = "value_bool"
		}
		if value, ok := valueOf(c); ok && offered[value] {
			rules.Refuse(diags, at, name, "Duplicate choice", "Another choice of this question is %q, too, so that the answer would not say which was chosen.", value)
		} else if ok {
			offered[value] = true
		}
	}
}

// belongs asks for the argument that a type needs, and refuses those that other types have.
func belongs(diags *diag.Diagnostics, at path.Path, fields wire.Fields, kind string, arguments map[string]string) {
	for _, other := range []string{"input_text", "input_image", "input_json", choice, score} {
		switch name := arguments[other]; {
		case name == "":
		case other == kind && rules.Missing(fields.Get(name)):
			rules.Refuse(diags, at, name, "Missing "+name, "The type is %q, so %s is required here. Add it.", kind, name)
		case other != kind && rules.Given(fields.Get(name)):
			rules.Refuse(diags, at, name, "Unexpected "+name, "The type is %q, so %s does not belong here. Remove it, or set type = %q.", kind, name, other)
		}
	}
}

// limits are what OpenAI would refuse.
func limits(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	questions := arguments.Items("questions")
	if n := len(questions); n > maxQuestions {
		rules.Refuse(&diags, path.Empty(), "questions", kinds.OutOfRange, "For OpenAI, there must be at most %d questions, not %d.", maxQuestions, n)
	}
	for i, item := range questions {
		q := wire.Open(item)
		if q.Absent() || q.String("type") != choice {
			continue
		}
		if n := len(q.Items("choices")); n > maxChoices || n > 0 && n < minChoices {
			rules.Refuse(&diags, path.Root("questions").AtListIndex(i), "choices", kinds.OutOfRange, "For OpenAI, there must be from %d to %d choices, not %d.", minChoices, maxChoices, n)
		}
	}
	return diags
}

// nameOf is what the i-th question is called: its name, or its position; false = it is not known yet.
func nameOf(q wire.Fields, i int) (string, bool) {
	if q.Absent() || q.Get("name").IsNull() {
		return strconv.Itoa(i), true
	}
	return q.Text("name")
}

// valueOf is a choice as text, as its answer has it; false = it is not known yet, or is none.
func valueOf(c wire.Fields) (string, bool) {
	if truth := c.Get("value_bool"); !truth.IsNull() {
		return strconv.FormatBool(wire.True(truth)), truth.IsKnown()
	}
	return c.Text("value")
}
