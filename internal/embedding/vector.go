package embedding

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

const bytesPerToken = 4 // of text, about

var (
	numbersType = derived.Find("embedding").Type()
	noNumbers   = tftypes.NewValue(numbersType, nil)
	noText      = tftypes.NewValue(tftypes.String, nil)
)

// inBase64 asks for vectors in base64 where the user does not say otherwise: as
// numbers, one of 3,072 is 60 KB of text.
func inBase64(arguments wire.Fields) wire.Fields {
	if !arguments.Get("encoding_format").IsNull() {
		return arguments
	}
	return arguments.With(wire.Values{"encoding_format": tftypes.NewValue(tftypes.String, "base64")})
}

// absent are the attributes that will be null.
func absent(arguments wire.Fields) []string {
	var names []string
	if !arguments.Get("inputs").IsNull() && arguments.Get("inputs").IsKnown() {
		names = append(names, "embedding", "embedding_base64")
	}
	if !arguments.Get("input").IsNull() && arguments.Get("input").IsKnown() {
		names = append(names, "embeddings")
	}
	if numbers := arguments.Get("include_numbers"); numbers.IsKnown() && !wire.True(numbers) && !slices.Contains(names, "embedding") {
		names = append(names, "embedding")
	}
	return names
}

// normalize writes each vector in base64, as it is kept, whatever the server wrote: numbers, base64 in another
// alphabet, without padding, in lines. What is neither stays as it is.
func normalize(answer map[string]any) {
	items, _ := answer["data"].([]any)
	for _, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			continue
		}
		switch vector := object["embedding"].(type) {
		case []any:
			object["embedding"] = encode(vector)
		case string:
			if raw, ok := unpack(vector); ok {
				object["embedding"] = base64.StdEncoding.EncodeToString(raw)
			}
		}
	}
}

// read puts the vectors into the order of the texts, and makes numbers of them where they are wanted.
func read(arguments wire.Fields, _ []byte, got wire.Values) {
	items := slices.Clone(wire.Items(got["embeddings"]))
	slices.SortStableFunc(items, func(a, b tftypes.Value) int {
		return cmp.Compare(wire.Int(wire.Open(a).Get("index")), wire.Int(wire.Open(b).Get("index")))
	})
	for i, item := range items {
		if fields := wire.Open(item); !fields.Absent() {
			items[i] = withForms(item, fields.Get("embedding_base64"), arguments.True("include_numbers"))
		}
	}
	got["embeddings"] = tftypes.NewValue(got["embeddings"].Type(), items)
	if len(items) == 1 { // of several, nobody knows which is meant
		if only := wire.Open(items[0]); !only.Absent() {
			got["embedding"], got["embedding_base64"] = only.Get("embedding"), only.Get("embedding_base64")
		}
	}
}

// withForms is a vector in the forms that it is kept in.
func withForms(item, encoded tftypes.Value, numbers bool) tftypes.Value {
	forms := wire.Values{"embedding": noNumbers, "embedding_base64": encoded}
	if numbers {
		forms["embedding"] = decode(encoded)
	}
	return wire.WithAll(item, forms)
}

// reread makes numbers of the vectors that are there, or leaves them out.
func reread(arguments, got wire.Fields) (wire.Values, bool) {
	values, numbers := got.Values(), arguments.True("include_numbers")
	values["embedding"] = noNumbers
	if numbers {
		values["embedding"] = decode(got.Get("embedding_base64"))
	}
	items := slices.Clone(got.Items("embeddings"))
	for i, item := range items {
		items[i] = withForms(item, wire.Open(item).Get("embedding_base64"), numbers)
	}
	if items != nil {
		values["embeddings"] = tftypes.NewValue(values["embeddings"].Type(), items)
	}
	return values, true
}

