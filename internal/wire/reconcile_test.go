package wire

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

var managed = kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed},
	kinds.Attribute{Name: "secret", Shape: kinds.String, Mode: kinds.Computed, Unread: true},
	kinds.Attribute{Name: "name", Shape: kinds.String},
	kinds.Attribute{Name: "url", Shape: kinds.String, Same: func(given, shown string) bool { return given+"/" == shown }},
	kinds.Attribute{Name: "description", Shape: kinds.String, Unread: true, Change: kinds.Replaces},
	kinds.Attribute{Name: "metadata", Shape: kinds.StringMap},
	kinds.Attribute{Name: "events", Shape: kinds.StringSet},
	kinds.Attribute{Name: "filter", Shape: kinds.JSON},
	kinds.Attribute{Name: "labels", Shape: kinds.Dynamic},
	kinds.Attribute{Name: "strategy", Shape: kinds.Object, Defaulted: true, Fields: kinds.Declare(
		kinds.Attribute{Name: "type", Shape: kinds.String}, kinds.Attribute{Name: "size", Shape: kinds.Int64})},
	kinds.Attribute{Name: "files", Shape: kinds.ObjectMap, Mode: kinds.Computed, Fields: kinds.Declare(kinds.Attribute{Name: "status", Shape: kinds.String})},
	kinds.Attribute{Name: "source", Shape: kinds.String, Local: true},
	kinds.Attribute{Name: "token", Shape: kinds.String, WriteOnly: true},
)

// managedFrom makes the attributes of an object from JSON, as the server would show them.
func managedFrom(t *testing.T, text string) Fields {
	t.Helper()
	object, err := ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	values := Values{}
	for i := range managed {
		a := &managed[i]
		values[a.Name] = decode(a, object[a.Name])
	}
	return FieldsOf(values)
}

// plain is an object as JSON, without what is null.
func plain(t *testing.T, fields Fields) string {
	t.Helper()
	text, err := JSON(tftypes.NewValue(managed.Type(), fields.Values()))
	if err != nil {
		t.Fatal(err)
	}
	object := map[string]any{}
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	for name, value := range object {
		if value == nil {
			delete(object, name)
		}
	}
	out, _ := json.Marshal(object)
	return string(out)
}

func TestReconcile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ prior, shown, want string }{
		"what the server says":                {`{"name":"a"}`, `{"id":"x","name":"b"}`, `{"id":"x","name":"b"}`},
		"what it takes away":                  {`{"name":"a"}`, `{"name":null}`, `{}`},
		"what it does not mention":            {`{"name":"a","id":"x","files":{"f":{"status":"s"}}}`, `{}`, `{"files":{"f":{"status":"s"}},"id":"x","name":"a"}`},
		"nothing is null":                     {`{}`, `{"name":"","metadata":{},"events":[],"labels":{}}`, `{}`},
		"nothing is empty, where that was so": {`{"name":"","metadata":{},"events":[]}`, `{"name":null,"metadata":null,"events":null}`, `{"events":[],"metadata":{},"name":""}`},
		"drift of what was null":              {`{}`, `{"metadata":{"a":"b"},"labels":{"a":1}}`, `{"labels":{"a":1},"metadata":{"a":"b"}}`},
		"not shown":                           {`{"description":"d","secret":"s"}`, `{"description":"e"}`, `{"description":"d","secret":"s"}`},
		"shown once":                          {`{}`, `{"secret":"s"}`, `{"secret":"s"}`},
		"the server's default":                {`{"name":"a"}`, `{"strategy":{"type":"static","size":800}}`, `{"name":"a"}`},
		"not its default any more":            {`{"strategy":{"type":"static","size":1}}`, `{"strategy":{"type":"static","size":800}}`, `{"strategy":{"size":800,"type":"static"}}`},
		"another spelling":                    {`{"url":"https://a"}`, `{"url":"https://a/"}`, `{"url":"https://a"}`},
		"another text":                        {`{"url":"https://a"}`, `{"url":"https://b/"}`, `{"url":"https://b/"}`},
		"the order of a set":                  {`{"events":["a","b"]}`, `{"events":["b","a","b"]}`, `{"events":["a","b"]}`},
		"local":                               {`{"source":"f"}`, `{"source":"g"}`, `{"source":"f"}`},
		"write-only":                          {`{}`, `{"token":"t"}`, `{}`},
	} {
		got := FieldsOf(Reconcile(managed, parsed(t, test.shown), managedFrom(t, test.prior)))
		if text := plain(t, got); text != test.want {
			t.Errorf("%s: %s, want %s", name, text, test.want)
		}
	}
	if got := plain(t, FieldsOf(Reconcile(managed, parsed(t, `{"strategy":{"type":"other"},"metadata":{}}`), Fields{}))); got != `{"strategy":{"size":null,"type":"other"}}` {
		t.Errorf("after an import: %s", got)
	}
}

