package client

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Servers have many names for what is wrong. All are compared without "_" and
// "-" and in small letters, so that errorMessage, error_message and Error-Message are one.
var (
	messageNames = []string{"message", "msg", "errormsg", "errormessage", "errmsg", "errdesc", "errordescription", "statusmsg", "statusmessage", "detail", "title"}
	codeNames    = []string{"code", "errorcode", "errcode", "statuscode"}
)

// folded is an object with its names also as above. Of two that are then one, the
// one that is spelled so itself goes before, or else the first in the alphabet.
func folded[V any](doc map[string]V) map[string]V {
	var odd []string
	for name := range doc {
		if fold(name) != name {
			odd = append(odd, name)
		}
	}
	if odd == nil {
		return doc
	}
	slices.Sort(odd)
	out := maps.Clone(doc)
	for _, name := range odd {
		if _, taken := out[fold(name)]; !taken {
			out[fold(name)] = doc[name]
		}
	}
	return out
}

var joints = strings.NewReplacer("_", "", "-", "")

func fold(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r == '_' || r == '-' || unicode.IsUpper(r) }) {
		return name
	}
	return joints.Replace(strings.ToLower(name))
}

// errorBody is what the body of an error says.
type errorBody struct{ message, kind, code, param string }

// parseError reads the error bodies of OpenAI, Azure, and of servers and gateways
// that imitate them more or less. All fields are empty when there is nothing to read.
func parseError(body []byte) errorBody {
	var doc any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&doc) != nil {
		return errorBody{}
	}
	return readError(doc)
}

// ErrorText is what JSON in a place that is made for an error says, such as the member "error"
// of a part of an answer, with its code; "" where it says that there is none. What it says in no
// way that is known is quoted. It is the server's text as it is.
func ErrorText(value []byte) string {
	if !something(value) {
		return ""
	}
	said := parseError(value)
	text, code := said.message, said.code
	if text == "" {
		text = said.kind
	}
	switch {
	case text == "":
		return printable(string(value), quotedErrorLength)
	case code == "" || strings.Contains(text, code):
		return text
	}
	return text + " (" + code + ")"
}

// quotedErrorLength is how many characters of an error in an unknown form are quoted.
const quotedErrorLength = 500

func readError(doc any) errorBody {
	switch doc := doc.(type) {
	case string:
		return errorBody{message: doc}
	case []any: // Gemini: the object in a list; FastAPI: a list of what is wrong
		return readList(doc)
	case map[string]any:
		return readObject(doc)
	}
	return errorBody{}
}

func readObject(doc map[string]any) errorBody {
	doc = folded(doc)
	own := errorBody{
		message: firstText(doc, messageNames...),
		kind:    firstText(doc, "type", "errortype"),
		code:    firstText(doc, codeNames...),
		param:   scalar(doc["param"]),
	}
	if loc, ok := doc["loc"].([]any); ok && own.param == "" {
		own.param = location(loc)
	}
	for _, name := range []string{"error", "errors", "baseresp", "detail", "message"} {
		if inner := readInner(doc[name]); inner.message != "" || inner.code != "" || inner.kind != "" {
			return own.under(inner)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		if inside, ok := doc[name].(map[string]any); ok && isVendors(name) && inside["error"] != nil {
			return own.under(readObject(inside))
		}
	}
	if own.message == "" {
		own.message = scalar(doc["error"])
	} else if text, ok := doc["error"].(string); ok && own.kind == "" {
		own.kind = text // {"error": "Unauthorized", "message": …}
	}
	if raw := upstream(doc); raw != "" && !strings.Contains(own.message, raw) {
		own.message = strings.TrimSpace(own.message + ": " + raw)
	}
	return own
}

// under fills what the inner error leaves open.
func (own errorBody) under(inner errorBody) errorBody {
	if inner.message == "" {
		inner.message = own.message
	}
	if inner.code == "" {
		inner.code = own.code
	}
	if inner.kind == "" && inner.param == "" {
		inner.kind, inner.param = own.kind, own.param
	}
	return inner
}

func readInner(value any) errorBody {
	switch value := value.(type) {
	case map[string]any:
		return readObject(value)
	case []any:
		return readList(value)
	}
	return errorBody{}
}

// readList joins what the elements say.
func readList(list []any) errorBody {
	var all errorBody
	var messages []string
	for _, element := range list {
		one := readError(element)
		if all.code == "" && all.kind == "" && all.param == "" {
			all = one
		}
		if one.message == "" {
			continue
		}
		if one.param != "" && len(list) > 1 {
			one.message = one.param + ": " + one.message
		}
		messages = append(messages, one.message)
		if len(messages) == 10 {
			break
		}
	}
	all.message = strings.Join(messages, "; ")
	return all
}

// upstream is the error of the server behind a router (OpenRouter).
func upstream(doc map[string]any) string {
	metadata, _ := doc["metadata"].(map[string]any)
	return scalar(metadata["raw"])
}

func firstText(doc map[string]any, names ...string) string {
	for _, name := range names {
		if text := scalar(doc[name]); text != "" {
			return text
		}
	}
	return ""
}

func scalar(value any) string {
	switch value := value.(type) {
	case string:
		return strings.TrimSpace(value)
	case json.Number:
		return value.String()
	}
	return ""
}

// location spells a FastAPI location as OpenAI spells a parameter:
// ["body", "messages", 0, "role"] is messages[0].role.
func location(loc []any) string {
	var b strings.Builder
	for i, element := range loc {
		text := scalar(element)
		if _, err := strconv.Atoi(text); err == nil {
			b.WriteString("[" + text + "]")
			continue
		}
		if i == 0 && text == "body" || text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(text)
	}
	return b.String()
}
