package structured

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Check says what is wrong with a JSON Schema: it must be valid JSON, an object,
// and valid by the draft that its $schema names, else 2020-12, and all that it
// refers to must be in it. No faults means that a server can read it.
func Check(schema string) []Fault {
	root, fault := parseSchema(schema)
	if fault != nil {
		return told([]Fault{*fault})
	}
	return told(check(root))
}

func check(root *object) []Fault {
	faults := append(checkReferences(root), checkTypes(root)...)
	ours := len(faults)
	_, err := compile(root)
	if err == nil {
		return faults
	}
	invalid := (*jsonschema.SchemaValidationError)(nil)
	mismatch := (*jsonschema.ValidationError)(nil)
	if errors.As(err, &invalid) && errors.As(invalid.Err, &mismatch) {
		_, below, _ := strings.Cut(invalid.URL, "#")
		for _, f := range explain(mismatch) {
			f.Pointer = below + f.Pointer
			told := slices.ContainsFunc(faults[:ours], func(known Fault) bool {
				return f.Pointer == known.Pointer || strings.HasPrefix(f.Pointer, known.Pointer+"/")
			})
			if !told { // in other words
				faults = append(faults, f)
			}
		}
		return faults
	}
	if len(faults) > 0 {
		return faults // what the compiler stumbled over, most likely
	}
	return []Fault{compilerFault(root, err)}
}

// checkTypes looks after what is taken for JSON Schema most often and is none: a
// type that does not exist, and the required of draft-03. It names the place that
// the meta-schema complains about, and says what is wrong there.
func checkTypes(root *object) []Fault {
	var faults []Fault
	walk(root, "", func(s *object, pointer string) {
		var unknown []any
		switch t := s.get("type").(type) {
		case string:
			unknown = append(unknown, t)
		case []any:
			unknown = t
		}
		for _, v := range unknown {
			if name, ok := v.(string); ok && !slices.Contains(typeNames, name) {
				faults = append(faults, Fault{Pointer: at(pointer, "type"), Message: unknownType(name)})
			}
		}
		if _, ok := s.get("required").(bool); ok {
			faults = append(faults, Fault{Pointer: at(pointer, "required"),
				Message: "must be a list of names, in the object that has the properties: true and false are from draft-03"})
		}
	})
	return faults
}

// unknownType says that a name is no type, and which one was probably meant.
func unknownType(name string) string {
	message := quoted(name) + " is not a type in JSON Schema"
	for _, known := range typeNames {
		if misspelled(strings.ToLower(name), known) {
			return message + "; did you mean " + quoted(known) + "? Use " + oneOf(anys(typeNames))
		}
	}
	return message + ": use " + oneOf(anys(typeNames))
}

// misspelled reports whether a word becomes another by one letter more, less or changed, or by more letters at its end.
func misspelled(word, meant string) bool {
	start, end := 0, 0
	for start < min(len(word), len(meant)) && word[start] == meant[start] {
		start++
	}
	for end < min(len(word), len(meant))-start && word[len(word)-1-end] == meant[len(meant)-1-end] {
		end++
	}
	short := len(word) >= 3 && start == len(word) // "str", "bool", "int"
	return short || len(word)-start-end <= 1 && len(meant)-start-end <= 1
}

// base is what the schema is called while it is compiled. No loader knows it.
const base = "schema:///"

// nowhere is the loader of other documents: there are none.
type nowhere struct{}

var errNowhere = errors.New("the schema refers to another document")

func (nowhere) Load(string) (any, error) { return nil, errNowhere }

// compile makes a validator of a schema. It takes what the compiler may panic
// about as an error.
func compile(root *object) (schema *jsonschema.Schema, err error) {
	defer func() {
		if r := recover(); r != nil {
			schema, err = nil, errors.New("the schema is too unusual to be checked")
		}
	}()
	copied, _ := clone(root).(*object)
	localize(copied)
	document, _ := plain(copied).(map[string]any)
	for _, key := range []string{"$id", "id"} { // the name by which it is known elsewhere
		if _, ok := document[key].(string); ok && !newDirectory(copied).dynamic {
			delete(document, key)
		}
	}
	if name, ok := document["$schema"].(string); ok && draftNamed(name) == 0 {
		delete(document, "$schema") // some private dialect: read as the current draft
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(nowhere{})
	c.UseRegexpEngine(expression)
	c.AssertFormat()
	for _, name := range unasserted {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(any) error { return nil }})
	}
	if err := c.AddResource(base, document); err != nil {
		return nil, err
	}
	return c.Compile(base)
}

