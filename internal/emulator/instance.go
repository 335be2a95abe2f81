package emulator

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// generator makes an instance of a JSON schema, with values out of the
// conversation where it is plain which.
type generator struct {
	root  map[string]any
	talk  conversation
	index int  // the choice, or the item of a list: other indexes give other values
	turn  int  // which of the places that the user names
	all   bool // optional properties too, not only what is required or plain
	spent *int // the values made so far
}

func newGenerator(root map[string]any, talk conversation, index int) *generator {
	return &generator{root: root, talk: talk, index: index, spent: new(int)}
}

// A schema that contains itself is made to end: beyond the depth or number of
// values, only what is required is made, lists are as short as may be and
// null is preferred. What can't end even so is cut off at depth abyss.
const (
	deepest  = 6
	mostMade = 2000
	abyss    = 40
	longest  = 10000 // string or list that a schema can ask for
)

// value returns an instance of a schema that stands at a property of the
// given name.
func (g *generator) value(schema map[string]any, name string, depth int) any {
	if *g.spent++; *g.spent > mostMade {
		depth = max(depth, deepest)
	}
	if depth > abyss {
		return nil
	}
	schema = g.resolve(schema, depth)
	for _, key := range []string{"const", "default"} {
		if v, given := schema[key]; given {
			return v
		}
	}
	if options, ok := schema["enum"].([]any); ok && len(options) > 0 {
		return g.option(options)
	}
	switch typeOf(schema) {
	case "object":
		return g.object(schema, depth)
	case "array":
		return g.array(schema, name, depth)
	case "integer":
		return g.integer(schema, name)
	case "number":
		return g.number(schema, name)
	case "boolean":
		return g.index%2 == 0
	case "null":
		return nil
	}
	return g.text(schema, name)
}

// option is the value that the user names, else the first; each further index
// takes the next.
func (g *generator) option(options []any) any {
	if i := slices.IndexFunc(options, g.mentions); i >= 0 && g.index == 0 {
		return options[i]
	}
	return options[g.index%len(options)]
}

func (g *generator) mentions(value any) bool {
	word, ok := value.(string)
	return ok && len(word) > 2 && overlap(words(word), words(g.talk.user)) > 0
}

func (g *generator) object(schema map[string]any, depth int) any {
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	out := map[string]any{}
	for name, p := range properties {
		property, _ := p.(map[string]any)
		must := slices.Contains(required, any(name))
		if !must && (depth >= deepest || !g.all && !g.plain(g.resolve(property, depth), name)) {
			continue
		}
		out[name] = g.value(property, name, depth+1)
	}
	for _, r := range required {
		if name := fmt.Sprint(r); properties[name] == nil {
			out[name] = g.value(nil, name, depth+1)
		}
	}
	return out
}

// plain reports whether the conversation has a value for an optional property.
func (g *generator) plain(schema map[string]any, name string) bool {
	if options, ok := schema["enum"].([]any); ok {
		return slices.ContainsFunc(options, g.mentions)
	}
	if typeOf(schema) != "string" {
		return false
	}
	_, found := g.found(schema, name)
	return found
}

func (g *generator) array(schema map[string]any, name string, depth int) any {
	out := []any{}
	tuple, _ := schema["prefixItems"].([]any)
	for _, t := range tuple {
		item, _ := t.(map[string]any)
		out = append(out, g.value(item, name, depth+1))
	}
	items, _ := schema["items"].(map[string]any)
	count := 1
	if depth >= deepest || len(tuple) > 0 {
		count = 0
	}
	if low, ok := bound(schema, "minItems"); ok {
		count = max(count, int(min(low, longest)))
	}
	if high, ok := bound(schema, "maxItems"); ok {
		count = min(count, int(high))
	}
	for i := len(out); i < count; i++ {
		item := *g
		item.index += i
		out = append(out, item.value(items, strings.TrimSuffix(name, "s"), depth+1))
	}
	return out
}

func bound(schema map[string]any, key string) (float64, bool) {
	n, ok := schema[key].(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

// span is where a number may lie, both ends included for integers and
// excluded otherwise.
func span(schema map[string]any, step float64) (low, high float64) {
	low, lowGiven := bound(schema, "minimum")
	if v, ok := bound(schema, "exclusiveMinimum"); ok {
		low, lowGiven = v+step, true
	}
	high, highGiven := bound(schema, "maximum")
	if v, ok := bound(schema, "exclusiveMaximum"); ok {
		high, highGiven = v-step, true
	}
	switch {
	case !lowGiven && !highGiven:
		return 1, 100
	case !highGiven:
		return low, low + 99
	case !lowGiven:
		return min(0, high), high
	}
	return low, high
}

func (g *generator) integer(schema map[string]any, name string) any {
	low, high := span(schema, 1)
	low, high = math.Ceil(low), math.Floor(high)
	if step, ok := bound(schema, "multipleOf"); ok && step > 0 {
		return json.Number(strconv.FormatFloat(math.Ceil(low/step)*step, 'f', -1, 64))
	}
	if said, ok := numberIn(g.talk.user); ok && g.index == 0 && said == math.Trunc(said) && said >= low && said <= high {
		return int64(said)
	}
	return int64(low) + int64(math.Mod(float64(g.noise(name)), max(1, high-low+1)))
}

func (g *generator) number(schema map[string]any, name string) any {
	low, high := span(schema, 0)
	if step, ok := bound(schema, "multipleOf"); ok && step > 0 {
		return json.Number(strconv.FormatFloat(math.Ceil(low/step)*step, 'f', -1, 64))
	}
	if said, ok := numberIn(g.talk.user); ok && g.index == 0 && said > low && said < high {
		return said
	}
	exact := low + (high-low)*float64(g.noise(name)%999+1)/1000
	if rounded := math.Round(exact*100) / 100; rounded > low && rounded < high {
		return rounded
	}
	return exact
}

// noise is a number that follows from the conversation, the name and the index.
func (g *generator) noise(name string) uint32 {
	d := digest(g.talk.user, g.talk.system, name, strconv.Itoa(g.index))
	return uint32(d[0])<<16 | uint32(d[1])<<8 | uint32(d[2])
}

// text is a string that the schema allows: one that the conversation holds,
// else one made up from it.
func (g *generator) text(schema map[string]any, name string) any {
	s, found := g.found(schema, name)
	if !found {
		s = g.madeUp(schema, name)
	}
	pattern, _ := schema["pattern"].(string)
	if pattern != "" {
		if other, ok := sample(pattern); ok && !matches(pattern, s) {
			s = other
		}
	}
	length := utf8.RuneCountInString(s)
	if low, ok := bound(schema, "minLength"); ok && float64(length) < low && low <= longest && pattern == "" {
		s += strings.Repeat(".", int(low)-length)
	}
	if high, ok := bound(schema, "maxLength"); ok && high >= 0 && float64(length) > high {
		s = string([]rune(s)[:int(high)])
	}
	return s
}
