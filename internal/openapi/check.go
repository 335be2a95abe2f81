package openapi

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// CheckRequest reports where a request departs from the document: an unknown operation, an undeclared,
// missing or ill-typed query parameter, a body that its schema refuses, and each property of the body
// that the schema does not declare. The path may begin with /v1. What gaps.go lists is no fault.
func (d *Document) CheckRequest(method, path string, query url.Values, body []byte) []error {
	if d == nil {
		return nil
	}
	op := d.operation(method, path, query)
	if op == nil && isAbsent(method, path) {
		return nil
	}
	if op == nil {
		return []error{fmt.Errorf("%s %s: the document has no such operation", method, path)}
	}
	found := d.checkQuery(op, query)
	request := d.resolve(op.raw["requestBody"])
	content := object(request["content"])
	switch {
	case len(body) == 0 && request["required"] == true:
		found = append(found, errors.New("body: missing, but required"))
	case len(body) > 0 && len(content) == 0:
		found = append(found, errors.New("body: the operation takes none"))
	case len(body) > 0:
		found = append(found, d.checkContent(op.key+" request", content, body)...)
	}
	found = slices.DeleteFunc(found, func(err error) bool { return isGap(op.key, err.Error()) })
	return located(op.key, found)
}

// CheckResponse does the same for an answer. An error answer that the document does not list for the
// operation is held against OpenAI's usual error shape. A body of server-sent events is checked event by event.
// What the document itself gets wrong, by its own examples or by the list in gaps.go, is no fault.
func (d *Document) CheckResponse(method, path string, status int, body []byte) []error {
	if d == nil {
		return nil
	}
	path, rawQuery, _ := strings.Cut(path, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return []error{err}
	}
	op := d.operation(method, path, query)
	if op == nil {
		if status < 400 && isAbsent(method, path) {
			return nil
		}
		if status < 400 {
			return []error{fmt.Errorf("%s %s: the document has no such operation", method, path)}
		}
		op = &operation{key: method + " " + path}
	}
	at := op.key + " " + strconv.Itoa(status)
	responses := object(op.raw["responses"])
	for _, name := range []string{strconv.Itoa(status), fmt.Sprintf("%dXX", status/100), "default"} {
		response, ok := responses[name]
		if !ok {
			continue
		}
		content := object(d.resolve(response)["content"])
		if len(content) == 0 {
			const surplus = "body: the document has none"
			if len(bytes.TrimSpace(body)) > 0 && !isGap(op.key, surplus) {
				return []error{fmt.Errorf("%s: %s", at, surplus)}
			}
			return nil
		}
		found := d.checkContent(at, content, body)
		if len(found) > 0 && status >= 400 && len(d.checkError(body)) == 0 {
			return nil // where the document has an error alone, OpenAI answers an object with it
		}
		if len(found) > 0 && status < 300 {
			found = d.exceptGaps(op, at, content, found)
		}
		return located(at, found)
	}
	if status >= 400 {
		return located(at, d.checkError(body))
	}
	return []error{fmt.Errorf("%s: the document has no such status", at)}
}

// checkError holds an error answer against OpenAI's usual shape.
func (d *Document) checkError(body []byte) []error {
	return d.checkJSON("error", map[string]any{"$ref": "#/components/schemas/ErrorResponse"}, body)
}

func located(at string, found []error) []error {
	for i, err := range found {
		found[i] = fmt.Errorf("%s: %w", at, err)
	}
	return found
}

