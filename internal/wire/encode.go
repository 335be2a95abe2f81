package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// Encode writes arguments as one JSON object, in the order of their declaration.
// What is null, Computed or Local is left out, and so is a block that is not there, and what is
// left to the server; everything else is written, 0, false, "" and [] included. An attribute that the
// declaration has and the object has not is left out. The members of an Extra come last.
// A value that is not known yet
// is an error that names the attribute.
func Encode(as kinds.Attributes, fields Fields) ([]byte, error) {
	var out encoder
	if err := encodeFields(&out, as, fields, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Pending stands in a sketch for what is not known yet. No argument can have it as
// its value, since Terraform's strings hold no NUL.
const Pending = "\x00not known yet"

// Sketch is Encode for arguments of which some are not known yet: [Pending]
// is written in their place.
func Sketch(as kinds.Attributes, fields Fields) ([]byte, error) {
	out := encoder{sketch: true}
	if err := encodeFields(&out, as, fields, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// encoder is JSON that is being written.
type encoder struct {
	bytes.Buffer
	sketch bool // what is not known yet is written as Pending
}

// pending writes what stands for a value that is not known yet.
func (out *encoder) pending() error {
	if !out.sketch {
		return fmt.Errorf("the value is not known yet")
	}
	writeText(out, Pending)
	return nil
}

// encodeObject writes an object, with further members that the Extra of one around it has for it.
func encodeObject(out *encoder, as kinds.Attributes, value tftypes.Value, members map[string]any) error {
	var fields Values
	if err := value.As(&fields); err != nil {
		return err
	}
	return encodeFields(out, as, FieldsOf(fields), members)
}

func encodeFields(out *encoder, as kinds.Attributes, fields Fields, members map[string]any) error {
	if extra := as.Extra(); extra != nil && extra.Mode != kinds.Computed {
		v, _ := fields.find(extra.Name)
		if text, given := Text(v); given {
			var err error
			if members, err = kinds.ParseMembers(text, as); err != nil {
				return fmt.Errorf("%s: %w", extra.Name, err)
			}
		}
	}
	rest := maps.Clone(members)
	out.WriteByte('{')
	first := true
	for i := range as {
		a := &as[i]
		v, ok := fields.find(a.Name)
		if !ok || a.Local || a.Mode == kinds.Computed || v.IsNull() || absentBlock(a, v) || a.Extra && v.IsKnown() ||
			a.Mode == kinds.OptionalComputed && !v.IsKnown() {
			continue
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		writeText(out, a.WireName())
		out.WriteByte(':')
		inside, _ := members[a.WireName()].(map[string]any)
		delete(rest, a.WireName())
		if err := encode(out, a, v, inside); err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	if len(rest) > 0 {
		if !first {
			out.WriteByte(',')
		}
		written := text(rest) // its members are sorted
		out.WriteString(written[1 : len(written)-1])
	}
	out.WriteByte('}')
	return nil
}

// absentBlock: Terraform gives an empty list for blocks that nobody wrote.
func absentBlock(a *kinds.Attribute, v tftypes.Value) bool {
	if !a.Block || a.Shape != kinds.Objects || !v.IsKnown() {
		return false
	}
	var items []tftypes.Value
	return v.As(&items) == nil && len(items) == 0
}

func encode(out *encoder, a *kinds.Attribute, v tftypes.Value, members map[string]any) error {
	if !v.IsKnown() {
		return out.pending()
	}
	switch a.Shape {
	case kinds.JSON, kinds.JSONOrString:
		return encodeJSON(out, a, v)
	case kinds.Object:
		return encodeObject(out, a.Fields, v, members)
	case kinds.Objects:
		return encodeList(out, v, func(item tftypes.Value) error { return encodeObject(out, a.Fields, item, nil) })
	case kinds.Strings, kinds.Int64s, kinds.Float64s, kinds.StringSet:
		return encodeList(out, v, func(item tftypes.Value) error { return encodeScalar(out, item) })
	case kinds.StringMap, kinds.Int64Map, kinds.Float64Map, kinds.BoolMap:
		return encodeMap(out, v)
	case kinds.Dynamic:
		return encodeDynamic(out, v)
	case kinds.String:
		if a.Rewrite != nil {
			text, _ := Text(v)
			writeText(out, a.Rewrite(text))
			return nil
		}
		return encodeScalar(out, v)
	default:
		return encodeScalar(out, v)
	}
}

func encodeJSON(out *encoder, a *kinds.Attribute, v tftypes.Value) error {
	var text string
	if err := v.As(&text); err != nil {
		return err
	}
	if a.Shape == kinds.JSONOrString && !kinds.Embedded(text) {
		writeText(out, text)
		return nil
	}
	if err := json.Compact(&out.Buffer, []byte(text)); err != nil {
		return fmt.Errorf("not valid JSON: %w", err)
	}
	return nil
}

func encodeList(out *encoder, v tftypes.Value, item func(tftypes.Value) error) error {
	var items []tftypes.Value
	if err := v.As(&items); err != nil {
		return err
	}
	out.WriteByte('[')
	for i := range items {
		if i > 0 {
			out.WriteByte(',')
		}
		if !items[i].IsKnown() && out.sketch {
			writeText(out, Pending)
			continue
		}
		if !items[i].IsKnown() || items[i].IsNull() {
			return fmt.Errorf("element %d is null or not known yet", i)
		}
		if err := item(items[i]); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	out.WriteByte(']')
	return nil
}

// encodeDynamic writes a value of any type.
func encodeDynamic(out *encoder, v tftypes.Value) error {
	switch t := v.Type(); {
	case !v.IsKnown():
		return out.pending()
	case v.IsNull():
		out.WriteString("null")
		return nil
	case t.Is(tftypes.Object{}), t.Is(tftypes.Map{}):
		fields := Members(v)
		out.WriteByte('{')
		for i, name := range slices.Sorted(maps.Keys(fields)) {
			if i > 0 {
				out.WriteByte(',')
			}
			writeText(out, name)
			out.WriteByte(':')
			if err := encodeDynamic(out, fields[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		out.WriteByte('}')
		return nil
	case t.Is(tftypes.Tuple{}), t.Is(tftypes.List{}), t.Is(tftypes.Set{}):
		out.WriteByte('[')
		for i, item := range Items(v) {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := encodeDynamic(out, item); err != nil {
				return fmt.Errorf("element %d: %w", i, err)
			}
		}
		out.WriteByte(']')
		return nil
	default:
		return encodeScalar(out, v)
	}
}

func encodeMap(out *encoder, v tftypes.Value) error {
	var items map[string]tftypes.Value
	if err := v.As(&items); err != nil {
		return err
	}
	keys := make([]string, 0, len(items))
	for k := range items {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			out.WriteByte(',')
		}
		writeText(out, k)
		out.WriteByte(':')
		if !items[k].IsKnown() && out.sketch {
			writeText(out, Pending)
			continue
		}
		if !items[k].IsKnown() || items[k].IsNull() {
			return fmt.Errorf("element %q is null or not known yet", k)
		}
		if err := encodeScalar(out, items[k]); err != nil {
			return fmt.Errorf("element %q: %w", k, err)
		}
	}
	out.WriteByte('}')
	return nil
}

func encodeScalar(out *encoder, v tftypes.Value) error {
	switch {
	case v.Type().Is(tftypes.String):
		var text string
		if err := v.As(&text); err != nil {
			return err
		}
		writeText(out, text)
	case v.Type().Is(tftypes.Bool):
		var truth bool
		if err := v.As(&truth); err != nil {
			return err
		}
		fmt.Fprintf(out, "%t", truth)
	case v.Type().Is(tftypes.Number):
		var number big.Float
		if err := v.As(&number); err != nil {
			return err
		}
		if number.IsInf() {
			return fmt.Errorf("infinity cannot be sent")
		}
		out.WriteString(shortest(&number))
	default:
		return fmt.Errorf("no JSON for a value of type %s", v.Type())
	}
	return nil
}

// shortest is the shortest text that reads back as the same number; with an exponent only where there would be
// very many zeros.
func shortest(n *big.Float) string {
	size := n.MantExp(nil)
	if size < -64 || size > 64 {
		return n.Text('g', -1)
	}
	if n.Prec() < 53 { // none of Terraform's
		return n.Text('f', -1)
	}
	if i, accuracy := n.Int64(); accuracy == big.Exact && i > -1<<53 && i < 1<<53 && (i != 0 || !n.Signbit()) {
		return strconv.FormatInt(i, 10)
	}
	// big.Float takes ten times as long for the digits as it takes to see that those of a float64 are enough.
	f, _ := n.Float64()
	if text := strconv.FormatFloat(f, 'f', -1, 64); n.Prec() > 53 {
		if same, _, err := big.ParseFloat(text, 10, n.Prec(), n.Mode()); err == nil && same.Cmp(n) == 0 {
			return text
		}
	}
	return n.Text('f', -1)
}

// writeText writes a JSON string without escaping <, > and &: a prompt should
// reach the wire log, and a reader, as it was written.
func writeText(out *encoder, s string) {
	if isPlain(s) {
		out.WriteByte('"')
		out.WriteString(s)
		out.WriteByte('"')
		return
	}
	enc := json.NewEncoder(&out.Buffer)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	out.Truncate(out.Len() - 1)
}

// isPlain reports whether a text stands in JSON as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// JSON is a value of any type as JSON. What is not known yet is an error.
func JSON(v tftypes.Value) (string, error) {
	var out encoder
	err := encodeDynamic(&out, v)
	return out.String(), err
}
