package chat

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// jsonObject is a response_format of any JSON object.
var jsonObject = func() tftypes.Value {
	format := Request.Find("response_format").Type()
	fields := wire.Values{"type": tftypes.NewValue(tftypes.String, "json_object")}
	for name, t := range format.(tftypes.Object).AttributeTypes {
		if name != "type" {
			fields[name] = tftypes.NewValue(t, nil)
		}
	}
	return tftypes.NewValue(format, fields)
}()

// argumentsWith are the arguments of the resource, null but for some.
func argumentsWith(values wire.Values) wire.Fields {
	all := wire.Values{}
	for _, a := range kind.Attributes() {
		all[a.Name] = tftypes.NewValue(a.Type(), nil)
	}
	return wire.FieldsOf(all).With(values)
}

// Whatever a server answers, it either is no answer or becomes a state that Terraform
// can keep.
func FuzzReadAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"id":"chatcmpl-1","object":"chat.completion","created":1741569952,"model":"gpt-4-0613","choices":[{"index":0,"message":{"role":"assistant","content":"{\"a\":[1,null]}","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":9,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":0}},"service_tier":"default"}`,
		`{"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`,
		`{"choices":[{"message":{"content":"x","audio":{"id":"a","data":"AAAA","expires_at":1,"transcript":"x"}},"logprobs":{"content":[{"token":"x","bytes":[120],"logprob":-0.1,"top_logprobs":[]}]}}]}`,
		`{"id":7,"created":"soon","choices":[null,1,{"message":[]},{"message":{"content":[{"type":"text"}],"tool_calls":[null,{"function":3}]}}],"usage":[]}`,
		`{"created":1e300,"choices":[{"message":{"content":"{\"x\":1e-999999}"},"logprobs":{"content":[{"token":"x","logprob":-1e-999999},{"token":"y","logprob":1e-350}]}}]}`,
		`{"choices":{}}`, `{}`, `[]`, `{"choices":[{"message":{"content":"{\"é\":1,\"e\u0301\":2}"}}]}`,
	} {
		f.Add([]byte(seed))
	}
	json := argumentsWith(wire.Values{"response_format": jsonObject})
	attributes := kind.Attributes()
	f.Fuzz(func(t *testing.T, answer []byte) {
		values, err := kind.ReadAnswer(json, client.Answer{Body: answer, RequestID: "req_1"})
		if err != nil {
			return
		}
		state := map[string]tftypes.Value{}
		for i := range attributes {
			a := &attributes[i]
			state[a.Name] = tftypes.NewValue(a.Type(), nil)
			if v, ok := values[a.Name]; ok {
				state[a.Name] = v
			}
		}
		for name := range values {
			if attributes.Find(name) == nil {
				t.Errorf("%s has no place in the state", name)
			}
		}
		whole := tftypes.NewValue(attributes.Type(), state)
		travelled, err := tfprotov6.NewDynamicValue(attributes.Type(), whole)
		if err != nil {
			t.Fatal(err)
		}
		if arrived, err := travelled.Unmarshal(attributes.Type()); err != nil || !arrived.Equal(whole) {
			t.Fatalf("%v: %s arrives as %s", err, whole, arrived)
		}
	})
}
