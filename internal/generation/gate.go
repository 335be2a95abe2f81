package generation

import (
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Gate is the action: it streams, and can expect members of a JSON answer, which the argument named format asks for.
func Gate(format string) *answer.Gate {
	return &answer.Gate{
		Rules: kinds.Declare(
			kinds.Attribute{Name: "expect", Shape: kinds.JSON, Local: true,
				Description: "A JSON object that the answer must contain: `jsonencode({ approved = true })` fails the run unless the answer is JSON in which `approved` is `true`. It needs a `" + format + "` of JSON.",
				Validators:  checks{kinds.JSONObject()}},
		),
		Complete: func(arguments wire.Fields) wire.Fields {
			if !arguments.Get("stream").IsNull() {
				return arguments
			}
			return arguments.With(wire.Values{"stream": tftypes.NewValue(tftypes.Bool, true)})
		},
		Judge: func(arguments, got wire.Fields) []string {
			want, ok := arguments.Text("expect")
			if !ok {
				return nil
			}
			return jsontext.Lacks(got.String("content"), want)
		},
	}
}
