package set

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// span is where a line stands in a file.
type span struct {
	offset int64
	length int
	hash   string // of the request that it answers
}

// results is a file of answers that is there: JSON Lines.
type results struct {
	file   string
	sha256 string // of all of it
	lines  map[string]span
	others int // lines that are none of ours
}

// head is what each line begins with.
type head struct {
	Key     *string `json:"key"`     // "" is one, too
	Request string  `json:"request"` // the first half of the SHA-256 of the request, as in the state
}

// readResults finds the lines of a file. One that is not there has none; a line that is not one of
// ours is passed over, and its answer is asked for. Where the file has the SHA-256 that is written down, the
// lines are those that were written, and need not be read to their ends.
func readResults(file, written string) (*results, error) {
	r, err := scanResults(file, parseHead)
	if err == nil && r.sha256 != written {
		return scanResults(file, decodeHead)
	}
	return r, err
}

// decodeHead reads a whole line.
func decodeHead(line []byte) (h head, ok bool) {
	return h, json.Unmarshal(line, &h) == nil && h.Key != nil && h.Request != ""
}

// parseHead is decodeHead for a line that put wrote, of which it reads no more than that.
func parseHead(line []byte) (head, bool) {
	const second = `","request":"` // in a key, the quotation marks would be escaped
	at := bytes.Index(line, []byte(second))
	if at < 0 {
		return decodeHead(line)
	}
	at += len(second)
	end := bytes.IndexByte(line[at:], '"')
	if end < 0 {
		return decodeHead(line)
	}
	return decodeHead(slices.Concat(line[:at+end], []byte(`"}`)))
}

func scanResults(file string, read func(line []byte) (head, bool)) (*results, error) {
	r := &results{file: file, lines: map[string]span{}}
	in, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("the results file cannot be read: %w", err)
	}
	defer in.Close()
	sum := sha256.New()
	lines := bufio.NewReaderSize(io.TeeReader(in, sum), 1<<16)
	var line []byte
	for offset := int64(0); ; {
		line, err = readLine(lines, line[:0])
		if h, ok := read(line); ok {
			r.lines[*h.Key] = span{offset, len(line), h.Request}
		} else if len(bytes.TrimSpace(line)) > 0 {
			r.others++
		}
		offset += int64(len(line))
		switch {
		case errors.Is(err, io.EOF):
			r.sha256 = hex.EncodeToString(sum.Sum(nil))
			return r, nil
		case err != nil:
			return r, fmt.Errorf("the results file cannot be read: %w", err)
		}
	}
}

// readLine adds what is there up to the end of a line, that included.
func readLine(r *bufio.Reader, line []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// id is that of the answer under a name; "" = it has none.
func (r *results) id(key string) string {
	line, err := r.line(key)
	var shown struct{ ID string }
	if err != nil || json.Unmarshal(line, &shown) != nil {
		return ""
	}
	return shown.ID
}

// line reads the line of a name.
func (r *results) line(key string) ([]byte, error) {
	in, err := os.Open(r.file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	line := make([]byte, r.lines[key].length)
	_, err = in.ReadAt(line, r.lines[key].offset)
	return line, err
}

func (r *results) has(key, hash string) bool { return hash != "" && r.lines[key].hash == hash }

// answer reads the answer under a name, if it answers that request.
func (r *results) answer(k *Kind, key, hash string) (tftypes.Value, bool) {
	if !r.has(key, hash) {
		return nothing, false
	}
	line, err := r.line(key)
	if err != nil {
		return nothing, false
	}
	values, err := wire.Decode(k.Answer, line)
	if err != nil {
		return nothing, false
	}
	return k.object(values), true
}

// sameFile reports whether two paths are those of one file: spelled in two ways, or by a link.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	one, err := os.Stat(a)
	other, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(one, other)
}

// removeResults deletes the file of a set that is destroyed, unless it is no longer what the set wrote.
func removeResults(file, sha256 string) (changed bool, err error) {
	r, err := readResults(file, sha256)
	switch {
	case err != nil || len(r.lines) == 0:
		return false, err
	case r.sha256 != sha256:
		return true, nil
	}
	return false, os.Remove(file)
}
