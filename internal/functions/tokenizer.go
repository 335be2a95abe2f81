package functions

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"io"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// vocabulary is a way in which models cut text into tokens: first into pieces,
// by pattern, then each piece into tokens, by merging bytes that are often
// beside each other.
//
// The tokens are from https://github.com/openai/tiktoken (MIT License). They
// are embedded compressed, and read at the first count: a library that has them
// as Go code costs each process of the provider 16 MiB that it never uses.
type vocabulary struct {
	packed  []byte // by rank: length as a varint, then the bytes; gzip
	pattern string // Perl's, but for what comes after a run of white space
	load    sync.Once
	pieces  *regexp.Regexp
	ranks   map[string]uint32 // the lower, the sooner it is merged
	err     error
}

// Made by "go test -run TestVocabulary -update ./internal/functions".
var (
	//go:embed o200k_base.gz
	o200kPacked []byte
	//go:embed cl100k_base.gz
	cl100kPacked []byte
)

// white is one character of white space, by Unicode.
const white = `[\t\n\v\f\r \x{85}\p{Z}]`

// dark is one character that is neither letter, digit nor white space.
const dark = `[^\t\n\v\f\r \x{85}\p{Z}\p{L}\p{N}]`

// The patterns are tiktoken's. What it says with (?!\S), countTokens does.
var (
	o200k = &vocabulary{packed: o200kPacked, pattern: `^(?:` +
		`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|` +
		`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|` +
		`\p{N}{1,3}| ?` + dark + `+[\r\n/]*|` + white + `*[\r\n]+|` + white + `+)`}
	cl100k = &vocabulary{packed: cl100kPacked, pattern: `^(?:` +
		`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|` +
		`\p{N}{1,3}| ?` + dark + `+[\r\n]*|` + white + `*[\r\n]+|` + white + `+)`}
)

// count is how many tokens a text has. The first count reads the vocabulary.
func (v *vocabulary) count(text string) (int, error) {
	v.load.Do(v.read)
	if v.err != nil {
		return 0, v.err
	}
	n := 0
	for text != "" {
		size := v.piece(text)
		if _, whole := v.ranks[text[:size]]; whole {
			n++
		} else {
			n += v.merge(text[:size])
		}
		text = text[size:]
	}
	return n, nil
}

// piece is the length of the first piece of a text, in bytes. A run of white
// space leaves its last character to the word after it.
func (v *vocabulary) piece(text string) int {
	place := v.pieces.FindStringIndex(text)
	if place == nil {
		_, size := utf8.DecodeRuneInString(text)
		return size
	}
	size := place[1]
	if size < len(text) && text[size-1] != '\n' && text[size-1] != '\r' && strings.TrimSpace(text[:size]) == "" {
		if _, last := utf8.DecodeLastRuneInString(text[:size]); last < size {
			return size - last
		}
	}
	return size
}

func (v *vocabulary) read() {
	unpacked, err := unpack(v.packed)
	if err != nil {
		v.err = err
		return
	}
	v.ranks = make(map[string]uint32, 1<<18)
	for rank := uint32(0); unpacked != ""; rank++ {
		length, n := binary.Uvarint([]byte(unpacked[:min(binary.MaxVarintLen64, len(unpacked))]))
		end := n + int(length)
		if n <= 0 || end > len(unpacked) {
			v.err = io.ErrUnexpectedEOF
			return
		}
		v.ranks[unpacked[n:end]] = rank
		unpacked = unpacked[end:]
	}
	v.pieces, v.err = regexp.Compile(v.pattern)
}

func unpack(packed []byte) (string, error) {
	in, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	_, err = io.Copy(&out, in) //nolint:gosec // the embedded file, not a user's
	return out.String(), err
}
