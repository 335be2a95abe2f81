package client

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// leastKey is the length in bytes of a secret that no answer has by chance, as it may have "ollama".
const leastKey = 20

// redactors are for texts that are shown, and for answers.
func redactors(secrets []string) (shown, kept *transport.Redactor) {
	return transport.NewRedactor(secrets...), transport.NewRedactorFrom(leastKey, secrets...)
}

// Redact takes the secrets out of a JSON document that is to be kept: keys, the values
// of headers, keys in the query of the base URL, a token of Entra ID,
// r.APIKey, and r.Credentials, each of at least 20 bytes. They are looked for in names and strings
// as JSON means them, and in escapes within these. Do and Stream give
// nothing that holds one in one piece; but what is assembled from the events of a
// stream needs Redact, since a secret may have come in pieces. What is no JSON is
// redacted as text. A document without secrets is returned as it is.
func (c *Client) Redact(r Request, document []byte) []byte {
	if len(document) == 0 {
		return document
	}
	k := c.newCall(context.Background(), Request{APIKey: r.APIKey, Credentials: r.Credentials})
	if !json.Valid(document) {
		return []byte(k.lasting.String(string(document)))
	}
	return k.withoutKeys(document)
}

// Passing is Redact for a text that comes in pieces and is shown meanwhile: write takes a piece
// and passes on what holds no secret. What could be the beginning of one waits for the next piece;
// end passes on what still waits when there is none.
func (c *Client) Passing(r Request, next func(text string)) (write func(piece string), end func()) {
	held, k := "", c.newCall(context.Background(), Request{APIKey: r.APIKey, Credentials: r.Credentials})
	pass := func(text string) {
		if text != "" {
			next(text)
		}
	}
	write = func(piece string) {
		k.learn() // a token may have been received meanwhile
		var ready string
		ready, held = k.lasting.Split(held + piece)
		pass(ready)
	}
	return write, func() { pass(held) }
}

// withoutKeys is Client.Redact of valid JSON for a call under way.
func (k *call) withoutKeys(document []byte) []byte {
	if k.lasting == nil {
		return document
	}
	var out []byte // nil = nothing was taken out so far
	done := 0
	for at := 0; at < len(document); {
		quote := bytes.IndexByte(document[at:], '"')
		if quote < 0 {
			break
		}
		start := at + quote
		end := endOfString(document, start)
		at = end
		if redacted, ok := k.redactString(document[start:end]); ok {
			out = append(append(out, document[done:start]...), redacted...)
			done = end
		}
	}
	if out == nil {
		return document
	}
	return append(out, document[done:]...)
}

// endOfString is behind the closing quote of a JSON string.
func endOfString(document []byte, start int) int {
	for i := start + 1; i < len(document); i++ {
		switch document[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(document)
}

// redactString takes secrets out of a JSON string; false = it has none.
func (k *call) redactString(quoted []byte) ([]byte, bool) {
	var text string
	if bytes.IndexByte(quoted, '\\') < 0 && len(quoted) >= 2 {
		text = string(quoted[1 : len(quoted)-1])
	} else if json.Unmarshal(quoted, &text) != nil {
		return nil, false
	}
	redacted := k.lasting.String(text)
	if redacted == text {
		return nil, false
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(redacted) != nil {
		return []byte(`"` + transport.Mask + `"`), true // not reached: a string encodes
	}
	return []byte(strings.TrimSuffix(out.String(), "\n")), true
}
