package emulator

import (
	"strings"
	"time"
)

// author writes the choices of one completion.
type author struct {
	req    *chatRequest
	talk   conversation
	tokens counter
	seed   []byte // of everything that must look random
	now    time.Time
	bytes  int    // how long a plain text is, at least
	found  string // by tools, for a plain text to tell; "" = nothing
}

func newAuthor(req *chatRequest, body []byte, o Options) *author {
	return &author{req: req, talk: read(req.Messages), tokens: counterFor(req.Model), seed: digest(string(body)), now: o.Now(), bytes: o.AnswerBytes}
}

// choice writes one choice and adds what it costs to the usage.
func (a *author) choice(index int, bill *usage) choice {
	c := choice{Index: index, FinishReason: "stop", Message: reply{Role: "assistant", Annotations: []annotation{}}}
	if refused, why := a.refusal(); refused {
		c.Message.Refusal = &why
		n := a.tokens.count(why)
		bill.CompletionTokens += n
		if a.req.Logprobs {
			c.Logprobs = &logprobs{Refusal: a.probabilities(why)}
		}
		return c
	}
	if a.call(index, &c, bill) {
		return c
	}
	text, reason := a.finish(a.compose(index), bill)
	c.FinishReason = reason
	if a.req.Logprobs {
		c.Logprobs = &logprobs{Content: a.probabilities(text)}
	}
	if a.wants("audio") {
		c.Message.Audio = a.speak(index, text)
		bill.OutputDetails.AudioTokens += a.tokens.count(text)
		return c
	}
	c.Message.Content = &text
	if a.req.WebSearchOptions != nil {
		c.Message.Annotations = citations(text)
	}
	return c
}

// compose writes the whole text of a choice, before anything cuts it.
func (a *author) compose(index int) string {
	if f := a.req.ResponseFormat; f != nil {
		switch f.Type {
		case "json_object":
			return a.jsonObject(index)
		case "json_schema":
			g := newGenerator(decodeSchema(f.JSONSchema.Schema), a.talk, index)
			g.all = true
			return compact(g.value(g.root, "", 0))
		}
	}
	text := a.found
	if text == "" {
		text = answerTo(a.talk)
	}
	if index > 0 {
		text = alternative(index, text)
	}
	if a.req.WebSearchOptions != nil {
		text += " " + source(a.talk.user)
	}
	return lengthened(text, a.bytes)
}

// lengthened repeats a text until it has at least so many bytes.
func lengthened(text string, size int) string {
	if len(text) >= size || text == "" {
		return text
	}
	return strings.Repeat(text+" ", size/(len(text)+1)) + text
}

// finish cuts a text at a stop sequence or at the limit of tokens, and says
// which reason the choice ends for.
func (a *author) finish(text string, bill *usage) (string, string) {
	reason := "stop"
	for _, stop := range a.req.Stop {
		if before, _, found := strings.Cut(text, stop); found && stop != "" {
			text = before
		}
	}
	thought := a.thinking()
	if limit, limited := a.limit(); limited {
		thought = min(thought, limit/2)
		var cut bool
		if text, cut = a.tokens.cut(text, limit-thought); cut {
			reason = "length"
			bill.CompletionTokens += limit
		} else {
			bill.CompletionTokens += a.tokens.count(text) + thought
		}
	} else {
		bill.CompletionTokens += a.tokens.count(text) + thought
	}
	if strings.Contains(a.talk.user, "FILTER:") {
		text, reason = "", "content_filter"
	}
	bill.OutputDetails.ReasoningTokens += thought
	a.predicted(text, bill)
	return text, reason
}

func (a *author) limit() (int, bool) {
	for _, limit := range []*int{a.req.MaxCompletionTokens, a.req.MaxTokens} {
		if limit != nil {
			return *limit, true
		}
	}
	return 0, false
}

// thinking returns the tokens that a reasoning model spends before it
// answers. A limit of tokens leaves at least half of them for the answer.
func (a *author) thinking() int {
	if !thinks(a.req.Model, a.req.ReasoningEffort) {
		return 0
	}
	switch a.req.ReasoningEffort {
	case "none", "minimal":
		return 0
	case "low":
		return 64
	case "high":
		return 512
	case "xhigh", "max":
		return 1024
	}
	return 192
}

// predicted counts the tokens of a prediction that came true, up to the first
// that did not.
func (a *author) predicted(text string, bill *usage) {
	if a.req.Prediction == nil {
		return
	}
	actual, guess := a.tokens.split(text), a.tokens.split(a.req.Prediction.Content.text())
	right := 0
	for right < len(actual) && right < len(guess) && actual[right] == guess[right] {
		right++
	}
	bill.OutputDetails.AcceptedPredictionTokens += right
	bill.OutputDetails.RejectedPredictionTokens += len(guess) - right
	bill.CompletionTokens += len(guess) - right
}

// refusal reports whether the user asks for what is refused: any text with
// REFUSE: in it.
func (a *author) refusal() (bool, string) {
	_, request, found := strings.Cut(a.talk.user, "REFUSE:")
	if !found {
		return false, ""
	}
	return true, "I'm sorry, but I can't help with that: " + strings.TrimSpace(request)
}
