package client

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Servers, and gateways before them, answer with a status of success and an error
// in place of the answer, or beside what an answer has: "error" beside an "id",
// a message with a code, a "base_resp" that is not 0. What follows tells such an error from
// an answer. It knows of an answer only the names of the members that hold it.
//
// An object that lives on the server (a job, a response) tells of its own failure
// in the same words. It has an "object", and an "id" or a "status", and is no error of the call.

// isErrorDocument reports whether a whole answer is an error in spite of a
// status of success.
func isErrorDocument(body []byte) bool {
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("[")) { // Gemini
		var list []json.RawMessage
		return json.Unmarshal(body, &list) == nil && len(list) > 0 && bytes.HasPrefix(list[0], []byte("{")) && isErrorDocument(list[0])
	}
	return isErrorObject(body)
}

// isErrorEvent reports whether an event of a stream is an error.
func isErrorEvent(data []byte) bool { return isErrorObject(data) }

func isErrorObject(data []byte) bool {
	members, ok := jsontext.Members(data)
	if !ok {
		return false
	}
	doc := document(folded(members))
	switch {
	case doc.text("object") == "error":
		return true
	case doc.livesOnServer():
		return false
	case something(doc["error"]), something(doc["errors"]), doc.text("object") == "" && doc.text("type") == "error":
		return true
	}
	for _, name := range []string{"errormsg", "errormessage", "errmsg", "errdesc", "errordescription", "errorcode", "errcode"} {
		if value := doc[name]; something(value) && !doc.success(name) {
			return true
		}
	}
	for name, raw := range members {
		var own map[string]json.RawMessage
		if isVendors(name) && json.Unmarshal(raw, &own) == nil && something(own["error"]) {
			return true
		}
	}
	if raw := doc["baseresp"]; len(raw) > 0 { // MiniMax
		var base map[string]json.RawMessage
		if json.Unmarshal(raw, &base) == nil && document(folded(base)).fails("statuscode") {
			return true
		}
	}
	return doc.saysFailure() && !doc.holdsAnswer()
}

// isVendors reports whether a member is a vendor's own, such as Groq's "x_groq", in which it says
// why a stream ends early.
func isVendors(name string) bool { return strings.HasPrefix(name, "x_") }

// document is a JSON object with its names folded.
type document map[string]json.RawMessage

// text is a member that is a string; "" = it is none.
func (d document) text(name string) string {
	raw := d[name]
	if !bytes.HasPrefix(raw, []byte(`"`)) {
		return ""
	}
	var text string
	_ = json.Unmarshal(raw, &text)
	return strings.TrimSpace(text)
}

// ofAnswers are the objects that a call is answered with; all others live on the server.
var ofAnswers = map[string]bool{"": true, "list": true, "chat.completion": true, "chat.completion.chunk": true, "text_completion": true}

func (d document) livesOnServer() bool {
	return !ofAnswers[d.text("object")] && (d.text("status") != "" || d.text("id") != "")
}

// content are the members that hold what was asked for.
var content = []string{"choices", "output", "data"}

// holdsContent reports whether there is some of what was asked for, which may be paid for.
func (d document) holdsContent() bool {
	for _, name := range content {
		if something(d[name]) {
			return true
		}
	}
	return false
}

// holdsAnswer reports whether the document is not made for an error alone, so
// that a "message" in it is a member like others.
func (d document) holdsAnswer() bool {
	return d.holdsContent() || something(d["content"]) || something(d["result"]) || something(d["results"]) || !ofAnswers[d.text("object")]
}

// saysFailure reports whether a text is there, and beside it a word or a number for a failure.
func (d document) saysFailure() bool {
	if something(d["detail"]) && !something(d["id"]) { // FastAPI: that is all there is
		return true
	}
	message := ""
	for _, name := range messageNames {
		if message = d.text(name); message != "" {
			break
		}
	}
	if message == "" || succeeded[strings.ToLower(message)] {
		return false
	}
	if string(bytes.TrimSpace(d["success"])) == "false" || d.fails("status") {
		return true
	}
	for _, name := range append([]string{"retcode", "resultcode"}, codeNames...) {
		if d.fails(name) {
			return true
		}
	}
	kind := strings.ToLower(d.text("type"))
	return strings.Contains(kind, "error") || strings.Contains(kind, "exception")
}

// succeeded are words for success, and for no error.
var succeeded = map[string]bool{
	"": true, "ok": true, "success": true, "succeed": true, "succeeded": true, "successful": true, "completed": true, "complete": true, "done": true,
	"none": true, "null": true, "nil": true, "normal": true, "no error": true, "false": true, "true": true, "active": true,
}

// fails reports whether a member is a code of a failure: a number other than 0
// and those of success, or a word other than those of success. A "status" in words
// fails where the word is for failure.
func (d document) fails(name string) bool {
	if len(d[name]) == 0 {
		return false
	}
	value := scalar(d.value(name))
	if value == "" || d.success(name) {
		return false
	}
	if name == "status" {
		if _, err := strconv.Atoi(value); err != nil {
			word := strings.ToLower(value)
			return strings.HasPrefix(word, "err") || strings.HasPrefix(word, "fail") || strings.HasPrefix(word, "exception")
		}
	}
	return true
}

// success reports whether a member is a code or a word for success.
func (d document) success(name string) bool {
	value := scalar(d.value(name))
	if n, err := strconv.Atoi(value); err == nil {
		return n == 0 || n >= 200 && n <= 299
	}
	return succeeded[strings.ToLower(value)]
}

func (d document) value(name string) any {
	var value any
	dec := json.NewDecoder(bytes.NewReader(d[name]))
	dec.UseNumber()
	_ = dec.Decode(&value)
	return value
}

// something reports whether a member that is for errors holds one. null, "", {}, an object of
// nothing but such members, and {"code": 0, "message": "success"} do not.
func something(raw json.RawMessage) bool {
	if len(raw) == 0 || string(raw) == "null" {
		return false
	}
	var value any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return dec.Decode(&value) == nil && holds(value)
}

func holds(value any) bool {
	switch value := value.(type) {
	case bool:
		return value
	case string:
		return !succeeded[strings.ToLower(strings.TrimSpace(value))]
	case json.Number:
		n, err := value.Float64()
		return err != nil || n != 0 && n != 200
	case []any:
		for _, element := range value {
			if holds(element) {
				return true
			}
		}
	case map[string]any:
		for _, member := range value {
			if holds(member) {
				return true
			}
		}
	}
	return false
}
