package emulator

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// answerTo writes the plain text that answers a conversation. It knows a few
// kinds of question that demonstrations like to ask; any other text is given
// back, with the instructions that it was asked under.
func answerTo(c conversation) string {
	if len(c.results) > 0 {
		return report(c.results)
	}
	for _, try := range []func(conversation) string{translate, repeat, explain, calculate} {
		if text := try(c); text != "" {
			return text
		}
	}
	text := "Emulated answer to: " + c.user
	var notes []string
	if c.system != "" {
		notes = append(notes, "as told: "+brief(c.system, 60))
	}
	if c.turns > 1 {
		notes = append(notes, fmt.Sprintf("turn %d", c.turns))
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, "; ") + ")"
	}
	return text
}

// alternative makes a text differ from that of the first choice, from its
// first token on.
func alternative(index int, text string) string {
	return fmt.Sprintf("%d. %s", index+1, text)
}

// brief shortens a text to so many characters; texts that differ only beyond
// them stay different.
func brief(text string, limit int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= limit {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:limit])) + "… #" + hex.EncodeToString(digest(text))[:6]
}

// report passes on what tools returned, verbatim.
func report(results []result) string {
	var lines []string
	for _, r := range results {
		name := r.tool
		if name == "" {
			name = "the tool"
		}
		lines = append(lines, "According to "+name+": "+r.content)
	}
	return strings.Join(lines, "\n")
}

var repeating = regexp.MustCompile(`(?is)^\s*(?:please )?(?:reply|respond|answer|say|repeat)(?: with)?(?: exactly| only| just)?(?: the following)?(?: this)?(?: text| word)?s?\s*:\s*(.+)$`)

// repeat does as told by "Reply with exactly: …".
func repeat(c conversation) string {
	if m := repeating.FindStringSubmatch(c.user); m != nil {
		return unquote(strings.TrimSpace(m[1]))
	}
	return ""
}

var explaining = regexp.MustCompile(`(?is)^\s*(?:please )?(?:can you )?explain(?: to me)?(?: the (?:concept|idea) of)?\s+(.+?)(?:\s+(?:in|using) (?:simple|plain|easy) (?:terms|words|language|english)| briefly| like i'?m five)?\s*[.?!]*\s*$`)

// explanations are of the topics that demonstrations ask about.
var explanations = map[string]string{
	"quantum computing": "Quantum computing uses the rules of quantum physics to work on many possibilities at once. " +
		"An ordinary bit is either 0 or 1; a qubit can be a blend of both until it is measured, and qubits can be linked " +
		"so that they act together. For some problems, such as simulating molecules or factoring large numbers, this " +
		"finds the answer far faster than an ordinary computer could.",
	"machine learning": "Machine learning lets a computer find patterns in examples rather than follow rules that " +
		"somebody wrote down. It is shown many examples, adjusts itself until its guesses fit them, and then makes " +
		"guesses about things that it has not seen.",
	"infrastructure as code": "Infrastructure as code means that servers, networks and services are described in text " +
		"files. A program compares the files with what exists and makes the two match, so that every change can be " +
		"reviewed, repeated and undone.",
	"recursion": "Recursion means solving a problem by solving a smaller one of the same kind, until one is so small " +
		"that its answer is plain.",
}

func explain(c conversation) string {
	m := explaining.FindStringSubmatch(c.user)
	if m == nil {
		return ""
	}
	topic := strings.TrimSpace(m[1])
	if known, ok := explanations[strings.ToLower(topic)]; ok {
		return known
	}
	return "In simple terms, " + topic + " is best understood in three steps: what it is for, which parts it is made of, " +
		"and how these parts work together."
}

var sum = regexp.MustCompile(`(?i)^\s*(?:what(?:'s| is)|compute|calculate)\s+(-?\d{1,9})\s*([-+*x×/])\s*(-?\d{1,9})\s*[?.=]*\s*$`)

// calculate does sums of two whole numbers.
func calculate(c conversation) string {
	m := sum.FindStringSubmatch(c.user)
	if m == nil {
		return ""
	}
	left, _ := strconv.ParseInt(m[1], 10, 64) // nine digits always fit
	right, _ := strconv.ParseInt(m[3], 10, 64)
	var value int64
	switch m[2] {
	case "+":
		value = left + right
	case "-":
		value = left - right
	case "/":
		if right == 0 || left%right != 0 {
			return ""
		}
		value = left / right
	default:
		value = left * right
	}
	return fmt.Sprintf("%d %s %d = %d", left, m[2], right, value)
}