func (d *Document) checkQuery(op *operation, query url.Values) []error {
	var found []error
	declared := map[string]map[string]any{}
	for _, raw := range op.raw["parameters"].([]any) {
		parameter := d.resolve(raw)
		if parameter["in"] != "query" {
			continue
		}
		name := queryName(fmt.Sprint(parameter["name"]))
		declared[name] = parameter
		has := slices.ContainsFunc(mapKeys(query), func(key string) bool { return queryName(key) == name })
		if parameter["required"] == true && !has {
			found = append(found, fmt.Errorf("query parameter %s: missing, but required", name))
		}
	}
	for _, key := range mapKeys(query) {
		name := queryName(key)
		parameter, ok := declared[name]
		switch {
		case op.pinned.Has(key):
		case !ok:
			found = append(found, fmt.Errorf("query parameter %s: not declared", key))
		case name == key:
			found = append(found, d.checkQueryValue(op, name, parameter["schema"], query[key])...)
		}
	}
	return found
}

func (d *Document) checkQueryValue(op *operation, name string, raw any, values []string) []error {
	schema, err := d.schema(op.key+" query "+name, raw)
	if err != nil {
		return []error{fmt.Errorf("query parameter %s: %w", name, err)}
	}
	list := make([]any, len(values))
	for i, value := range values {
		list[i] = value
	}
	for _, reading := range []any{values[0], scalar(values[0]), list} {
		if err = schema.Validate(reading); err == nil {
			return nil
		}
	}
	return []error{fmt.Errorf("query parameter %s: %q is not valid", name, values)}
}

// queryName strips the brackets of arrays and deep objects: include[] and metadata[key].
func queryName(key string) string {
	name, _, _ := strings.Cut(key, "[")
	return name
}

func (d *Document) checkContent(key string, content map[string]any, body []byte) []error {
	media := func(name string) (any, bool) {
		m, ok := content[name]
		return object(m)["schema"], ok
	}
	if bytes.HasPrefix(body, []byte("--")) {
		if schema, ok := media("multipart/form-data"); ok {
			return d.checkForm(key+" form", schema, body)
		}
	}
	if schema, ok := media("text/event-stream"); ok && isEvents(body) {
		return d.checkEvents(key+" events", schema, body)
	}
	if schema, ok := media("application/json"); ok {
		return d.checkJSON(key, schema, body)
	}
	if _, ok := media("multipart/form-data"); ok {
		return []error{errors.New("body: not multipart/form-data")}
	}
	return nil // binary
}

func (d *Document) checkJSON(key string, raw any, body []byte) []error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return []error{fmt.Errorf("body: not JSON: %w", err)}
	}
	return d.checkValue(key, raw, value)
}

func (d *Document) checkValue(key string, raw, value any) []error {
	if len(object(raw)) == 0 {
		return nil
	}
	schema, err := d.schema(key, raw)
	if err != nil {
		return []error{err}
	}
	return check(schema, value)
}

func isEvents(body []byte) bool {
	for _, field := range []string{"data:", "event:", "id:", "retry:", ":"} {
		if bytes.HasPrefix(body, []byte(field)) {
			return true
		}
	}
	return false
}

func (d *Document) checkEvents(key string, schema any, body []byte) []error {
	var found []error
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, len(body)+1)
	for i := 0; lines.Scan(); {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		if !ok {
			continue
		}
		if data = bytes.TrimSpace(data); string(data) != "[DONE]" {
			found = append(found, located(fmt.Sprintf("event %d", i), d.checkJSON(key, schema, data))...)
		}
		i++
	}
	return found
}

// checkForm checks the names of the fields only: in a form every value is text or a file.
func (d *Document) checkForm(key string, raw any, body []byte) []error {
	boundary, _, _ := bytes.Cut(body[2:], []byte("\r\n"))
	parts := multipart.NewReader(bytes.NewReader(body), string(boundary))
	value := map[string]any{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return []error{fmt.Errorf("body: not multipart/form-data: %w", err)}
		}
		value[queryName(part.FormName())] = nil
	}
	schema, err := d.schema(key, raw)
	if err != nil {
		return []error{err}
	}
	var found []error
	for _, err := range check(schema, value) {
		var undeclared *undeclaredError
		if errors.As(err, &undeclared) {
			found = append(found, err)
		}
	}
	return found
}