// unasserted are the formats that the compiler knows and strict mode does not:
// an answer is not held against them.
var unasserted = []string{
	"json-pointer", "relative-json-pointer", "period", "uri", "iri", "uri-reference", "iri-reference", "uri-template", "semver",
}

// draftNamed is the year of a draft, or its number before there were years; 0
// for what is none.
func draftNamed(name string) int {
	scheme, path, _ := strings.Cut(strings.TrimSuffix(name, "#"), "://")
	if scheme != "http" && scheme != "https" {
		return 0
	}
	switch path {
	case "json-schema.org/draft-04/schema":
		return 4
	case "json-schema.org/draft-06/schema":
		return 6
	case "json-schema.org/draft-07/schema":
		return 7
	case "json-schema.org/draft/2019-09/schema":
		return 2019
	case "json-schema.org/draft/2020-12/schema", "json-schema.org/schema":
		return 2020
	}
	return 0
}

// draftOf is the draft that a schema is of: the current one, if it does not say.
func draftOf(root *object) int {
	if draft := draftNamed(root.text("$schema")); draft != 0 {
		return draft
	}
	return 2020
}

// anything stands for a regular expression that is valid for others, but that
// Go cannot match, such as one that looks ahead: no text is held against it.
type anything string

func (anything) MatchString(string) bool { return true }

func (a anything) String() string { return string(a) }

func expression(pattern string) (jsonschema.Regexp, error) {
	compiled, err := regexp.Compile(pattern)
	if err == nil {
		return compiled, nil
	}
	if broken := (*syntax.Error)(nil); errors.As(err, &broken) {
		switch broken.Code {
		case syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrMissingBracket,
			syntax.ErrMissingRepeatArgument, syntax.ErrTrailingBackslash:
			if !lookaround(pattern) {
				return nil, fmt.Errorf("%s", broken.Code)
			}
		}
	}
	return anything(pattern), nil
}

// compilerFault finds the place that a compiler's error is about.
func compilerFault(root *object, err error) Fault {
	var (
		pattern *jsonschema.InvalidRegexError
		load    *jsonschema.LoadURLError
		missing *jsonschema.JSONPointerNotFoundError
		anchor  *jsonschema.AnchorNotFoundError
		address *jsonschema.ParseURLError
	)
	switch {
	case errors.As(err, &pattern):
		_, pointer, _ := strings.Cut(pattern.URL, "#")
		return Fault{Pointer: pointer, Message: fmt.Sprintf("%s is not a regular expression: %v", quoted(pattern.Regex), pattern.Err)}
	case errors.As(err, &load):
		return referenceFault(root, load.URL, "is another document, which is not loaded. Put what it means below $defs")
	case errors.As(err, &missing):
		return referenceFault(root, missing.URL, "is not in the schema")
	case errors.As(err, &anchor):
		return referenceFault(root, anchor.Reference, "is not in the schema")
	case errors.As(err, &address):
		return referenceFault(root, address.URL, "is not an address")
	}
	return Fault{Message: "the schema cannot be read: " + strings.ReplaceAll(err.Error(), base, "")}
}

// referenceFault puts a fault at the reference that led to an address.
func referenceFault(root *object, address, message string) Fault {
	found := Fault{Message: fmt.Sprintf("%s %s", quoted(strings.TrimPrefix(address, base)), message)}
	walk(root, "", func(s *object, pointer string) {
		for _, key := range []string{"$ref", "$dynamicRef", "$recursiveRef", "$id", "$schema"} {
			if ref := s.text(key); ref != "" && strings.HasSuffix(address, ref) && found.Pointer == "" {
				found = Fault{Pointer: at(pointer, key), Message: fmt.Sprintf("%s %s", quoted(ref), message)}
			}
		}
	})
	return found
}
