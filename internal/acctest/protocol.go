package acctest

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// Unknown stands for a value that is not known yet, in Value.
type Unknown struct{}

// Value makes a Terraform value of Go ones. What a map leaves out of an object
// is null; blocks that nobody wrote, which come as an empty list, are named.
func Value(t tftypes.Type, v any, blocks ...string) tftypes.Value {
	if t.Is(tftypes.DynamicPseudoType) && v != nil {
		t = typeOf(v)
	}
	switch v := v.(type) {
	case Unknown:
		return tftypes.NewValue(t, tftypes.UnknownValue)
	case int:
		return tftypes.NewValue(t, big.NewFloat(float64(v)))
	case float64:
		return tftypes.NewValue(t, big.NewFloat(v))
	case []any:
		items := make([]tftypes.Value, len(v))
		for i := range v {
			items[i] = Value(elementOf(t, i), v[i], blocks...)
		}
		return tftypes.NewValue(t, items)
	case map[string]any:
		fields := map[string]tftypes.Value{}
		switch t := t.(type) {
		case tftypes.Object:
			for name, ft := range t.AttributeTypes {
				fields[name] = Value(ft, v[name], blocks...)
			}
			for _, name := range blocks {
				if _, given := v[name]; !given && t.AttributeTypes[name] != nil {
					fields[name] = tftypes.NewValue(t.AttributeTypes[name], []tftypes.Value{})
				}
			}
		case tftypes.Map:
			for name := range v {
				fields[name] = Value(t.ElementType, v[name], blocks...)
			}
		}
		return tftypes.NewValue(t, fields)
	default:
		return tftypes.NewValue(t, v)
	}
}

// elementOf is the type of an element of a list, a set or a tuple.
func elementOf(t tftypes.Type, i int) tftypes.Type {
	switch t := t.(type) {
	case tftypes.Set:
		return t.ElementType
	case tftypes.Tuple:
		return t.ElementTypes[i]
	default:
		return t.(tftypes.List).ElementType //nolint:forcetypeassert // nothing else has elements
	}
}

// typeOf is the type that Terraform gives to a value of any type, as it writes it: objects and tuples.
func typeOf(v any) tftypes.Type {
	switch v := v.(type) {
	case string:
		return tftypes.String
	case bool:
		return tftypes.Bool
	case int, float64:
		return tftypes.Number
	case map[string]any:
		types := map[string]tftypes.Type{}
		for name := range v {
			types[name] = typeOf(v[name])
		}
		return tftypes.Object{AttributeTypes: types}
	case []any:
		types := make([]tftypes.Type, len(v))
		for i := range v {
			types[i] = typeOf(v[i])
		}
		return tftypes.Tuple{ElementTypes: types}
	default:
		return tftypes.DynamicPseudoType
	}
}

// Dynamic is a value as it travels over the plugin protocol.
func Dynamic(t testing.TB, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	d, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

// Protocol is a provider that is talked to without a CLI.
type Protocol struct {
	tfprotov6.ProviderServer
	Schema *tfprotov6.GetProviderSchemaResponse
}

// DataIn has providers go by a directory for Terraform's data, as in one working directory.
func DataIn(directory string) func(*client.Settings) {
	return func(s *client.Settings) { s.DataDirectory = directory }
}

// Speak starts a provider, not configured yet. What its configuration cannot say is adjusted. It has a working
// directory of its own, unless DataIn gives it another's.
func Speak(t testing.TB, adjust ...func(*client.Settings)) Protocol {
	t.Helper()
	own := func(s *client.Settings) { s.DataDirectory = t.TempDir() }
	p := Protocol{ProviderServer: serve.New(provider.New("test", append([]func(*client.Settings){own}, adjust...)...))}
	var err error
	if p.Schema, err = p.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	return p
}

// Texts writes diagnostics as "error at message[0].role: summary: detail", in
// alphabetical order and with white space folded.
func Texts(diags []*tfprotov6.Diagnostic) []string {
	var out []string
	for _, d := range diags {
		at := ""
		if d.Attribute != nil {
			at = " at " + place(d.Attribute)
		}
		text := strings.ToLower(d.Severity.String()) + at + ": " + d.Summary + ": " + d.Detail
		out = append(out, strings.Join(strings.Fields(text), " "))
	}
	slices.Sort(out)
	return out
}

func place(p *tftypes.AttributePath) string {
	var b strings.Builder
	for _, step := range p.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(string(step))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", step)
		case tftypes.ElementKeyString:
			fmt.Fprintf(&b, "[%q]", step)
		}
	}
	return b.String()
}

// Connect configures the provider for a server, with more arguments if given.
func (p Protocol) Connect(t testing.TB, s *Server, more ...map[string]any) {
	t.Helper()
	arguments := map[string]any{"base_url": s.URL, "api_key": Key}
	for _, m := range more {
		maps.Copy(arguments, m)
	}
	config := Value(p.Schema.Provider.ValueType(), arguments)
	resp, err := p.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: Dynamic(t, config)})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, Texts(resp.Diagnostics))
	}
}
