package transport

import (
	"bytes"
	"hash/maphash"
	"strings"
	"sync"
	"unicode"
)

// passage is the length in bytes from which a run of a private text's letters and
// digits is taken out.
const passage = 12

// Passages takes private texts, such as a prompt, out of what a server says. A
// server seldom repeats such a text as it stands: it trims it, cuts it off,
// collapses spaces, breaks lines in another way, quotes and escapes it. So
// only letters and digits are compared, in small letters, and each run of them
// that is in the private text, too, goes: of 12 bytes or more, or the whole text if it
// is shorter. What is shorter than 3 bytes is no secret. A nil Passages takes out nothing.
type Passages struct {
	values []string

	once  sync.Once
	seed  maphash.Seed
	runs  map[uint64]struct{} // hashes of all runs of 12 bytes
	short [][]byte            // whole texts of 3 to 11 bytes
	exact []string            // texts without letters and digits
}

// NewPassages returns nil where there are no values.
func NewPassages(values ...string) *Passages {
	if len(values) == 0 {
		return nil
	}
	return &Passages{values: values}
}

// String returns text without the passages.
func (p *Passages) String(text string) string {
	if p == nil {
		return text
	}
	p.once.Do(p.learn)
	for _, value := range p.exact {
		text = strings.ReplaceAll(text, value, Mask)
	}
	s := lettersOf(text)
	var spans spans
	for at := 0; at+passage <= len(s.text); at++ {
		if _, known := p.runs[maphash.Bytes(p.seed, s.text[at:at+passage])]; known {
			spans.add(s.start[at], s.end[at+passage-1])
		}
	}
	for _, value := range p.short {
		for at := 0; ; at += len(value) {
			i := bytes.Index(s.text[at:], value)
			if i < 0 {
				break
			}
			at += i
			spans.add(s.start[at], s.end[at+len(value)-1])
		}
	}
	return spans.mask(text)
}

func (p *Passages) learn() {
	p.seed, p.runs = maphash.MakeSeed(), map[uint64]struct{}{}
	for _, value := range p.values {
		letters := lettersOf(value).text
		switch {
		case len(letters) >= passage:
			for at := 0; at+passage <= len(letters); at++ {
				p.runs[maphash.Bytes(p.seed, letters[at:at+passage])] = struct{}{}
			}
		case len(letters) >= 3:
			p.short = append(p.short, letters)
		case len(strings.TrimSpace(value)) >= 3:
			p.exact = append(p.exact, strings.TrimSpace(value))
		}
	}
}

// lettersOf is what of a text is compared.
func lettersOf(text string) spelled {
	s := unescape(text)
	out := spelled{make([]byte, 0, len(s.text)), make([]int, 0, len(s.text)), make([]int, 0, len(s.text))}
	at := 0
	for _, r := range string(s.text) {
		size := len(string(r))
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			small := string(unicode.ToLower(r))
			out.text = append(out.text, small...)
			for range len(small) {
				out.start, out.end = append(out.start, s.start[at]), append(out.end, s.end[at+size-1])
			}
		}
		at += size
	}
	return out
}
