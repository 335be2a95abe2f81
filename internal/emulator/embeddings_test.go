package emulator_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// embed posts a request of text-embedding-3-small and wants it to succeed; input is JSON.
func (r *rig) embed(input string, more ...string) response {
	r.t.Helper()
	resp := r.do("POST", "/v1/embeddings", embedding("text-embedding-3-small", input, more...))
	if resp.status != 200 {
		r.t.Fatalf("status %d: %s", resp.status, resp.text)
	}
	return resp
}

func embedding(model, input string, more ...string) string {
	return fmt.Sprintf(`{"model":%q,"input":%s%s}`, model, input, strings.Join(append([]string{""}, more...), ","))
}

// vector is the i-th vector of an answer, numbers or base64.
func (r response) vector(i int) []float64 {
	var out []float64
	switch v := r.get("data", i, "embedding").(type) {
	case []any:
		for _, n := range v {
			out = append(out, n.(float64))
		}
	case string:
		data, _ := base64.StdEncoding.DecodeString(v)
		for ; len(data) >= 4; data = data[4:] {
			out = append(out, float64(math.Float32frombits(binary.LittleEndian.Uint32(data))))
		}
	}
	return out
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func TestEmbeddings_answers(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct {
		name, model, input string
		more               []string
		answered           string
		vectors, length    int
		tokens             int
	}{
		{"text", "text-embedding-3-small", `"Hello, world"`, nil, "text-embedding-3-small", 1, 1536, 3},
		{"large", "text-embedding-3-large", `"Hello, world"`, nil, "text-embedding-3-large", 1, 3072, 3},
		{"ada", "text-embedding-ada-002", `"Hello, world"`, nil, "text-embedding-ada-002-v2", 1, 1536, 3},
		{"texts", "text-embedding-3-small", `["Hello","world","Hello"]`, nil, "text-embedding-3-small", 3, 1536, 3},
		{"tokens", "text-embedding-3-small", `[9906, 11, 1917]`, nil, "text-embedding-3-small", 1, 1536, 3},
		{"lists of tokens", "text-embedding-3-small", `[[9906],[11,1917]]`, nil, "text-embedding-3-small", 2, 1536, 3},
		{"shortened", "text-embedding-3-large", `"Hello"`, []string{`"dimensions":256`}, "text-embedding-3-large", 1, 256, 1},
		{"as short as can be", "text-embedding-3-small", `"Hello"`, []string{`"dimensions":1`}, "text-embedding-3-small", 1, 1, 1},
		{"as long as it is", "text-embedding-3-small", `"Hello"`, []string{`"dimensions":1536`, `"user":"me"`, `"encoding_format":"float"`}, "text-embedding-3-small", 1, 1536, 1},
		{"base64", "text-embedding-3-small", `["Hello","world"]`, []string{`"encoding_format":"base64"`}, "text-embedding-3-small", 2, 1536, 2},
		{"white space", "text-embedding-3-small", `" "`, nil, "text-embedding-3-small", 1, 1536, 1},
		{"no words", "text-embedding-3-small", `"?!"`, nil, "text-embedding-3-small", 1, 1536, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := r.do("POST", "/v1/embeddings", embedding(test.model, test.input, test.more...))
			equal(t, "status", resp.status, 200)
			equal(t, "object", resp.get("object"), "list")
			equal(t, "limit", resp.header.Get("X-Ratelimit-Limit-Requests"), "10000")
			equal(t, "model", resp.get("model"), test.answered)
			equal(t, "usage", resp.get("usage"), map[string]any{"prompt_tokens": float64(test.tokens), "total_tokens": float64(test.tokens)})
			equal(t, "no more", resp.get("data", test.vectors), fmt.Sprint("no item ", test.vectors))
			for i := range test.vectors {
				equal(t, "object", resp.get("data", i, "object"), "embedding")
				equal(t, "index", resp.get("data", i, "index"), i)
				v := resp.vector(i)
				equal(t, "dimensions", len(v), test.length)
				if length := dot(v, v); math.Abs(length-1) > 1e-6 {
					t.Errorf("vector %d has length %v", i, math.Sqrt(length))
				}
			}
		})
	}
}

