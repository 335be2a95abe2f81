package chat

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"
)

// told is an answer to be streamed: what a server without streams would send.
type told struct {
	content, reasoning string
	calls              []toldCall
}

type toldCall struct{ id, name, arguments string }

// message is the answer's message as one piece.
func (a told) message() map[string]any {
	m := map[string]any{"role": "assistant", "content": a.content}
	if a.reasoning != "" {
		m["reasoning_content"] = a.reasoning
	}
	var list []any
	for _, call := range a.calls {
		list = append(list, map[string]any{"id": call.id, "type": "function", "function": map[string]any{"name": call.name, "arguments": call.arguments}})
	}
	if list != nil {
		m["tool_calls"] = list
	}
	return m
}

// split cuts a text at random places, never inside of a character.
func split(r *rand.Rand, s string) []string {
	var pieces []string
	for s != "" {
		n := 1 + r.IntN(min(len(s), 8))
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n++
		}
		pieces = append(pieces, s[:n])
		s = s[n:]
	}
	return pieces
}

// dress is a way in which servers tell a tool call: the pieces of its arguments, in the
// list of calls at a place.
type dress func(r *rand.Rand, call toldCall, place int, pieces []string) []map[string]any

func head(call toldCall, arguments string) map[string]any {
	return map[string]any{"id": call.id, "type": "function", "function": map[string]any{"name": call.name, "arguments": arguments}}
}

func tail(arguments string) map[string]any {
	return map[string]any{"function": map[string]any{"arguments": arguments}}
}

func with(piece map[string]any, key string, value any) map[string]any {
	piece[key] = value
	return piece
}

// told as head and tails, of which each may be changed.
func dressed(change func(piece map[string]any, call toldCall, place, n int)) dress {
	return func(r *rand.Rand, call toldCall, place int, pieces []string) []map[string]any {
		first := ""
		if r.IntN(2) == 0 && len(pieces) > 1 {
			first, pieces = pieces[0], pieces[1:]
		}
		out := []map[string]any{head(call, first)}
		for _, piece := range pieces {
			out = append(out, tail(piece))
		}
		for n, piece := range out {
			change(piece, call, place, n)
		}
		return out
	}
}

var dresses = map[string]dress{
	"OpenAI":              dressed(func(p map[string]any, _ toldCall, place, _ int) { p["index"] = place }),
	"index 0 for all":     dressed(func(p map[string]any, _ toldCall, _, _ int) { p["index"] = 0 }),
	"ID only in the head": dressed(func(map[string]any, toldCall, int, int) {}),
	"ID in each piece":    dressed(func(p map[string]any, c toldCall, _, _ int) { p["id"] = c.id }),
	"everything in each": dressed(func(p map[string]any, c toldCall, place, _ int) {
		p["id"], p["index"] = c.id, place
		p["function"].(map[string]any)["name"] = c.name
	}),
	"ID, and index 0": dressed(func(p map[string]any, c toldCall, _, _ int) { p["id"], p["index"] = c.id, 0 }),
	"index only in the head": dressed(func(p map[string]any, _ toldCall, place, n int) {
		if n == 0 {
			p["index"] = place
		}
	}),
	"head and tail apart": dressed(func(p map[string]any, _ toldCall, place, n int) { p["index"] = 2*place + min(n, 1) }),
	"heads from 1":        dressed(func(p map[string]any, _ toldCall, place, n int) { p["index"] = place + 1 - min(n, 1) }),
	"new ID in each piece": dressed(func(p map[string]any, c toldCall, place, n int) {
		p["index"] = place
		if n > 0 {
			p["id"] = fmt.Sprint(c.id, "-", n)
			p["function"].(map[string]any)["name"] = nil
		}
	}),
	"whole, without index": func(_ *rand.Rand, c toldCall, _ int, _ []string) []map[string]any {
		return []map[string]any{head(c, c.arguments)}
	},
	"whole, index 0": func(_ *rand.Rand, c toldCall, _ int, _ []string) []map[string]any {
		return []map[string]any{with(head(c, c.arguments), "index", 0)}
	},
}

