package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// large is from what size, in bytes, on the types of dynamic values are read here. They come as JSON beside the values,
// of each element anew; the SDK takes more time for that than for the values themselves.
const large = 32 << 10

// unmarshal is what the SDK makes of a value.
func (r *record) unmarshal(v *tfprotov6.DynamicValue) (tftypes.Value, error) {
	if object, ok := r.tf.(tftypes.Object); ok && v.JSON == nil && len(v.MsgPack) >= large {
		if value, err := unmarshalLarge(v.MsgPack, object); err == nil {
			return value, nil
		}
	}
	return v.Unmarshal(r.tf)
}

// identical reports whether two objects are the same in memory, so that nothing in them can differ.
func identical(a, b tftypes.Value) bool {
	var x, y map[string]tftypes.Value
	return a.IsKnown() && b.IsKnown() && a.As(&x) == nil && b.As(&y) == nil && x != nil && reflect.ValueOf(x).Pointer() == reflect.ValueOf(y).Pointer()
}

// errUnusual is for what the SDK shall read, or find fault with.
var errUnusual = errors.New("unusual")

// unmarshalLarge reads an object whose attributes are large.
func unmarshalLarge(data []byte, object tftypes.Object) (tftypes.Value, error) {
	in := bytes.NewReader(data)
	dec := msgpack.NewDecoder(in) // it reads no more of in than it needs
	length, err := dec.DecodeMapLen()
	if err != nil || length != len(object.AttributeTypes) {
		return tftypes.Value{}, errUnusual
	}
	values := make(map[string]tftypes.Value, length)
	for range length {
		name, err := dec.DecodeString()
		t, ok := object.AttributeTypes[name]
		if err != nil || !ok {
			return tftypes.Value{}, errUnusual
		}
		if code, err := dec.PeekCode(); err == nil && t.Is(tftypes.DynamicPseudoType) && isArray(code) {
			if t, err = dynamicType(dec); err != nil {
				return tftypes.Value{}, err
			}
		}
		start := len(data) - in.Len()
		if err := dec.Skip(); err != nil {
			return tftypes.Value{}, err
		}
		if values[name], err = tftypes.ValueFromMsgPack(data[start:len(data)-in.Len()], t); err != nil { //nolint:staticcheck // the SDK does the same
			return tftypes.Value{}, err
		}
	}
	return tftypes.NewValue(object, values), nil
}

func isArray(code byte) bool {
	return msgpcode.IsFixedArray(code) || code == msgpcode.Array16 || code == msgpcode.Array32
}

// dynamicType reads the type that stands before a dynamic value.
func dynamicType(dec *msgpack.Decoder) (tftypes.Type, error) {
	if length, err := dec.DecodeArrayLen(); err != nil || length != 2 {
		return nil, errUnusual
	}
	text, err := dec.DecodeBytes()
	if err != nil {
		return nil, err
	}
	p := typeParser{text: text, known: map[string]tftypes.Type{}}
	t, ok := p.parse()
	if !ok || p.at != len(text) {
		return nil, errUnusual
	}
	return t, nil
}

// typeParser reads a type as Terraform writes it: JSON without white space. Types that are spelled the same are one.
type typeParser struct {
	text  []byte
	at    int
	known map[string]tftypes.Type
}

func (p *typeParser) parse() (tftypes.Type, bool) {
	start := p.at
	if !p.skip('[') {
		name, ok := p.name()
		t := primitives[name]
		return t, ok && t != nil
	}
	end := p.end(start)
	if t, known := p.known[string(p.text[start:end])]; known {
		p.at = end
		return t, true
	}
	t, ok := p.compound()
	if !ok || p.at != end {
		return nil, false
	}
	p.known[string(p.text[start:end])] = t
	return t, true
}

var primitives = map[string]tftypes.Type{"string": tftypes.String, "number": tftypes.Number, "bool": tftypes.Bool, "dynamic": tftypes.DynamicPseudoType}

// compound reads the rest of a type of which "[" was read.
func (p *typeParser) compound() (t tftypes.Type, ok bool) {
	kind, ok := p.name()
	if !ok || !p.skip(',') {
		return nil, false
	}
	var element tftypes.Type
	switch kind {
	case "object":
		t, ok = p.object()
	case "tuple":
		t, ok = p.tuple()
	case "list":
		element, ok = p.parse()
		t = tftypes.List{ElementType: element}
	case "set":
		element, ok = p.parse()
		t = tftypes.Set{ElementType: element}
	case "map":
		element, ok = p.parse()
		t = tftypes.Map{ElementType: element}
	default:
		return nil, false
	}
	return t, ok && p.skip(']')
}

func (p *typeParser) object() (tftypes.Type, bool) {
	types := map[string]tftypes.Type{}
	ok := p.each('{', '}', func() bool {
		name, ok := p.name()
		if ok = ok && p.skip(':'); ok {
			types[name], ok = p.parse()
		}
		return ok
	})
	return tftypes.Object{AttributeTypes: types, OptionalAttributes: map[string]struct{}{}}, ok
}

func (p *typeParser) tuple() (tftypes.Type, bool) {
	types := []tftypes.Type{}
	ok := p.each('[', ']', func() bool {
		t, ok := p.parse()
		types = append(types, t)
		return ok
	})
	return tftypes.Tuple{ElementTypes: types}, ok
}

// each reads what stands between brackets, divided by commas.
func (p *typeParser) each(open, shut byte, read func() bool) bool {
	if !p.skip(open) {
		return false
	}
	if p.skip(shut) {
		return true
	}
	for read() {
		if p.skip(shut) {
			return true
		}
		if !p.skip(',') {
			return false
		}
	}
	return false
}

func (p *typeParser) skip(c byte) bool {
	if p.at >= len(p.text) || p.text[p.at] != c {
		return false
	}
	p.at++
	return true
}

// name reads a text.
func (p *typeParser) name() (name string, ok bool) {
	start, escaped := p.at, false
	if !p.skip('"') {
		return "", false
	}
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case '\\':
			p.at++
			escaped = true
		case '"':
			p.at++
			if escaped {
				err := json.Unmarshal(p.text[start:p.at], &name)
				return name, err == nil
			}
			return string(p.text[start+1 : p.at-1]), true
		}
		p.at++
	}
	return "", false
}

// end is where the list ends that begins at start, which it is itself where there is no end.
func (p *typeParser) end(start int) int {
	depth, quoted := 0, false
	for i := start; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return start
}
