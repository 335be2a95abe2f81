package emulator

import (
	"strings"
	"sync"

	"github.com/tiktoken-go/tokenizer"
)

// Building a vocabulary takes tens of milliseconds, so each is built once per
// process and only if a model needs it.
var (
	o200k  = sync.OnceValue(func() tokenizer.Codec { return newCodec(tokenizer.O200kBase) })
	cl100k = sync.OnceValue(func() tokenizer.Codec { return newCodec(tokenizer.Cl100kBase) })
)

func newCodec(encoding tokenizer.Encoding) tokenizer.Codec {
	codec, err := tokenizer.Get(encoding)
	if err != nil {
		panic(err) // the encodings above are compiled in
	}
	return codec
}

// counter counts the tokens of one model.
type counter struct{ codec tokenizer.Codec }

func counterFor(model string) counter {
	older := (strings.HasPrefix(model, "gpt-4") && !strings.HasPrefix(model, "gpt-4o") &&
		!strings.HasPrefix(model, "gpt-4.")) || strings.HasPrefix(model, "gpt-3.5") || strings.HasPrefix(model, "text-embedding-")
	if older {
		return counter{cl100k()}
	}
	return counter{o200k()}
}

func (c counter) count(text string) int {
	n, err := c.codec.Count(text)
	if err != nil {
		return len(text) / 4
	}
	return n
}

// split returns the tokens of a text; joined, they are the text. One token
// may be half a character.
func (c counter) split(text string) []string {
	_, tokens, err := c.codec.Encode(text)
	if err != nil {
		return strings.SplitAfter(text, " ")
	}
	return tokens
}

// decode returns the text of tokens, each given by its number; false if the
// vocabulary has no such token.
func (c counter) decode(tokens []uint) (string, bool) {
	text, err := c.codec.Decode(tokens)
	return text, err == nil
}

// cut returns the first limit tokens of a text and whether that is less than
// the whole. Half a character at the end is dropped.
func (c counter) cut(text string, limit int) (string, bool) {
	tokens := c.split(text)
	if len(tokens) <= limit {
		return text, false
	}
	return strings.ToValidUTF8(strings.Join(tokens[:limit], ""), ""), true
}

// prompt counts the tokens of a request as the models' chat format has them:
// three around each message, one more for a name, three to open the answer.
func (c counter) prompt(req *chatRequest) int {
	total := 3
	for _, m := range req.Messages {
		total += 3 + c.count(m.Role) + c.count(m.Content.text())
		if m.Name != "" {
			total += 1 + c.count(m.Name)
		}
		for _, part := range m.Content.parts {
			if part.Type != "text" && part.Type != "refusal" {
				total += attachmentTokens
			}
		}
		for _, call := range m.ToolCalls {
			name, input := call.parts()
			total += 3 + c.count(name) + c.count(input)
		}
	}
	for _, t := range req.Tools {
		total += c.function(t.definition())
	}
	for _, f := range req.Functions {
		total += c.function(&f)
	}
	if f := req.ResponseFormat; f != nil && f.JSONSchema != nil {
		total += 7 + c.count(string(f.JSONSchema.Schema))
	}
	return total
}

func (c counter) function(f *function) int {
	return 7 + c.count(f.Name) + c.count(f.Description) + c.count(string(f.Parameters))
}

// attachmentTokens is what an image in low detail costs; other attachments
// are counted alike.
const attachmentTokens = 85