// habits are what servers do beside: each changes the chunks of a stream of one choice.
var habits = map[string]func(r *rand.Rand, a told, chunks []map[string]any) []map[string]any{
	"none": func(_ *rand.Rand, _ told, chunks []map[string]any) []map[string]any { return chunks },
	"message beside delta": func(_ *rand.Rand, _ told, chunks []map[string]any) []map[string]any {
		text := ""
		for _, chunk := range chunks {
			piece, _ := chunk["delta"].(map[string]any)["content"].(string)
			text += piece
			chunk["message"] = map[string]any{"role": "assistant", "content": text}
		}
		return chunks
	},
	"message at the end": func(_ *rand.Rand, a told, chunks []map[string]any) []map[string]any {
		return append(chunks, map[string]any{"message": a.message()})
	},
	"everything again": func(_ *rand.Rand, a told, chunks []map[string]any) []map[string]any {
		again := a.message()
		for i, call := range listOf(again["tool_calls"]) {
			call.(map[string]any)["index"] = i
		}
		return append(chunks, map[string]any{"delta": again, "finish_reason": "stop"})
	},
	"only messages": func(_ *rand.Rand, a told, chunks []map[string]any) []map[string]any {
		text := ""
		var out []map[string]any
		for _, chunk := range chunks {
			piece, _ := chunk["delta"].(map[string]any)["content"].(string)
			text += piece
			out = append(out, map[string]any{"message": map[string]any{"content": text}})
		}
		return append(out, map[string]any{"message": a.message()})
	},
	"empty deltas": func(r *rand.Rand, _ told, chunks []map[string]any) []map[string]any {
		for range 3 {
			chunks = slices.Insert(chunks, r.IntN(len(chunks)+1), map[string]any{"delta": map[string]any{"role": "", "content": "", "reasoning_content": nil}})
		}
		return chunks
	},
	"filters": func(_ *rand.Rand, _ told, chunks []map[string]any) []map[string]any {
		return append(chunks, map[string]any{"finish_reason": nil, "content_filter_offsets": map[string]any{"check_offset": 1}})
	},
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

// tell streams an answer.
func tell(r *rand.Rand, a told, dress dress, habit func(*rand.Rand, told, []map[string]any) []map[string]any) []string {
	chunks := []map[string]any{{"delta": map[string]any{"role": "assistant", "content": ""}}}
	for _, piece := range split(r, a.reasoning) {
		chunks = append(chunks, map[string]any{"delta": map[string]any{"reasoning_content": piece}})
	}
	for _, piece := range split(r, a.content) {
		chunks = append(chunks, map[string]any{"delta": map[string]any{"content": piece}})
	}
	for place, call := range a.calls {
		for _, piece := range dress(r, call, place, split(r, call.arguments)) {
			chunks = append(chunks, map[string]any{"delta": map[string]any{"tool_calls": []any{piece}}})
		}
	}
	chunks = habit(r, a, chunks)
	chunks = append(chunks, map[string]any{"delta": map[string]any{}, "finish_reason": "stop"})
	out := []string{`{"id":"","model":"","created":0,"choices":[],"prompt_filter_results":[]}`}
	for _, chunk := range chunks {
		chunk["index"] = 0
		text, err := json.Marshal(map[string]any{"id": "c1", "created": 17, "model": "m", "choices": []any{chunk}})
		if err != nil {
			panic(err)
		}
		out = append(out, string(text))
	}
	return append(out, `{"id":"","model":"","created":0,"choices":[],"usage":{"total_tokens":7}}`)
}

// checkTold streams an answer in every dress with every habit, and reads it.
func checkTold(t *testing.T, r *rand.Rand, a told) {
	t.Helper()
	for dressName, dress := range dresses {
		for habitName, habit := range habits {
			chunks := tell(r, a, dress, habit)
			got := assemble(t, chunks...)
			choice := got["choices"].([]any)[0].(map[string]any)
			if got["id"] != "c1" || got["model"] != "m" || got["created"] != 17.0 || choice["finish_reason"] != "stop" || len(got["choices"].([]any)) != 1 {
				t.Errorf("%s, %s: got %v", dressName, habitName, got)
			}
			message := choice["message"].(map[string]any)
			if message["reasoning_content"] == nil {
				delete(message, "reasoning_content")
			}
			want := a.message()
			if !reflect.DeepEqual(message, want) {
				t.Fatalf("%s, %s: got %.500v\nwant %.500v\n%.2000q", dressName, habitName, message, want, chunks)
			}
		}
	}
}

// However a server cuts and dresses an answer, the answer is the same.
func TestAssembly_isTheSameHoweverItIsTold(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 30 {
		var a told
		for word := range 1 + r.IntN(12) { // no word twice, so that nothing repeats by chance
			a.content += fmt.Sprintf("Wörter %d ", word)
		}
		if r.IntN(2) == 0 {
			a.reasoning = fmt.Sprintf("Hm, %d. Let me think 👩‍🔬", round)
		}
		for i := range r.IntN(4) {
			arguments := "{}"
			if r.IntN(3) > 0 {
				arguments = fmt.Sprintf(`{"city":"Zür\"}{ich","n":[%d,{"x":{}}]}`, i)
			}
			a.calls = append(a.calls, toldCall{fmt.Sprintf("call_%d", i), []string{"get_weather", "get_time"}[r.IntN(2)], arguments})
		}
		checkTold(t, r, a)
	}
}

func FuzzAssembly_isTheSameHoweverItIsTold(f *testing.F) {
	f.Add(uint64(1), "Hello, world", "Hm.", `{"a":1}`)
	f.Add(uint64(2), "", "", `{}`)
	f.Fuzz(func(t *testing.T, seed uint64, content, reasoning, value string) {
		if !utf8.ValidString(content) || !utf8.ValidString(reasoning) || !utf8.ValidString(value) {
			return
		}
		// A mark makes sure that nothing repeats what is before it by chance.
		if content != "" {
			content = "«" + content + "»"
		}
		if reasoning != "" {
			reasoning = "«" + reasoning + "»"
		}
		arguments, err := json.Marshal(map[string]any{"value": value})
		if err != nil {
			t.Fatal(err)
		}
		checkTold(t, rand.New(rand.NewPCG(seed, 1)), told{content, reasoning, []toldCall{{"a", "f", string(arguments)}, {"b", "f", "{}"}, {"c", "g", string(arguments)}}})
	})
}
