package wire

import (
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Values are attributes by name, while an object is being made.
type Values = map[string]tftypes.Value

// Fields is an object that has been opened: its attributes by name. The zero
// Fields is an object that is null or not known yet; each of its attributes reads
// as null.
//
// A name that the object does not have panics, so that a typing error in the code
// is found by the first test that gets there and never reads as null.
type Fields struct {
	values Values
	under  Values // what counts where values have nothing: thousands of objects that differ in little share it
}

// Open opens an object. What is null, not known yet or no object gives the zero Fields.
func Open(v tftypes.Value) Fields {
	if !v.IsKnown() || v.IsNull() || !v.Type().Is(tftypes.Object{}) {
		return Fields{}
	}
	return Fields{values: Members(v)}
}

// FieldsOf are the attributes of an object that is being made.
func FieldsOf(values Values) Fields { return Fields{values: values} }

// Absent reports whether there is no object: it is null or not known yet.
func (f Fields) Absent() bool { return f.values == nil }

// Has reports whether the object has an attribute of that name.
func (f Fields) Has(name string) bool {
	_, ok := f.find(name)
	return ok
}

func (f Fields) find(name string) (tftypes.Value, bool) {
	v, ok := f.values[name]
	if !ok {
		v, ok = f.under[name]
	}
	return v, ok
}

// Get is the value of an attribute.
func (f Fields) Get(name string) tftypes.Value {
	if f.values == nil {
		return tftypes.Value{}
	}
	v, ok := f.find(name)
	if !ok {
		panic(fmt.Sprintf("wire: the object has no attribute %q", name))
	}
	return v
}

// Open opens the object in an attribute.
func (f Fields) Open(name string) Fields { return Open(f.Get(name)) }

// Items opens the list in an attribute: see [Items].
func (f Fields) Items(name string) []tftypes.Value { return Items(f.Get(name)) }

// Text is the text in an attribute; ok is false for what is null or not known yet.
func (f Fields) Text(name string) (text string, ok bool) { return Text(f.Get(name)) }

// String is the text in an attribute; "" for what is null or not known yet.
func (f Fields) String(name string) string {
	text, _ := f.Text(name)
	return text
}

// True reports whether an attribute is known and true.
func (f Fields) True(name string) bool { return True(f.Get(name)) }

// Values is a copy of the attributes, to be changed.
func (f Fields) Values() Values {
	if f.under == nil {
		return maps.Clone(f.values)
	}
	all := maps.Clone(f.under)
	maps.Copy(all, f.values)
	return all
}

// With are the fields with other values for some of them. They share the rest with f, which must not be
// written to any more.
func (f Fields) With(values Values) Fields {
	under, over := f.values, make(Values, len(values))
	if f.under != nil {
		under = f.under
		maps.Copy(over, f.values)
	}
	for name, value := range values {
		f.Get(name)
		over[name] = value
	}
	return Fields{values: over, under: under}
}

// Members opens an object or a map. It is nil for what is null, not known yet, or neither. The map is the value's
// own: read it, clone it, never write to it.
func Members(v tftypes.Value) Values {
	var fields Values
	if !v.IsKnown() || v.IsNull() || v.As(&fields) != nil {
		return nil
	}
	return fields
}

// Entries opens a map. It is nil for what is null or not known yet. The map is the
// value's own: read it, clone it, never write to it.
func Entries(v tftypes.Value) Values {
	if !v.IsKnown() || v.IsNull() || !v.Type().Is(tftypes.Map{}) {
		return nil
	}
	return Members(v)
}

// With is an object with another value at the place that the names lead to. An
// object on the way that is null or not known stays as it is.
func With(object, value tftypes.Value, names ...string) tftypes.Value {
	if len(names) == 0 {
		return value
	}
	fields := Open(object)
	if fields.Absent() {
		return object
	}
	changed := fields.With(Values{names[0]: With(fields.Get(names[0]), value, names[1:]...)})
	return tftypes.NewValue(object.Type(), changed.Values())
}

// WithAll is an object with other values for some of its attributes.
func WithAll(object tftypes.Value, values Values) tftypes.Value {
	fields := Open(object)
	if fields.Absent() {
		return object
	}
	return tftypes.NewValue(object.Type(), fields.With(values).Values())
}
