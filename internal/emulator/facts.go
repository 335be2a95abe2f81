package emulator

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
)

// What a conversation plainly says, for the arguments of tools.

var (
	// afterPreposition finds capitalised names as in "in San Francisco, CA and Paris".
	afterPreposition = regexp.MustCompile(`\b(?:in|at|for|near|from|to|of|around)\s+(\p{Lu}[\p{L}.'’-]*(?:(?:\s+|,\s*(?:and\s+)?|\s+and\s+)\p{Lu}[\p{L}.'’-]*)*)`)
	between          = regexp.MustCompile(`,?\s+and\s+|,\s*`)
	state            = regexp.MustCompile(`^\p{Lu}{2}$`)
	email            = regexp.MustCompile(`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)
	link             = regexp.MustCompile(`https?://[^\s"'<>]+[^\s"'<>.,;:!?)]`)
	isoDate          = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)
	numeral          = regexp.MustCompile(`(?:^|[\s(:$€])(-?\d+(?:\.\d+)?)(?:$|[\s,.;:?!)%°])`)
	forExample       = regexp.MustCompile(`(?i)\b(?:e\.g\.|for example|such as|like),?\s+['"]?([^'".;)]+)`)
)

// places returns the places that a text names, each once.
func places(text string) []string {
	var out []string
	seen := map[string]bool{}
	for _, m := range afterPreposition.FindAllStringSubmatch(text, -1) {
		var found []string
		for _, name := range between.Split(strings.Trim(m[1], ".'’-"), -1) {
			if n := len(found); n > 0 && state.MatchString(name) {
				found[n-1] += ", " + name
				continue
			}
			found = append(found, name)
		}
		for _, name := range found {
			if !seen[name] && !notPlaces[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

var notPlaces = map[string]bool{
	"I": true, "Monday": true, "Tuesday": true, "Wednesday": true, "Thursday": true, "Friday": true, "Saturday": true,
	"Sunday": true, "January": true, "February": true, "March": true, "April": true, "May": true, "June": true, "July": true,
	"August": true, "September": true, "October": true, "November": true, "December": true, "Celsius": true,
	"Fahrenheit": true, "English": true, "French": true, "German": true, "Spanish": true, "Italian": true, "JSON": true,
}

var placeWords = []string{"location", "city", "place", "town", "destination", "origin", "country", "region"}

func nameHas(name string, oneOf ...string) bool {
	of := words(name)
	for _, word := range oneOf {
		if of[word] {
			return true
		}
	}
	return false
}

// takesPlace reports whether a function has a property for a place.
func takesPlace(f *function) bool {
	properties, _ := decodeSchema(f.Parameters)["properties"].(map[string]any)
	for name := range properties {
		if nameHas(name, placeWords...) {
			return true
		}
	}
	return false
}

// found returns the string that the user gives for a property, if any.
func (g *generator) found(schema map[string]any, name string) (string, bool) {
	user := g.talk.user
	format, _ := schema["format"].(string)
	pick := func(pattern *regexp.Regexp) (string, bool) {
		s := pattern.FindString(user)
		return s, s != ""
	}
	switch {
	case nameHas(name, placeWords...):
		if all := places(user); len(all) > 0 {
			return all[(g.turn+g.index)%len(all)], true
		}
	case format == "email" || nameHas(name, "email", "mail"):
		return pick(email)
	case format == "uri" || nameHas(name, "url", "uri", "link"):
		return pick(link)
	case format == "date" || nameHas(name, "date", "day"):
		return pick(isoDate)
	case nameHas(name, "query", "question", "prompt", "input"):
		return user, user != "" && g.index == 0
	}
	return "", false
}

// madeUp invents a string for a property.
func (g *generator) madeUp(schema map[string]any, name string) string {
	format, _ := schema["format"].(string)
	if s, known := formats[format]; known {
		return s
	}
	if nameHas(name, "answer", "response", "reply", "result", "text", "message", "summary", "explanation", "content",
		"translation", "description", "output") {
		text := answerTo(g.talk)
		if g.index > 0 {
			text = alternative(g.index, text)
		}
		return text
	}
	if examples, ok := schema["examples"].([]any); ok && len(examples) > 0 {
		return fmt.Sprint(examples[g.index%len(examples)])
	}
	description, _ := schema["description"].(string)
	if m := forExample.FindStringSubmatch(description); m != nil {
		return strings.TrimSpace(m[1])
	}
	if name == "" {
		name = "value"
	}
	text := "Emulated " + strings.ReplaceAll(name, "_", " ")
	if g.talk.user != "" {
		text += " for: " + brief(g.talk.user, 40)
	}
	if g.index > 0 {
		text = alternative(g.index, text)
	}
	return text
}

// formats are constant strings of the formats that JSON schema names.
var formats = map[string]string{
	"date":      "2025-01-01",
	"date-time": "2025-01-01T00:00:00Z",
	"time":      "00:00:00Z",
	"duration":  "PT1H",
	"email":     "user@example.com",
	"hostname":  "example.com",
	"ipv4":      "192.0.2.1",
	"ipv6":      "2001:db8::1",
	"uri":       "https://example.com/",
	"uuid":      "00000000-0000-4000-8000-000000000000",
}

// numberIn is the first number of a text.
func numberIn(text string) (float64, bool) {
	m := numeral.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	return n, err == nil
}

func matches(pattern, text string) bool {
	ok, err := regexp.MatchString(pattern, text)
	return err == nil && ok
}

// sample returns a short text that a pattern matches; false if the pattern is
// beyond Go's regular expressions.
func sample(pattern string) (string, bool) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	text := shortest(parsed.Simplify())
	return text, matches(pattern, text)
}

func shortest(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return string(pleasant(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "a"
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0])
	case syntax.OpRepeat:
		return strings.Repeat(shortest(re.Sub[0]), re.Min)
	case syntax.OpAlternate:
		return shortest(re.Sub[0])
	case syntax.OpConcat:
		var text strings.Builder
		for _, sub := range re.Sub {
			text.WriteString(shortest(sub))
		}
		return text.String()
	}
	return ""
}

// pleasant picks a letter or digit of a character class, if it has one.
func pleasant(ranges []rune) rune {
	for _, wanted := range "aA0" {
		for i := 0; i < len(ranges); i += 2 {
			if ranges[i] <= wanted && wanted <= ranges[i+1] {
				return wanted
			}
		}
	}
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] > ' ' {
			return ranges[i]
		}
	}
	return ranges[0]
}
