package chat

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

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
	json := map[string]tftypes.Value{"response_format": tftypes.NewValue(
		tftypes.Object{AttributeTypes: map[string]tftypes.Type{"type": tftypes.String}},
		map[string]tftypes.Value{"type": tftypes.NewValue(tftypes.String, "json_object")})}
	f.Fuzz(func(t *testing.T, answer []byte) {
		values, err := readAnswer(json, client.Answer{Body: answer, RequestID: "req_1"})
		if err != nil {
			return
		}
		state := map[string]tftypes.Value{}
		for i := range resourceAttributes {
			a := &resourceAttributes[i]
			state[a.Name] = tftypes.NewValue(a.Type(), nil)
			if v, ok := values[a.Name]; ok {
				state[a.Name] = v
			}
		}
		for name := range values {
			if resourceAttributes.Find(name) == nil {
				t.Errorf("%s has no place in the state", name)
			}
		}
		whole := tftypes.NewValue(resourceAttributes.Type(), state)
		travelled, err := tfprotov6.NewDynamicValue(resourceAttributes.Type(), whole)
		if err != nil {
			t.Fatal(err)
		}
		if arrived, err := travelled.Unmarshal(resourceAttributes.Type()); err != nil || !arrived.Equal(whole) {
			t.Fatalf("%v: %s arrives as %s", err, whole, arrived)
		}
	})
}
