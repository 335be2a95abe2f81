package kinds

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Shape is the form of a value, in Terraform and on the wire at once.
type Shape int

// The shapes an attribute can have.
const (
	// String is text.
	String Shape = iota + 1
	// Bool is true or false.
	Bool
	// Int64 is a whole number.
	Int64
	// Float64 is a number.
	Float64
	// JSON is text that holds a JSON value. It is embedded in the request as
	// that value and compared by value, never by spelling.
	JSON
	// JSONOrString is text that is embedded and compared as JSON where it
	// holds a JSON object, and is an ordinary string otherwise ("auto").
	JSONOrString
	// Strings is a list of text.
	Strings
	// Int64s is a list of whole numbers.
	Int64s
	// Float64s is a list of numbers.
	Float64s
	// StringSet is a set of text.
	StringSet
	// StringMap maps names to text.
	StringMap
	// Int64Map maps names to whole numbers.
	Int64Map
	// Float64Map maps names to numbers.
	Float64Map
	// BoolMap maps names to true or false.
	BoolMap
	// StringsMap maps names to lists of text.
	StringsMap
	// Dynamic is any JSON value as a Terraform value of the type that fits. It
	// cannot stand in a list.
	Dynamic
	// Object is one group of attributes, its Fields.
	Object
	// Objects is a list of such groups.
	Objects
	// ObjectMap maps names to such groups.
	ObjectMap
)

// Change says what a change of an argument does to an object that exists on the server.
type Change int

// What a change does.
const (
	// Inherit is what the object around it says. At the root that is Updates or, for a Local
	// argument, Nothing.
	Inherit Change = iota
	// Updates changes the object in place.
	Updates
	// Replaces needs another object.
	Replaces
	// Nothing changes the state only.
	Nothing
)

// Mode says who gives an attribute its value.
type Mode int

// The modes of an attribute.
const (
	// Optional arguments may be left out; null means omitted, never a default.
	Optional Mode = iota
	// Required arguments must be given.
	Required
	// Computed attributes come from the answer. Everything below a Computed
	// attribute is computed, whatever its own mode says, so one list of fields
	// can describe an argument and a part of the answer.
	Computed
	// OptionalComputed arguments may be given, and are otherwise the provider's to fill in.
	OptionalComputed
)

// Attribute declares one argument of a request or one attribute of an answer.
type Attribute struct {
	// Name is the name in the configuration: the API's own, unless Wire says so.
	Name string
	// Wire is the name in JSON where it is not Name ("message" is sent as "messages").
	Wire string
	// Shape is the form of the value.
	Shape Shape
	// Fields are what an Object or each of Objects holds.
	Fields Attributes
	// Block renders an Object or Objects as a nested block rather than as an
	// attribute. For the configuration that means `name { … }` without "=".
	Block bool
	// Mode says who gives the value.
	Mode Mode
	// Description tells a user what the name does not: units, limits, defaults
	// of the API, what to use instead. Markdown.
	Description string
	// Sensitive hides the value in the output of the CLI.
	Sensitive bool
	// Local marks what never goes on the wire: settings of the resource itself.
	Local bool
	// WriteOnly marks an argument that is sent and kept nowhere. Only managed
	// resources have such arguments.
	WriteOnly bool
	// Credential marks a write-only argument that says who asks and not what is asked: another value asks nothing
	// again, and a recording is found without it.
	Credential bool
	// Extra marks JSON that holds an object whose members belong to the object that the
	// attribute stands in, beside its other attributes. What is sent has them there; none
	// may repeat an attribute of that object, but for an Object, to which it adds. What is read, as
	// compact JSON, is all that no other attribute of that object reads: members without an
	// attribute, and under their names what is left of Object and Objects that have no Extra of
	// their own. What is empty (null, "", lists and objects of that) is left out, and it is null
	// where nothing is left. An object has one Extra at most.
	Extra bool
	// Except are members that an Extra does not read: those that say nothing when they are
	// given back, or are kept elsewhere.
	Except []string
	// Most is how many elements of Objects are taken of an answer; 0 = no limit of their own.
	Most int
	// Rewrite changes text on its way to the wire, nil for none. What Terraform
	// keeps is what the user wrote.
	Rewrite func(string) string
	// Change says what a change of the argument does. It matters to objects only, whose
	// other properties follow.
	Change Change
	// Volatile marks a Computed attribute that the server changes by itself, so that it is not
	// known after an update.
	Volatile bool
	// Unread marks what no read gives back: an argument that the server does not show, or a value
	// that only the answer to a create has. The state keeps what it has.
	Unread bool
	// Defaulted marks an argument for which the server shows a value of its own where it
	// was left out. One that was left out stays null, whatever the server shows.
	Defaulted bool
	// Same reports whether the server's text is another spelling of the user's; nil = where they are
	// equal.
	Same func(given, shown string) bool
	// Deprecated is what to use instead; "" = it is not deprecated.
	Deprecated string
	// Validators hold for the value; each is the framework's validator
	// interface of the attribute's shape (validator.String, validator.List, …).
	Validators []validator.Describer

	tf     tftypes.Type
	secret bool // it is write-only, or something in it is
}

