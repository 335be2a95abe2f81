package embedding

import (
	"encoding/base64"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// argumentsWith are arguments of which all others are null.
func argumentsWith(values wire.Values) wire.Fields {
	all := wire.Values{}
	for _, a := range kind.Attributes() {
		all[a.Name] = tftypes.NewValue(a.Type(), nil)
	}
	return wire.FieldsOf(all).With(values)
}

// Whatever a server answers: there is something to say against it, or each text has a vector of numbers, in the one spelling.
func FuzzReadAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"index":1,"embedding":"AACAPwAAAEA="},{"index":0,"embedding":[1,"2"]}]}`,
		`{"data":[{"embedding":"AACAPw"}]}`, `{"data":[{"embedding":"__-_-w=="},null]}`, `{"data":[[],{"embedding":{}}]}`,
		`{"data":[{"embedding":[null,1e999]},{"index":-9223372036854775808,"embedding":"AA\nCAPw=="}],"usage":[]}`, `{"data":{"a":1}}`,
	} {
		f.Add([]byte(seed))
	}
	text := func(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
	one := argumentsWith(wire.Values{"input": text("a"), "include_numbers": tftypes.NewValue(tftypes.Bool, true)})
	two := argumentsWith(wire.Values{"inputs": tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{text("a"), text("b")})})
	f.Fuzz(func(t *testing.T, body []byte) {
		for count, arguments := range map[int]wire.Fields{1: one, 2: two} {
			values, err := kind.ReadAnswer(arguments, client.Answer{Body: body})
			if err != nil {
				continue
			}
			got := wire.FieldsOf(values)
			if len(findings(arguments, got)) > 0 {
				continue
			}
			vectors := []wire.Fields{got}
			if count == 2 {
				vectors = []wire.Fields{wire.Open(got.Items("embeddings")[0]), wire.Open(got.Items("embeddings")[1])}
			}
			for _, vector := range vectors {
				kept := vector.String("embedding_base64")
				raw, err := base64.StdEncoding.Strict().DecodeString(kept)
				if err != nil || len(raw) == 0 || len(raw)%4 != 0 {
					t.Errorf("%s gives %q: %v", body, kept, err)
				}
				for _, n := range wire.Items(vector.Get("embedding")) {
					if n.IsNull() {
						t.Errorf("%s gives %s", body, vector.Get("embedding"))
					}
				}
				if count == 1 && len(wire.Items(vector.Get("embedding"))) != len(raw)/4 {
					t.Errorf("%s gives %s", body, vector.Get("embedding"))
				}
			}
		}
	})
}
