package functions

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tiktoken-go/tokenizer"
)

var update = flag.Bool("update", false, "write the vocabularies anew")

// judged are our vocabularies and a library's, which has them from the same source.
var judged = []struct {
	file  string
	ours  *vocabulary
	judge tokenizer.Encoding
	size  int // tokens, but for special ones
}{
	{"o200k_base.gz", o200k, tokenizer.O200kBase, 199998},
	{"cl100k_base.gz", cl100k, tokenizer.Cl100kBase, 100256},
}

func TestVocabulary(t *testing.T) {
	for _, v := range judged {
		judge, err := tokenizer.Get(v.judge)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		for rank := range v.size {
			token, err := judge.Decode([]uint{uint(rank)})
			if err != nil {
				t.Fatal(err)
			}
			want.Write(binary.AppendUvarint(nil, uint64(len(token))))
			want.WriteString(token)
		}
		if *update {
			write(t, v.file, want.Bytes())
			continue
		}
		if got, err := unpack(v.ours.packed); err != nil || got != want.String() {
			t.Errorf("%s is not the vocabulary: %d bytes, want %d; %v", v.file, len(got), want.Len(), err)
		}
	}
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	var packed bytes.Buffer
	out, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = out.Write(content)
	}
	if err == nil {
		err = out.Close()
	}
	if err == nil {
		err = os.WriteFile(file, packed.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var samples = []string{
	"", " ", "  ", "\n", " \n ", "a  b", "a \t\n\n  b  ", "a\u00a0\u00a0b\u2003", "don't DON'T we'll it's I'd", "HTTPServer camelCase ÀÉÎ éà",
	"12345678 3.14 1e10", "!!! ?? --- //\n/ <|endoftext|>", "お誕生日おめでとう 你好，世界 Привет мир שלום مرحبا", "👩‍👩‍👧‍👦 naïve café e\u0301", "\x00\x01\u200b\u0085x",
	"func main() {\n\tfmt.Println(\"hello\")\n}\n", `{"type":"object","properties":{"city":{"type":"string"}}}`,
}

func TestCount_asTheLibrary(t *testing.T) {
	t.Parallel()
	for _, text := range append(samples, strings.Join(samples, "")) {
		for _, v := range judged {
			judge, err := tokenizer.Get(v.judge)
			if err != nil {
				t.Fatal(err)
			}
			want, err := judge.Count(text)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := v.ours.count(text); err != nil || got != want {
				t.Errorf("%s of %q: got %d, want %d; %v", v.file, text, got, want, err)
			}
		}
	}
}

// Where the library goes wrong: it loses U+007F, and gives back too much in
// tiktoken's \s*[\r\n]+, which is greedy.
func TestCount_whereTheLibraryErrs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"\x7f": 1, "\n \n": 1} {
		if got, err := o200k.count(text); err != nil || got != want {
			t.Errorf("%q: got %d, want %d; %v", text, got, want, err)
		}
	}
}

// Merging by heap is merging one pair after the other.
func FuzzMerge(f *testing.F) {
	for _, s := range samples {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, piece string) {
		if len(piece) > 1000 {
			return
		}
		for _, v := range judged {
			if _, err := v.ours.count(piece); err != nil {
				t.Fatal(err)
			}
			if got, want := v.ours.merge(piece), mergeSlowly(v.ours.ranks, piece); got != want {
				t.Errorf("%s of %q: got %d, want %d", v.file, piece, got, want)
			}
		}
	})
}

func mergeSlowly(ranks map[string]uint32, piece string) int {
	var tokens []string
	for i := range len(piece) {
		tokens = append(tokens, piece[i:i+1])
	}
	for {
		best, lowest := -1, uint32(math.MaxUint32)
		for i := range len(tokens) - 1 {
			if rank, ok := ranks[tokens[i]+tokens[i+1]]; ok && rank < lowest {
				best, lowest = i, rank
			}
		}
		if best < 0 {
			return len(tokens)
		}
		tokens[best] += tokens[best+1]
		tokens = slices.Delete(tokens, best+1, best+2)
	}
}

// A file without white space is one piece. Its time must not be its length squared.
func TestCount_longPiece(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("a", 1<<18), strings.Repeat("x9", 1<<17)} {
		if n, err := o200k.count(text); err != nil || n == 0 {
			t.Errorf("got %d; %v", n, err)
		}
	}
}