// Attributes is a declaration: attributes in the order in which they are
// documented and sent.
type Attributes []Attribute

// Declare checks and completes a declaration. It panics on one that can never
// work, so that a mistake shows in the first test that loads the package.
func Declare(attributes ...Attribute) Attributes {
	seen, extra := make(map[string]bool, len(attributes)), ""
	for i := range attributes {
		a := &attributes[i]
		if a.Name == "" || seen[a.Name] {
			panic(fmt.Sprintf("kinds: attribute %q is nameless or declared twice", a.Name))
		}
		seen[a.Name] = true
		grouped := a.Shape == Object || a.Shape == Objects || a.Shape == ObjectMap
		if grouped != (a.Fields != nil) || a.Block && (!grouped || a.Shape == ObjectMap) {
			panic(fmt.Sprintf("kinds: attribute %q: fields belong to Object, Objects and ObjectMap, blocks to the first two", a.Name))
		}
		if a.Volatile && a.Mode != Computed || a.Defaulted && a.Mode == Computed {
			panic(fmt.Sprintf("kinds: attribute %q: what is volatile is computed, what is defaulted is not", a.Name))
		}
		if a.Credential && !a.WriteOnly {
			panic(fmt.Sprintf("kinds: attribute %q: a credential is write-only", a.Name))
		}
		if a.Extra && (a.Shape != JSON || extra != "") {
			panic(fmt.Sprintf("kinds: attribute %q: an Extra is JSON, and the only one", a.Name))
		}
		if a.Extra {
			extra = a.Name
		}
		a.tf = a.terraformType()
		a.secret = a.WriteOnly || slices.ContainsFunc(a.Fields, func(f Attribute) bool { return f.secret })
	}
	return attributes
}

// Join puts declarations one after another into one.
func Join(parts ...Attributes) Attributes {
	var all []Attribute
	for _, part := range parts {
		all = append(all, part...)
	}
	return Declare(all...)
}

// Type is the Terraform type of a value with these attributes.
func (as Attributes) Type() tftypes.Object {
	types := make(map[string]tftypes.Type, len(as))
	for i := range as {
		types[as[i].Name] = as[i].tf
	}
	return tftypes.Object{AttributeTypes: types}
}

// Find returns the attribute of that name, or nil.
func (as Attributes) Find(name string) *Attribute {
	for i := range as {
		if as[i].Name == name {
			return &as[i]
		}
	}
	return nil
}

// Extra returns the attribute that holds further members of the object, or nil.
func (as Attributes) Extra() *Attribute {
	for i := range as {
		if as[i].Extra {
			return &as[i]
		}
	}
	return nil
}