func TestEmbeddings_followFromTheText(t *testing.T) {
	t.Parallel()
	first, second := start(t, emulator.Options{}), start(t, emulator.Options{})
	const text = `"The quick brown fox jumps over the lazy dog"`
	equal(t, "another server", first.embed(text).text, second.embed(text).text)

	whole := first.embed(text).vector(0)
	equal(t, "as ever", fmt.Sprint(whole[:3]), "[0.01125288 -0.00066193414 0.052292798]")
	if other := first.embed(`["Something else",` + text + `]`).vector(1); !slices.Equal(whole, other) {
		t.Error("another request gives another vector")
	}
	if packed := first.embed(text, `"encoding_format":"base64"`).vector(0); len(packed) != len(whole) || math.Abs(dot(whole, packed)-1) > 1e-6 {
		t.Error("base64 holds another vector")
	}
	if tokens := first.embed(`[9906,11,1917]`).vector(0); !slices.Equal(tokens, first.embed(`"Hello, world"`).vector(0)) {
		t.Error("tokens give another vector than their text")
	}
	short := first.embed(text, `"dimensions":64`).vector(0)
	begin := whole[:64]
	if cosine := dot(short, begin) / math.Sqrt(dot(begin, begin)); math.Abs(cosine-1) > 1e-6 {
		t.Errorf("the shortened vector is not the beginning of the whole one: cosine %v", cosine)
	}
	large := first.do("POST", "/v1/embeddings", embedding("text-embedding-3-large", text, `"dimensions":1536`)).vector(0)
	if math.Abs(dot(large, whole)) > 0.2 {
		t.Error("another model gives a like vector")
	}
}

func TestEmbeddings_areNearWhereTextsAreAlike(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	texts := []string{
		"How do I reset my password?", "I forgot my password, how can it be reset?",
		"The invoices of last quarter are late", "Invoices from the last quarter were late.",
		"Les chats dorment au soleil", "Le chat dort au soleil",
	}
	input, _ := json.Marshal(texts)
	for _, dimensions := range []string{`"dimensions":1536`, `"dimensions":256`} {
		resp := r.embed(string(input), dimensions)
		for i := range texts {
			for j := range i {
				similarity := dot(resp.vector(i), resp.vector(j))
				alike := i/2 == j/2
				if alike && (similarity < 0.4 || similarity > 0.999) || !alike && similarity > 0.25 {
					t.Errorf("%s: %q and %q have similarity %.3f", dimensions, texts[j], texts[i], similarity)
				}
			}
		}
	}
	// What differs in case or marks only is next to each other, but not the same.
	resp := r.embed(`["Hello world","hello, world!","hello world"]`)
	for i := range 2 {
		if similarity := dot(resp.vector(i), resp.vector(2)); similarity < 0.99 || similarity > 0.99999 {
			t.Errorf("similarity %.6f", similarity)
		}
	}
}

