package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Document is a loaded OpenAPI document. It is safe for concurrent use.
// A nil *Document checks nothing and finds no fault.
type Document struct {
	operations []operation
	components map[string]map[string]any // section → name → value
	compiled   sync.Map                  // key → func() (*jsonschema.Schema, error)
	exempt     sync.Map                  // key → map[string]bool, the faults of the document's own examples
}

type operation struct {
	method   string
	template []string   // path segments; "{…}" matches any
	pinned   url.Values // query values that belong to the template, as in "/responses?beta=true"
	key      string     // "POST /chat/completions"
	raw      map[string]any
}

// Find returns the path of the document and whether a file is there: $OPENAI_OPENAPI, else
// ../shared/openapi/openapi.json beside the repository.
func Find() (path string, ok bool) {
	path = os.Getenv("OPENAI_OPENAPI")
	if path == "" {
		root, err := repositoryRoot()
		if err != nil {
			return "", false
		}
		path = filepath.Join(filepath.Dir(root), "shared", "openapi", "openapi.json")
	}
	info, err := os.Stat(path)
	return path, err == nil && info.Mode().IsRegular()
}

func repositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", os.ErrNotExist
		}
		dir = parent
	}
}

var loadOnce = sync.OnceValues(func() (*Document, error) {
	path, ok := Find()
	if !ok {
		return nil, nil
	}
	return Load(path)
})

// Shared returns the document, loaded once per process. Without one it returns nil, whose checks all
// pass, and logs why. A document that is named by $OPENAI_OPENAPI must be there.
func Shared(t testing.TB) *Document {
	t.Helper()
	doc, err := loadOnce()
	if err != nil {
		t.Fatalf("loading the OpenAPI document: %s", err)
	}
	if doc == nil {
		if path := os.Getenv("OPENAI_OPENAPI"); path != "" {
			t.Fatalf("OPENAI_OPENAPI names %s, which is not a file", path)
		}
		t.Log("HTTP traffic is not checked against OpenAI's OpenAPI document: there is none. Set OPENAI_OPENAPI to its path.")
	}
	return doc
}

// Load reads a document in JSON.
func Load(path string) (*Document, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	doc := &Document{components: map[string]map[string]any{}}
	for section, values := range object(object(raw)["components"]) {
		doc.components[section] = object(values)
	}
	for template, item := range object(object(raw)["paths"]) {
		shared, _ := object(item)["parameters"].([]any)
		for method, op := range object(item) {
			raw, ok := op.(map[string]any)
			if !ok {
				continue // parameters, summary
			}
			path, query, _ := strings.Cut(template, "?")
			pinned, err := url.ParseQuery(query)
			if err != nil {
				return nil, fmt.Errorf("path %s: %w", template, err)
			}
			own, _ := raw["parameters"].([]any)
			raw["parameters"] = append(own, shared...)
			doc.operations = append(doc.operations, operation{
				method:   strings.ToUpper(method),
				template: segments(path),
				pinned:   pinned,
				key:      strings.ToUpper(method) + " " + template,
				raw:      raw,
			})
		}
	}
	if len(doc.operations) == 0 {
		return nil, fmt.Errorf("%s: no paths; not an OpenAPI document", path)
	}
	return doc, nil
}

// operation finds the operation that a request belongs to; nil if the document has none. A template
// with more literal segments wins, then one with more pinned query values.
func (d *Document) operation(method, path string, query url.Values) *operation {
	want := below(path)
	var best *operation
	bestScore := -1
	for i := range d.operations {
		op := &d.operations[i]
		if op.method != strings.ToUpper(method) || len(op.template) != len(want) {
			continue
		}
		if score := op.score(want, query); score > bestScore {
			best, bestScore = op, score
		}
	}
	return best
}

func (op *operation) score(path []string, query url.Values) int {
	score := 0
	for i, segment := range op.template {
		switch {
		case segment == path[i]:
			score += 100
		case !strings.HasPrefix(segment, "{") || path[i] == "":
			return -1
		}
	}
	for name := range op.pinned {
		if query.Get(name) != op.pinned.Get(name) {
			return -1
		}
		score++
	}
	return score
}