// Member returns the attribute that has a name in JSON, or nil; Local ones and Extra have none.
func (as Attributes) Member(name string) *Attribute {
	for i := range as {
		if a := &as[i]; !a.Local && !a.Extra && a.WireName() == name {
			return a
		}
	}
	return nil
}

// arguments are what a user gives.
func (as Attributes) arguments() Attributes {
	var out Attributes
	for _, a := range as {
		if a.Mode != Computed {
			out = append(out, a)
		}
	}
	return out
}

// WithoutWriteOnly leaves out write-only arguments, at every depth, for the
// kinds that have none.
func (as Attributes) WithoutWriteOnly() Attributes {
	return as.each(func(a Attribute) (Attribute, bool) { return a, !a.WriteOnly })
}

// WithoutCredentials leaves out credentials, at every depth.
func (as Attributes) WithoutCredentials() Attributes {
	return as.each(func(a Attribute) (Attribute, bool) { return a, !a.Credential })
}

// Ephemeral are the attributes for a kind that keeps nothing: credentials are ordinary arguments, and
// other write-only arguments, which stand beside ordinary ones, are left out.
func (as Attributes) Ephemeral() Attributes {
	return as.each(func(a Attribute) (Attribute, bool) {
		if a.Credential {
			a.WriteOnly, a.Credential, a.Sensitive = false, false, true
		}
		return a, !a.WriteOnly
	})
}

// each changes or leaves out write-only attributes, at every depth.
func (as Attributes) each(change func(Attribute) (changed Attribute, stays bool)) Attributes {
	if !slices.ContainsFunc(as, func(a Attribute) bool { return a.secret }) {
		return as
	}
	out := make([]Attribute, 0, len(as))
	for _, a := range as {
		a, stays := change(a)
		if !stays {
			continue
		}
		if a.Fields != nil {
			a.Fields = a.Fields.each(change)
		}
		out = append(out, a)
	}
	return Declare(out...)
}

// Absent is the value of an attribute that is not there: null or, for a list of blocks, empty.
func (a *Attribute) Absent() tftypes.Value {
	if a.Block && a.Shape == Objects {
		return tftypes.NewValue(a.tf, []tftypes.Value{})
	}
	return tftypes.NewValue(a.tf, nil)
}

// HasWriteOnly reports whether the attribute is write-only, or something in it is.
func (a *Attribute) HasWriteOnly() bool { return a.secret }

// Type is the Terraform type of the attribute's value.
func (a *Attribute) Type() tftypes.Type { return a.tf }

// WireName is the attribute's name in JSON.
func (a *Attribute) WireName() string {
	if a.Wire != "" {
		return a.Wire
	}
	return a.Name
}

func (a *Attribute) terraformType() tftypes.Type {
	switch a.Shape {
	case String, JSON, JSONOrString:
		return tftypes.String
	case Bool:
		return tftypes.Bool
	case Int64, Float64:
		return tftypes.Number
	case Strings:
		return tftypes.List{ElementType: tftypes.String}
	case Int64s, Float64s:
		return tftypes.List{ElementType: tftypes.Number}
	case StringSet:
		return tftypes.Set{ElementType: tftypes.String}
	case StringMap:
		return tftypes.Map{ElementType: tftypes.String}
	case Int64Map, Float64Map:
		return tftypes.Map{ElementType: tftypes.Number}
	case BoolMap:
		return tftypes.Map{ElementType: tftypes.Bool}
	case StringsMap:
		return tftypes.Map{ElementType: tftypes.List{ElementType: tftypes.String}}
	case Dynamic:
		return tftypes.DynamicPseudoType
	case Object:
		return a.Fields.Type()
	case Objects:
		return tftypes.List{ElementType: a.Fields.Type()}
	case ObjectMap:
		return tftypes.Map{ElementType: a.Fields.Type()}
	}
	panic(fmt.Sprintf("kinds: attribute %q has no shape", a.Name))
}

// Embedded reports whether text of the shape JSONOrString stands for JSON, and
// is embedded and compared as that, rather than for itself.
func Embedded(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), "{") }
