package embedding_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

type object = map[string]any

// packed is a vector in base64.
func packed(numbers ...float64) string {
	var raw []byte
	for _, n := range numbers {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(n)))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// vectors is an answer with those vectors, in JSON, numbered from 0.
func vectors(all ...string) string {
	var items []string
	for i, vector := range all {
		items = append(items, fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":%s}`, i, vector))
	}
	return `{"data":[` + strings.Join(items, ",") + `]}`
}

func quoted(text string) string { return `"` + text + `"` }

// applied creates an embedding that a server answers with a body.
func applied(t *testing.T, body string, arguments object) (state object, said string) {
	t.Helper()
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, body))
	p := acctest.Speak(t)
	p.Connect(t, s)
	r := p.Instance("openai_embedding")
	config := object{"model": "text-embedding-3-small"}
	for name, value := range arguments {
		config[name] = value
	}
	said = strings.Join(r.Apply(t, config), "\n")
	state, _ = r.State().(object)
	return state, said
}

// An answer without the vectors that were asked for is of no use, whatever its status; it is kept, tainted.
func TestResource_refusesAnAnswerWithoutItsVectors(t *testing.T) {
	one, two := object{"input": "a"}, object{"inputs": []any{"a", "b"}}
	for name, test := range map[string]struct {
		arguments object
		body      string
		says      string
	}{
		"none of two":             {two, `{"data":[]}`, "0 vectors for 2 texts"},
		"none":                    {one, `{"data":[]}`, "the vector of text 0 is not there"},
		"no data":                 {one, `{"model":"m"}`, "the vector of text 0 is not there"},
		"data that is no list":    {one, `{"data":{"embedding":[1]}}`, "the vector of text 0 is not there"},
		"one of two":              {two, `{"data":[{"index":0,"embedding":[0.1]}]}`, "1 vectors for 2 texts"},
		"three of two":            {two, vectors("[1]", "[2]", "[3]"), "3 vectors for 2 texts"},
		"two of one":              {one, vectors("[1]", "[2]"), "there are several"},
		"null":                    {two, `{"data":[{"index":0,"embedding":[0.1]},null]}`, "the vector of text"},
		"a word":                  {two, vectors(`"x"`, `"x"`), "the vector of text 0 is not there"},
		"empty":                   {two, vectors(`[]`, `[0.5]`), "the vector of text 0 is not there"},
		"empty base64":            {one, vectors(`""`), "the vector of text 0 is not there"},
		"only padding":            {one, vectors(`"===="`), "the vector of text 0 is not there"},
		"base64 of 3 bytes":       {one, vectors(`"AAAA"`), "the vector of text 0 is not there"},
		"base64 cut off":          {one, vectors(quoted(packed(1, 2)[:9])), "the vector of text 0 is not there"},
		"two alphabets":           {one, vectors(`"+_8AAAAA"`), "the vector of text 0 is not there"},
		"an object":               {one, vectors(`{"values":[1]}`), "the vector of text 0 is not there"},
		"a vector for each token": {one, vectors(`[[0.1,0.2],[0.3,0.4]]`), "something in it that is no number"},
		"null in it":              {one, vectors(`[0.1,null]`), "something in it that is no number"},
		"NaN in words":            {one, vectors(`["NaN"]`), "something in it that is no number"},
		"NaN":                     {one, vectors(quoted(packed(1, math.NaN()))), "something in it that is no number"},
		"infinity":                {one, vectors(quoted(packed(math.Inf(-1), 1))), "too large"},
		"too large for 32 bits":   {one, vectors(`[1e39]`), "too large"},
		"far too large":           {one, vectors(`[1e999999999]`), "too large"},
		"of different lengths":    {two, vectors(`[1,2]`, `[1]`), "the vector of text 1 has 1 numbers, that of text 0 has 2"},
		"not as long as asked":    {object{"input": "a", "dimensions": 3}, vectors(`[1,2]`), "has 2 numbers, not 3 as dimensions asks for"},
		"one number twice":        {two, `{"data":[{"index":1,"embedding":[1]},{"index":1,"embedding":[2]},{"index":0,"embedding":[3]}]}`, "3 vectors"},
		"a number twice of three": {object{"inputs": []any{"a", "b", "c"}}, `{"data":[{"index":1,"embedding":[1]},{"index":1,"embedding":[2]},{"index":0,"embedding":[3]}]}`, "nobody knows which belongs to text 2"},
		"numbers from 1":          {two, `{"data":[{"index":1,"embedding":[1]},{"index":2,"embedding":[2]}]}`, "nobody knows which belongs to text 0"},
		"numbers that overflow":   {two, `{"data":[{"index":9223372036854775807,"embedding":[1]},{"index":-9223372036854775808,"embedding":[2]}]}`, "nobody knows which belongs to text 0"},
	} {
		t.Run(name, func(t *testing.T) {
			state, said := applied(t, test.body, test.arguments)
			if !strings.Contains(said, "Unusable embedding") || !strings.Contains(said, test.says) || state == nil {
				t.Errorf("got %q and %v, want %q", said, state, test.says)
			}
		})
	}
}

// However a server writes a vector, it is kept in one spelling, in the order of the texts.
func TestResource_readsVectorsInAnySpelling(t *testing.T) {
	want := packed(-1.5, 1e-9, 3.25) // has signs that differ between the alphabets
	long := packed(-1.5, 1e-9, 3.25, 7)
	for name, test := range map[string]struct{ vector, want string }{
		"base64":               {quoted(want), want},
		"without padding":      {quoted(strings.TrimRight(long, "=")), long},
		"of URLs":              {quoted(strings.NewReplacer("+", "-", "/", "_").Replace(want)), want},
		"in lines":             {quoted(want[:8] + `\r\n` + want[8:] + `\n`), want},
		"numbers":              {`[-1.5,1e-9,3.25]`, want},
		"numbers in words":     {`["-1.5"," 1e-9","3.25 "]`, want},
		"numbers with a point": {`[-1.5000000000,0.000000001,325e-2]`, want},
		"tiny numbers":         {`[-1.5,1e-999999,3.25]`, packed(-1.5, 0, 3.25)},
		"a million digits":     {`[-1.5,0.` + strings.Repeat("3", 1_000_000) + `,3.25]`, packed(-1.5, 1.0/3, 3.25)},
	} {
		t.Run(name, func(t *testing.T) {
			state, said := applied(t, vectors(test.vector), object{"input": "a"})
			if said != "" || state["embedding_base64"] != test.want {
				t.Errorf("%q; kept is %.100v, want %s", said, state["embedding_base64"], test.want)
			}
		})
	}
	for name, body := range map[string]string{
		"turned round": `{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]}`,
		"in words":     `{"data":[{"index":"1","embedding":[2]},{"index":"0","embedding":[1]}]}`,
		"not numbered": `{"data":[{"embedding":[1]},{"embedding":[2]}]}`,
		"all of one":   `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[2]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			state, said := applied(t, body, object{"inputs": []any{"a", "b"}})
			var got []string
			items, _ := state["embeddings"].([]any)
			for _, item := range items {
				got = append(got, item.(object)["embedding_base64"].(string))
			}
			if want := packed(1) + packed(2); said != "" || strings.Join(got, "") != want {
				t.Errorf("%q; kept is %v", said, got)
			}
		})
	}
}