// below is the segments of a path below /v1.
func below(path string) []string {
	want := segments(path)
	if want[0] == "v1" {
		want = want[1:]
	}
	return want
}

func segments(path string) []string {
	return strings.Split(strings.Trim(path, "/"), "/")
}

// schema compiles one schema of the document together with what it refers to, once per key.
func (d *Document) schema(key string, raw any) (*jsonschema.Schema, error) {
	compile, _ := d.compiled.LoadOrStore(key, sync.OnceValues(func() (*jsonschema.Schema, error) {
		return d.compile(raw)
	}))
	return compile.(func() (*jsonschema.Schema, error))()
}

func (d *Document) compile(raw any) (*jsonschema.Schema, error) {
	n := normaliser{}
	root := n.schema(raw)
	defs := map[string]any{}
	for len(n.pending) > 0 {
		name := n.pending[0]
		n.pending = n.pending[1:]
		if _, done := defs[name]; done {
			continue
		}
		component, ok := d.components["schemas"][name]
		if !ok {
			return nil, fmt.Errorf("the document has no schema %q", name)
		}
		n.component = name
		defs[name] = n.schema(component)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	const location = "openapi.json"
	if err := c.AddResource(location, map[string]any{"allOf": []any{root}, "$defs": defs}); err != nil {
		return nil, err
	}
	return c.Compile(location)
}

// resolve follows a reference to a response, parameter or request body.
func (d *Document) resolve(raw any) map[string]any {
	value := object(raw)
	for range 10 {
		ref, ok := value["$ref"].(string)
		if !ok {
			break
		}
		section, name, _ := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
		value = object(d.components[section][name])
	}
	return value
}

// normaliser rewrites schemas of the document into JSON Schema 2020-12. The document says OpenAPI 3.1
// but also speaks 3.0.
type normaliser struct {
	component string   // the component that is being rewritten
	pending   []string // components referred to
}

func (n *normaliser) schema(raw any) any {
	in, ok := raw.(map[string]any)
	if !ok {
		return raw
	}
	out := map[string]any{}
	for keyword, value := range in {
		switch keyword {
		case "type", "enum", "const", "pattern", "multipleOf",
			"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
			"minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties":
			out[keyword] = value
		case "required":
			names, _ := value.([]any)
			out[keyword] = unique(names)
		case "properties", "patternProperties":
			out[keyword] = n.schemas(value)
		case "items", "additionalProperties", "propertyNames", "not":
			out[keyword] = n.schema(value)
		case "allOf", "anyOf", "oneOf", "prefixItems":
			list, _ := value.([]any)
			branches := make([]any, len(list))
			for i, branch := range list {
				branches[i] = n.schema(branch)
			}
			out[keyword] = branches
		case "$ref":
			out[keyword] = n.ref(strings.TrimPrefix(fmt.Sprint(value), "#/components/schemas/"))
		case "$recursiveRef":
			out["$ref"] = n.ref(n.component)
		}
	}
	for keyword, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
		if exclusive, ok := out[keyword].(bool); ok {
			delete(out, keyword)
			if limit, has := out[bound]; exclusive && has {
				out[keyword] = limit
				delete(out, bound)
			}
		}
	}
	// Branches overlap, since objects are open: "exactly one" refuses bodies that the API takes.
	if branches, ok := out["oneOf"]; ok {
		delete(out, "oneOf")
		if _, taken := out["anyOf"]; taken {
			out = map[string]any{"allOf": []any{out, map[string]any{"anyOf": branches}}}
		} else {
			out["anyOf"] = branches
		}
	}
	if in["nullable"] == true && len(out) > 0 {
		return map[string]any{"anyOf": []any{out, map[string]any{"type": "null"}}}
	}
	return out
}

func (n *normaliser) schemas(raw any) map[string]any {
	out := map[string]any{}
	for name, schema := range object(raw) {
		out[name] = n.schema(schema)
	}
	return out
}

func (n *normaliser) ref(name string) string {
	n.pending = append(n.pending, name)
	return "#/$defs/" + name
}

func unique(values []any) []any {
	var out []any
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// scalar reads a query value as the JSON scalar that it spells, else as a string.
func scalar(text string) any {
	if text == "true" || text == "false" {
		return text == "true"
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) {
		return json.Number(text)
	}
	return text
}