// findings are what makes vectors useless.
func findings(arguments, got wire.Fields) []answer.Finding {
	useless := func(format string, args ...any) []answer.Finding {
		return []answer.Finding{{Text: fmt.Sprintf(format, args...)}}
	}
	vectors := []tftypes.Value{got.Get("embedding_base64")}
	if inputs := arguments.Get("inputs"); !inputs.IsNull() {
		items := got.Items("embeddings")
		if want := len(wire.Items(inputs)); len(items) != want {
			return useless("the server answered with %d vectors for %d texts", len(items), want)
		}
		if i, ok := misplaced(items); !ok {
			return useless("the server numbered the vectors wrongly, so that nobody knows which belongs to text %d", i)
		}
		vectors = nil
		for _, item := range items {
			vector := noText
			if fields := wire.Open(item); !fields.Absent() {
				vector = fields.Get("embedding_base64")
			}
			vectors = append(vectors, vector)
		}
	}
	want := int(wire.Int(arguments.Get("dimensions")))
	for i, vector := range vectors {
		text, _ := wire.Text(vector)
		raw, ok := unpack(text)
		switch size := len(raw) / 4; {
		case !ok:
			return useless("the vector of text %d is not there, or there are several, or it is neither numbers nor base64 of 32-bit numbers", i)
		case want > 0 && size != want && !arguments.Get("dimensions").IsNull():
			return useless("the vector of text %d has %d numbers, not %d as dimensions asks for", i, size, want)
		case want > 0 && size != want:
			return useless("the vector of text %d has %d numbers, that of text 0 has %d", i, size, want)
		case !finite(raw):
			return useless("the vector of text %d has something in it that is no number, or too large for one of 32 bits", i)
		default:
			want = size
		}
	}
	return nil
}

// misplaced finds a place for which there is not exactly one vector. A server that numbers none of them, or gives all
// the same number, has them in the order of the texts.
func misplaced(items []tftypes.Value) (place int, ok bool) {
	place, ok = 0, true
	same := true
	first := wire.Open(items[0])
	for i, item := range items { // they are sorted
		fields := wire.Open(item)
		if first.Absent() || fields.Absent() {
			return 0, true // there is more to say of these
		}
		same = same && fields.Get("index").Equal(first.Get("index"))
		if ok && wire.Int(fields.Get("index")) != int64(i) {
			place, ok = i, false
		}
	}
	return place, ok || same
}

// encode makes base64 of numbers. What is none becomes NaN.
func encode(numbers []any) string {
	raw := make([]byte, 0, 4*len(numbers))
	for _, item := range numbers {
		text, ok := item.(string)
		if number, isNumber := item.(json.Number); isNumber {
			text, ok = number.String(), true
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(text), 32)
		if !ok || err != nil && !errors.Is(err, strconv.ErrRange) { // out of range it is infinite
			f = math.NaN()
		}
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(f)))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// unpack reads base64 in any of its spellings; false = it holds no 32-bit numbers.
func unpack(text string) (raw []byte, ok bool) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	for _, spelling := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := spelling.DecodeString(text); err == nil {
			return raw, len(raw) > 0 && len(raw)%4 == 0
		}
	}
	return nil, false
}

// finite reports whether 32-bit numbers are all numbers.
func finite(raw []byte) bool {
	for i := 0; i < len(raw); i += 4 {
		if f := float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[i:]))); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}

// decode makes numbers of base64, in the shortest form that is the same 32-bit
// number; null where there are none.
func decode(encoded tftypes.Value) tftypes.Value {
	text, _ := wire.Text(encoded)
	raw, ok := unpack(text)
	if !ok {
		return noNumbers
	}
	numbers := make([]tftypes.Value, len(raw)/4)
	for i := range numbers {
		f := float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
		numbers[i] = tftypes.NewValue(tftypes.Number, nil)
		if !math.IsNaN(f) && !math.IsInf(f, 0) {
			short, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64) // it was made of a number
			numbers[i] = tftypes.NewValue(tftypes.Number, short)
		}
	}
	return tftypes.NewValue(numbersType, numbers)
}
