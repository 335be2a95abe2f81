package chat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

func TestSet_refusesBadRequestsWhereTheyAre(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	user := []any{object{"role": "user", "content": "hello"}}
	for want, config := range map[string]object{
		`error at requests: Invalid request: requests["a"]: There is no argument "temprature" in a request.`: setOf(object{"a": object{"content": "x", "temprature": 1}}),
		`error at requests: Invalid request: requests["a"]: There is no argument "store" in a request.`:      setOf(object{"a": object{"content": "x", "store": true}}),
		`error at requests: Invalid request: requests["a"]: There is no argument "api_key" in a request.`:    setOf(object{"a": object{"content": "x", "api_key": "x"}}),
		`error at requests: Invalid request: requests["a"]: Temperature: `:                                   setOf(object{"a": object{"content": "x", "temperature": "warm"}}),
		`requests["a"].temperature: temperature must be a number from 0 to 2, not 9.`:                        setOf(object{"a": object{"content": "x", "temperature": 9}}),
		`requests["b"]: It is null. Write {} for a request without differences.`:                             setOf(object{"a": "x", "b": nil}),
		`requests["a"]: An object or a text is needed.`:                                                      setOf(object{"a": true}),
		`requests["a"]: Content: `: setOf(object{"a": object{"content": []any{"x"}}}),
		`requests["a"]: Content cannot follow messages_json. Use message blocks or messages`: setOf(object{"a": "x"}, object{"messages_json": `[{"role":"user","content":"x"}]`}),
		`requests["a"].message`:                                                                                setOf(object{"a": object{}}),
		`requests["a"]: Messages: element 0: role is required.`:                                                setOf(object{"a": object{"messages": []any{object{"content": "x"}}}}),
		`error at requests: Invalid requests: requests maps names to requests`:                                 setOf([]any{"a"}),
		`error at requests: Too many requests: A set has at most 50000 requests, not 50001. Use several sets.`: setOf(numbered(50001)),
		`error at on_failure: `:                                                                                setOf(object{"a": object{"messages": user}}, object{"on_failure": "ignore"}),
		`error at results_file: `:                                                                              setOf(texts("a"), object{"results_file": ""}),
		`error at timeouts.create: `:                                                                           setOf(texts("a"), object{"timeouts": object{"create": "soon"}}),
		`error at temperature: `:                                                                               setOf(texts("a"), object{"temperature": 9}),
	} {
		diags := p.Instance(setType, chatBlocks...).Plan(t, config).Diags
		if len(diags) != 1 || !strings.Contains(diags[0], want) {
			t.Errorf("want %q: %q", want, diags)
		}
	}
}

// What is not known yet may be anything.
func TestSet_passesWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	unknown := acctest.Unknown{}
	for _, config := range []object{
		setOf(unknown), setOf(object{"a": unknown}), setOf(object{"a": object{"content": unknown, "temperature": unknown}}),
		setOf(object{"a": object{"messages": unknown}}), setOf(object{"a": object{}}, object{"messages": unknown}), setOf(object{"a": object{"messages": []any{unknown}}}),
	} {
		acctest.Quiet(t, p.Instance(setType, chatBlocks...).Plan(t, config).Diags)
	}
}

// Faults that many requests have are told of the first ones, and counted.
func TestSet_tellsOfAThousandFaultsOnce(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	const n = 1000
	for kind, test := range map[string]struct {
		request func(i int) any
		errors  int
	}{
		"the same":       {func(int) any { return object{"content": "x", "temperature": 9} }, 2},
		"different ones": {func(i int) any { return object{"content": "x", "temperature": 9 + i} }, 11},
		"unknown names":  {func(int) any { return object{"contents": "x"} }, 11},
	} {
		requests := object{}
		for i := range n {
			requests[fmt.Sprintf("q%03d", i)] = test.request(i)
		}
		diags := p.Instance(setType, chatBlocks...).Plan(t, setOf(requests)).Diags
		if len(diags) != test.errors {
			t.Errorf("%s: %d errors: %q", kind, len(diags), diags)
		}
		says(t, diags, "1000 requests have faults like these; the first 10 are shown.")
		says(t, diags, `requests["q000"]`)
	}
}