func TestEmbeddings_refuses(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	words := strings.Repeat("word ", 8200)
	many := `["` + strings.TrimSuffix(strings.Repeat(strings.Repeat("word ", 8000)+`","`, 38), `","`) + `"]`
	for _, test := range []struct {
		name, body, message string
		status              int
		param, code         any
	}{
		{"no JSON", `{`, "We could not parse the JSON body of your request.", 400, nil, nil},
		{"no model", `{"input":"x"}`, "you must provide a model parameter", 400, nil, nil},
		{"no such model", embedding("nope", `"x"`), "The model `nope` does not exist", 404, nil, "model_not_found"},
		{"chat model", embedding("gpt-4o", `"x"`), "You are not allowed to generate embeddings from this model", 403, nil, nil},
		{"moderation model", embedding("omni-moderation-latest", `"x"`), "You are not allowed to generate embeddings from this model", 403, nil, nil},
		{"no input", `{"model":"text-embedding-3-small"}`, "Missing required parameter: 'input'.", 400, "input", "missing_required_parameter"},
		{"unknown argument", embedding("text-embedding-3-small", `"x"`, `"n":1`), "Unrecognized request argument supplied: n", 400, nil, nil},
		{"input of a wrong type", embedding("text-embedding-3-small", `5`),
			"Invalid type for 'input': expected one of a string or array of strings, but got an integer instead.", 400, "input", "invalid_type"},
		{"null", embedding("text-embedding-3-small", `null`), "Invalid type for 'input'", 400, "input", "invalid_type"},
		{"no inputs", embedding("text-embedding-3-small", `[]`), "Invalid 'input': empty array.", 400, "input", "empty_array"},
		{"no tokens", embedding("text-embedding-3-small", `[[]]`), "Invalid 'input[0]': empty array.", 400, "input[0]", "empty_array"},
		{"mixed", embedding("text-embedding-3-small", `["a",5]`), "Invalid type for 'input[1]': expected a string, but got an integer instead.", 400, "input[1]", "invalid_type"},
		{"mixed tokens", embedding("text-embedding-3-small", `[5,"a"]`), "Invalid type for 'input[1]': expected an integer, but got a string instead.", 400, "input[1]", "invalid_type"},
		{"mixed lists", embedding("text-embedding-3-small", `[[5],"a"]`),
			"Invalid type for 'input[1]': expected an array of integers, but got a string instead.", 400, "input[1]", "invalid_type"},
		{"decimal token", embedding("text-embedding-3-small", `[1.5]`), "Invalid type for 'input[0]': expected a string, but got a decimal number instead.", 400, "input[0]", "invalid_type"},
		{"negative token", embedding("text-embedding-3-small", `[-1]`), "Invalid 'input[0]': integer below minimum value.", 400, "input[0]", "integer_below_min_value"},
		{"no such token", embedding("text-embedding-3-small", `[1,9999999]`), "Invalid 'input': not all of these are tokens", 400, "input", "invalid_value"},
		{"empty text", embedding("text-embedding-3-small", `""`), "Invalid 'input': input cannot be an empty string.", 400, "input", "invalid_value"},
		{"empty text among others", embedding("text-embedding-3-small", `["a",""]`), "Invalid 'input[1]': input cannot be an empty string.", 400, "input[1]", "invalid_value"},
		{"many inputs", embedding("text-embedding-3-small", `["`+strings.Repeat(`a","`, 2048)+`a"]`), "Invalid 'input': array length must be 2048 or less.", 400, "input", "invalid_value"},
		{"long text", embedding("text-embedding-3-small", `"`+words+`"`), "Invalid 'input': maximum context length is 8192 tokens.", 400, nil, nil},
		{"long text among others", embedding("text-embedding-3-small", `["a","`+words+`"]`), "Invalid 'input[1]': maximum input length is 8192 tokens.", 400, "input[1]", "invalid_value"},
		{"long texts", embedding("text-embedding-3-small", many), "Requested 304038 tokens, max 300000 tokens per request", 400, nil, "max_tokens_per_request"},
		{"no dimensions", embedding("text-embedding-3-small", `"x"`, `"dimensions":0`), "Invalid 'dimensions': integer below minimum value. Expected a value >= 1", 400, "dimensions", "integer_below_min_value"},
		{"half a dimension", embedding("text-embedding-3-small", `"x"`, `"dimensions":1.5`), "Invalid type for 'dimensions': expected an integer", 400, "dimensions", "invalid_type"},
		{"null dimensions", embedding("text-embedding-3-small", `"x"`, `"dimensions":null`), "Invalid type for 'dimensions': expected an integer", 400, "dimensions", "invalid_type"},
		{"many dimensions", embedding("text-embedding-3-small", `"x"`, `"dimensions":1537`), "Invalid value for 'dimensions' = 1537. Must be less than or equal to 1536.", 400, nil, nil},
		{"dimensions of an old model", embedding("text-embedding-ada-002", `"x"`, `"dimensions":1536`), "This model does not support specifying dimensions.", 400, nil, nil},
		{"format", embedding("text-embedding-3-small", `"x"`, `"encoding_format":"int8"`), "Invalid value: 'int8'. Supported values are: 'float' and 'base64'.", 400, "encoding_format", "invalid_value"},
		{"user", embedding("text-embedding-3-small", `"x"`, `"user":1`), "Invalid type for 'user': expected a string", 400, "user", "invalid_type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r.rejects(t, "/v1/embeddings", test.body, test.status, test.message, test.param, test.code)
		})
	}
	t.Run("a chat of an embedding model", func(t *testing.T) {
		t.Parallel()
		for _, model := range []string{"text-embedding-3-small", "omni-moderation-latest"} {
			r.rejects(t, "/v1/chat/completions", `{"model":"`+model+`","messages":[{"role":"user","content":"Hi"}]}`, 403,
				"You are not allowed to sample from this model", nil, nil)
		}
	})
	t.Run("nothing is billed", func(t *testing.T) { equal(t, "made", r.Made(), 0) })
}

// rejects wants an error of the API.
func (r *rig) rejects(t *testing.T, path, body string, status int, message string, param, code any) {
	t.Helper()
	resp := r.do("POST", path, body)
	equal(t, "status", resp.status, status)
	if got := fmt.Sprint(resp.get("error", "message")); !strings.HasPrefix(got, message) {
		t.Errorf("message: got %s\nwant %s", got, message)
	}
	equal(t, "param", resp.get("error", "param"), param)
	equal(t, "code", resp.get("error", "code"), code)
}

// The limits are the last that is allowed.
func TestEmbeddings_takesAsMuchAsTheAPI(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.embed(`["`+strings.Repeat(`a","`, 2047)+`a"]`, `"dimensions":2`)
	equal(t, "inputs", resp.get("data", 2047, "index"), 2047)
	equal(t, "tokens", resp.get("usage", "total_tokens"), 2048)
	resp = r.embed(`"word` + strings.Repeat(" word", 8191) + `"`)
	equal(t, "tokens", resp.get("usage", "total_tokens"), 8192)
}

func TestEmbeddings_areBilledAndFail(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Models: []string{"mine"}})
	body := embedding("mine", `"Hello"`)
	r.Fail(emulator.RateLimited("1").On("POST", "/embeddings"), emulator.TruncateBody(10).On("POST", "/v1/embeddings"))
	equal(t, "status", r.do("POST", "/v1/embeddings", body).status, 429)
	equal(t, "made", r.Made(), 0)
	equal(t, "cut", r.do("POST", "/v1/embeddings", body).text, `{"object":`)
	equal(t, "made", r.Made(), 1)
	equal(t, "well", len(r.do("POST", "/v1/embeddings", body).vector(0)), 1536)
	equal(t, "made", r.Made(), 2)
	equal(t, "method", r.do("GET", "/v1/embeddings", "").status, 405)
}
