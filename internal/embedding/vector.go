package embedding

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"

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

// read makes the vectors the same from every server: in the order of the texts, in
// base64, and as numbers where they are wanted.
func read(arguments wire.Fields, got wire.Values) {
	items := slices.Clone(wire.Items(got["embeddings"]))
	slices.SortStableFunc(items, func(a, b tftypes.Value) int {
		return int(wire.Int(wire.Open(a).Get("index")) - wire.Int(wire.Open(b).Get("index")))
	})
	for i, item := range items {
		fields := wire.Open(item)
		if fields.Absent() {
			continue
		}
		encoded := fields.Get("embedding_base64")
		if numbers := fields.Get("embedding"); !numbers.IsNull() {
			encoded = tftypes.NewValue(tftypes.String, encode(numbers))
		}
		items[i] = withForms(item, encoded, arguments.True("include_numbers"))
	}
	got["embeddings"] = tftypes.NewValue(got["embeddings"].Type(), items)
	if len(items) > 0 {
		if first := wire.Open(items[0]); !first.Absent() {
			got["embedding"], got["embedding_base64"] = first.Get("embedding"), first.Get("embedding_base64")
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
	want, vectors := 1, []tftypes.Value{got.Get("embedding_base64")}
	if inputs := arguments.Get("inputs"); !inputs.IsNull() {
		want, vectors = len(wire.Items(inputs)), nil
		for _, item := range got.Items("embeddings") {
			vector := noText
			if fields := wire.Open(item); !fields.Absent() {
				vector = fields.Get("embedding_base64")
			}
			vectors = append(vectors, vector)
		}
	}
	if len(vectors) != want {
		return []answer.Finding{{Text: fmt.Sprintf("the server answered with %d vectors for %d texts", len(vectors), want)}}
	}
	for i, vector := range vectors {
		text, ok := wire.Text(vector)
		if raw, err := base64.StdEncoding.DecodeString(text); !ok || err != nil || len(raw) == 0 || len(raw)%4 != 0 {
			return []answer.Finding{{Text: fmt.Sprintf("the vector of text %d is not there, or is neither numbers nor base64 of 32-bit numbers", i)}}
		}
	}
	return nil
}

// encode writes numbers as 32-bit ones in base64.
func encode(numbers tftypes.Value) string {
	var raw bytes.Buffer
	for _, item := range wire.Items(numbers) {
		var n big.Float
		f := float32(math.NaN()) // for null
		if !item.IsNull() && item.As(&n) == nil {
			f, _ = n.Float32()
		}
		_ = binary.Write(&raw, binary.LittleEndian, f) // a buffer takes everything
	}
	return base64.StdEncoding.EncodeToString(raw.Bytes())
}

// decode is the list of numbers in base64, each as short as it can be written; what is
// no number there is null. A text that is no such list gives null.
func decode(encoded tftypes.Value) tftypes.Value {
	text, _ := wire.Text(encoded)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 || len(raw)%4 != 0 {
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
