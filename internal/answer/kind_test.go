package answer

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// echo is a small kind with a bit of everything.
func echo() *Kind {
	message := kinds.Declare(
		kinds.Attribute{Name: "text", Shape: kinds.String},
		kinds.Attribute{Name: "text_wo", Wire: "text", Shape: kinds.String, WriteOnly: true},
	)
	return &Kind{
		Type: "echo", Noun: "echo", Endpoint: []string{"echoes", "new"},
		Request: kinds.Declare(
			kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required},
			kinds.Attribute{Name: "message", Wire: "messages", Shape: kinds.Objects, Block: true, Fields: message},
			kinds.Attribute{Name: "messages", Shape: kinds.Objects, Fields: message.WithoutWriteOnly()},
			kinds.Attribute{Name: "stream", Shape: kinds.Bool},
			kinds.Attribute{Name: "store", Shape: kinds.Bool},
		),
		Answer:   kinds.Declare(kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed}),
		Delivery: []string{"stream"}, Defaults: map[string]any{"store": false},
	}
}

func (k *Kind) testArguments(values wire.Values) wire.Fields {
	all := wire.Values{}
	for _, a := range k.Attributes() {
		all[a.Name] = null(a.Type())
	}
	return wire.FieldsOf(all).With(values)
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

var unknownText = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)

// messages are objects of one of the two lists, one for each text.
func (k *Kind) testMessages(name string, texts ...tftypes.Value) tftypes.Value {
	list := k.Request.Find(name).Type().(tftypes.List) //nolint:forcetypeassert // echo's
	var items []tftypes.Value
	for _, one := range texts {
		fields := wire.Values{"text": one}
		if name == "message" {
			fields["text_wo"] = null(tftypes.String)
		}
		items = append(items, tftypes.NewValue(list.ElementType, fields))
	}
	return tftypes.NewValue(list, items)
}

func TestCompare_goesByWhatReachesTheModel(t *testing.T) {
	t.Parallel()
	k := echo()
	yes := tftypes.NewValue(tftypes.Bool, true)
	no := tftypes.NewValue(tftypes.Bool, false)
	prior := wire.Values{"model": text("m"), "message": k.testMessages("message", text("a"), text("b"))}
	for name, test := range map[string]struct {
		next          wire.Values
		changed, open string
	}{
		"nothing":            {wire.Values{}, "", ""},
		"the other list":     {wire.Values{"message": k.testMessages("message"), "messages": k.testMessages("messages", text("a"), text("b"))}, "", ""},
		"delivery":           {wire.Values{"stream": yes}, "", ""},
		"a default":          {wire.Values{"store": no}, "", ""},
		"no default":         {wire.Values{"store": yes}, "store", ""},
		"a text":             {wire.Values{"message": k.testMessages("message", text("a"), text("c"))}, "messages[1].text", ""},
		"one not known":      {wire.Values{"message": k.testMessages("message", unknownText, text("b"))}, "", "messages[0].text"},
		"one of each":        {wire.Values{"message": k.testMessages("message", unknownText, text("c"))}, "messages[1].text", "messages[0].text"},
		"all not known":      {wire.Values{"message": tftypes.NewValue(prior["message"].Type(), tftypes.UnknownValue)}, "", "messages"},
		"fewer":              {wire.Values{"message": k.testMessages("message", text("a"))}, "messages", ""},
		"more":               {wire.Values{"extra_body": text(`{"top_k":1}`)}, "extra_body", ""},
		"more not known":     {wire.Values{"extra_body": unknownText}, "", "extra_body"},
		"no more":            {wire.Values{"extra_body": text(` { } `)}, "", ""},
		"no triggers":        {wire.Values{"triggers": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, wire.Values{})}, "", ""},
		"a trigger":          {wire.Values{"triggers": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, wire.Values{"a": text("b")})}, "triggers", ""},
		"a trigger to come":  {wire.Values{"triggers": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, tftypes.UnknownValue)}, "", "triggers"},
		"what is not sent":   {wire.Values{"api_key": text("sk-other"), "generate_on": text("plan")}, "", ""},
		"model and not text": {wire.Values{"model": unknownText}, "", "model"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was := k.testArguments(prior)
			will := was.With(test.next)
			found, diags := k.compare(t.Context(), was, will, will, nil)
			if diags.HasError() {
				t.Fatal(diags)
			}
			first := func(places []string) string {
				if len(places) == 0 {
					return ""
				}
				return places[0]
			}
			if first(found.changed) != test.changed || first(found.open) != test.open || len(found.changed) > 1 || len(found.open) > 1 {
				t.Errorf("changed: %v, open: %v; want %q and %q", found.changed, found.open, test.changed, test.open)
			}
		})
	}
}

// What the server says of "messages" belongs to the blocks, or to the value,
// whichever the user wrote.
func TestGivenArguments_leadToWhatIsWritten(t *testing.T) {
	t.Parallel()
	k := echo()
	for _, name := range []string{"message", "messages"} {
		given := k.givenArguments(k.testArguments(wire.Values{name: k.testMessages(name, text("a"))}))
		got, ok := wire.Path(given, "messages[0].text")
		if !ok || got.String() != name+"[0].text" {
			t.Errorf("got %s, want it in %s", got, name)
		}
	}
}

func TestQuestion_countsTheEndpoint(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, unnamed := range []bool{false, true} {
		k := echo()
		k.UnnamedEndpoint = unnamed
		r, err := k.newRequest(k.testArguments(wire.Values{"model": text("m")}))
		if err != nil {
			t.Fatal(err)
		}
		q, err := asker{kind: k}.question(r)
		if err != nil {
			t.Fatal(err)
		}
		names[q.Name()] = true
	}
	if len(names) != 2 {
		t.Error("two endpoints share a recording")
	}
}

func TestWithMembers_mergesObjects(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{`{"a":1}`, `{"b":2}`, `{"a":1,"b":2}`}, {`{"a":1}`, ` { } `, `{"a":1}`}, {`{}`, `{"b":2}`, `{"b":2}`}, {`{"a":{}}`, "{\n\"b\": {} }", `{"a":{},"b": {}}`},
	} {
		if got := string(withMembers([]byte(test[0]), test[1])); got != test[2] {
			t.Errorf("%s and %s are %s, want %s", test[0], test[1], got, test[2])
		}
	}
}

// A kind gives Terraform only what it has a description of, and each instance is its own.
func TestKind_makesInstancesOfTheirOwn(t *testing.T) {
	t.Parallel()
	k := echo()
	create := k.Resource()
	if create(&area.Process{}) == create(&area.Process{}) {
		t.Error("two resources are one")
	}
	var meta datasource.MetadataResponse
	k.DataSource()().Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "openai"}, &meta)
	if meta.TypeName != "openai_echo" {
		t.Errorf("the data source is %s", meta.TypeName)
	}
}
