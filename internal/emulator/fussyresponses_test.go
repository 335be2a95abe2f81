package emulator_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestFussy_responses(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Fussy})
	for n, want := range []struct{ status, summary, details any }{
		{"completed", []any{}, "absent"}, {"absent", "absent", "no object at \"input_tokens_details\""}, {"completed", []any{}, nil},
	} {
		got := r.response(responding("Reply with exactly: hi"))
		equal(t, "said", got.said(), "hi")
		equal(t, "kinds", got.kinds(), "reasoning message")
		equal(t, "status of the item", got.get("output", 1, "status"), want.status)
		equal(t, "summary", got.get("output", 0, "summary"), want.summary)
		equal(t, "annotations", got.get("output", 1, "content", 0, "annotations"), "absent")
		equal(t, "tools", got.get("tools"), "absent")
		if n != 1 {
			equal(t, "details", got.get("usage", "input_tokens_details"), want.details)
		}
	}
	streamed := r.response(responding("Reply with exactly: hi", `"stream":true`)).text
	equal(t, "names", strings.Contains(streamed, "event:"), false)
	equal(t, "end", strings.HasSuffix(streamed, "data: [DONE]\r\n\r\n"), false)
	equal(t, "last", strings.Contains(streamed, `"type":"response.completed"`), true)
	crashed := r.response(responding("CRASH: Out of order.", `"stream":true`)).text
	equal(t, "error in a stream", strings.Contains(crashed, `"error":{"code":"server_error","message":"Out of order.","type":"server_error"}`), true)
	equal(t, "shape of the error", r.do("POST", "/v1/responses", responding("Hi", `"x":1`)).get("error", "code"), 400)
	equal(t, "none is stored", r.do("GET", "/v1/responses/x", "").status, 404)
}
