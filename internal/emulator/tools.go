package emulator

import (
	"slices"
	"strings"
	"unicode"
)

// call makes the choice a call of tools or of a function, if the request
// wants one; it returns false if the choice is to be a text.
func (a *author) call(index int, c *choice, bill *usage) bool {
	if len(a.req.Tools) == 0 {
		return a.callFunction(index, c, bill)
	}
	picked := a.pick(a.req.Tools, a.req.ToolChoice)
	if len(picked) == 0 {
		return false
	}
	single := a.req.ParallelToolCalls != nil && !*a.req.ParallelToolCalls || a.named(a.req.ToolChoice)
	c.FinishReason = finishReason("tool_calls", a.req.ToolChoice)
	budget := a.budget(bill)
	for _, t := range picked {
		times := 1
		if !single {
			times = max(1, len(places(a.talk.user)))
		}
		if t.Custom != nil || !takesPlace(t.Function) {
			times = 1
		}
		for turn := range times {
			input, cut := budget.spend(t.definition().Name, a.input(t, index, turn))
			if cut {
				c.FinishReason = "length"
			}
			c.Message.ToolCalls = append(c.Message.ToolCalls, a.toolCall(t, input, index, len(c.Message.ToolCalls)))
		}
		if single {
			break
		}
	}
	return true
}

// callFunction is call for the older functions and function_call.
func (a *author) callFunction(index int, c *choice, bill *usage) bool {
	var tools []tool
	for _, f := range a.req.Functions {
		tools = append(tools, tool{Type: "function", Function: &f})
	}
	picked := a.pick(tools, a.req.FunctionCall)
	if len(picked) == 0 {
		return false
	}
	name := picked[0].Function.Name
	budget := a.budget(bill)
	arguments, cut := budget.spend(name, a.input(picked[0], index, 0))
	c.Message.FunctionCall = &functionCall{name, arguments}
	c.FinishReason = finishReason("function_call", a.req.FunctionCall)
	if cut {
		c.FinishReason = "length"
	}
	return true
}

// finishReason is stop if the caller named the tool: then it was not the
// model that chose to call it.
func finishReason(reason string, choice *toolChoice) string {
	if choice != nil && choice.named {
		return "stop"
	}
	return reason
}

func (a *author) named(choice *toolChoice) bool { return choice != nil && choice.named }

// pick returns the tools to call, best first.
func (a *author) pick(tools []tool, choice *toolChoice) []tool {
	mode := "auto"
	if choice != nil {
		mode = choice.mode
	}
	if mode == "none" || len(tools) == 0 {
		return nil
	}
	if choice != nil && choice.names != nil {
		tools = slices.DeleteFunc(slices.Clone(tools), func(t tool) bool {
			return !slices.Contains(choice.names, t.definition().Name)
		})
	}
	if a.named(choice) {
		return tools
	}
	if mode == "auto" && len(a.talk.results) > 0 {
		return nil
	}
	matching := match(tools, a.talk.user)
	if len(matching) == 0 && mode == "required" && len(tools) > 0 {
		return tools[:1]
	}
	return matching
}

// match returns the tools that a text plainly asks for: all those whose name
// shares a telling word with it, else the one whose description shares most,
// if it is two words at least.
func match(tools []tool, text string) []tool {
	said := words(text)
	var byName []tool
	var best tool
	most := 1
	for _, t := range tools {
		if overlap(words(t.definition().Name), said) > 0 {
			byName = append(byName, t)
		}
		if n := overlap(words(t.definition().Description), said); n > most {
			best, most = t, n
		}
	}
	if len(byName) == 0 && most > 1 {
		return []tool{best}
	}
	return byName
}

// idle words say nothing about which tool is meant.
var idle = func() map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(`a about all an and any are at be by call can current do does for from function
		get give given has have how i in is it its like list make me my new now of on or please run set show tell that
		the their this to today tool use used user users want was what whats when where which who will with you your`) {
		set[word] = true
	}
	return set
}()

// words returns the telling words of a text or of a snake or camel case name,
// in lower case.
func words(text string) map[string]bool {
	set := map[string]bool{}
	var word strings.Builder
	flush := func() {
		if w := word.String(); len(w) > 2 && !idle[w] {
			set[w] = true
		}
		word.Reset()
	}
	lower := false
	for _, r := range text {
		switch {
		case r == '\'' || r == '’':
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		default:
			if unicode.IsUpper(r) && lower {
				flush()
			}
			word.WriteRune(unicode.ToLower(r))
		}
		lower = unicode.IsLower(r)
	}
	flush()
	return set
}

// overlap counts the words that two texts share, up to their endings.
func overlap(a, b map[string]bool) int {
	n := 0
	for word := range a {
		for other := range b {
			if word == other || related(word, other) {
				n++
				break
			}
		}
	}
	return n
}

func related(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 4 && strings.HasPrefix(b, strings.TrimSuffix(a, "e")) && len(b)-len(a) <= 3
}

// input is what a tool is given: JSON arguments, or text for a custom tool.
func (a *author) input(t tool, index, turn int) string {
	if t.Custom != nil {
		if p := t.Custom.Format.Grammar; p.Syntax == "regex" {
			if sample, ok := sample(p.Definition); ok {
				return sample
			}
		}
		return a.talk.user
	}
	schema := decodeSchema(t.Function.Parameters)
	if len(schema) == 0 {
		return "{}"
	}
	g := newGenerator(schema, a.talk, index)
	g.turn, g.all = turn, t.Function.Strict
	return compact(g.value(schema, "", 0))
}

func (a *author) toolCall(t tool, input string, index, n int) toolCall {
	c := toolCall{
		ID:   "call_" + token(24, a.seed, []byte{byte(index), byte(n)}),
		Type: t.Type,
	}
	if t.Custom != nil {
		c.Custom = &customCall{t.Custom.Name, input}
	} else {
		c.Function = &functionCall{t.Function.Name, input}
	}
	return c
}

// budget is the tokens that are left for the calls of a choice.
type budget struct {
	author  *author
	bill    *usage
	left    int
	limited bool
}

func (a *author) budget(bill *usage) *budget {
	b := &budget{author: a, bill: bill}
	b.left, b.limited = a.limit()
	thought := a.thinking()
	if b.limited {
		thought = min(thought, b.left/2)
		b.left -= thought
	}
	bill.CompletionTokens += thought
	bill.OutputDetails.ReasoningTokens += thought
	return b
}

// spend pays for a call and returns as much of its input as there was budget for.
func (b *budget) spend(name, input string) (string, bool) {
	cut := false
	if b.limited {
		input, cut = b.author.tokens.cut(input, max(0, b.left))
	}
	cost := b.author.tokens.count(name) + b.author.tokens.count(input)
	if b.limited {
		cost = min(cost, b.left)
	}
	b.left -= cost
	b.bill.CompletionTokens += cost
	return input, cut
}