// JSON keeps its spelling, and values of any type their form.
func TestReconcile_keepsSpelling(t *testing.T) {
	t.Parallel()
	prior := managedFrom(t, `{}`).With(Values{
		"filter": tftypes.NewValue(tftypes.String, "{ \"a\" : 1.0 }"),
		"labels": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"a": tftypes.NewValue(tftypes.String, "b")}),
	})
	got := FieldsOf(Reconcile(managed, parsed(t, `{"filter":{"a":1},"labels":{"a":"b"}}`), prior))
	for _, name := range []string{"filter", "labels"} {
		if !got.Get(name).Equal(prior.Get(name)) {
			t.Errorf("%s: %s", name, got.Get(name))
		}
	}
	got = FieldsOf(Reconcile(managed, parsed(t, `{"filter":{"a":2},"labels":{"a":1}}`), prior))
	if plain(t, got) != `{"filter":"{\"a\":2}","labels":{"a":1}}` {
		t.Errorf("others: %s", plain(t, got))
	}
}

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	object, err := ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return object
}

func TestEncodeChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ prior, planned, want string }{
		"nothing":            {`{"name":"a"}`, `{"name":"a"}`, ``},
		"a change":           {`{"name":"a","metadata":{"a":"b"}}`, `{"name":"b","metadata":{"a":"b"}}`, `{"name":"b"}`},
		"taken away":         {`{"name":"a","metadata":{"a":"b"}}`, `{"name":"a"}`, `{"metadata":null}`},
		"both":               {`{"metadata":{"a":"b"}}`, `{"name":"a"}`, `{"name":"a","metadata":null}`},
		"an object, whole":   {`{"strategy":{"type":"a","size":1}}`, `{"strategy":{"type":"a","size":2}}`, `{"strategy":{"type":"a","size":2}}`},
		"to empty":           {`{"name":"a","metadata":{"a":"b"}}`, `{"name":"","metadata":{}}`, `{"name":"","metadata":{}}`},
		"any type":           {`{"labels":{"a":1}}`, `{"labels":{"a":true,"b":"c"}}`, `{"labels":{"a":true,"b":"c"}}`},
		"what is not sent":   {`{"source":"f"}`, `{"source":"g"}`, ``},
		"what replaces":      {`{"description":"a"}`, `{"description":"b"}`, ``},
		"what is not yours":  {`{"id":"a","files":{}}`, `{"id":"b"}`, ``},
		"a set in one piece": {`{"events":["a"]}`, `{"events":["a","b"]}`, `{"events":["a","b"]}`},
	} {
		body, err := EncodeChanges(managed, managedFrom(t, test.prior), managedFrom(t, test.planned))
		if err != nil || string(body) != test.want {
			t.Errorf("%s: %s, %v, want %s", name, body, err, test.want)
		}
	}
}

// What a plan knew stays so; what it left open has what was read, or null.
func TestFill(t *testing.T) {
	t.Parallel()
	open := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	strategy := managed.Find("strategy").Type()
	planned := managedFrom(t, `{"name":"a"}`).With(Values{"id": open, "secret": open,
		"strategy": tftypes.NewValue(strategy, map[string]tftypes.Value{"type": open, "size": tftypes.NewValue(tftypes.Number, 5)})})
	got := FieldsOf(Fill(managed, planned, managedFrom(t, `{"id":"x","name":"b","strategy":{"type":"static","size":6}}`)))
	if plain(t, got) != `{"id":"x","name":"a","strategy":{"size":5,"type":"static"}}` {
		t.Errorf("got %s", plain(t, got))
	}
}
