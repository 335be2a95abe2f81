package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// How much is kept of a form, in bytes.
const (
	keptForm  = 64 << 10  // of it as it was sent; of a longer one, keptHead of each part
	keptHead  = 1 << 10   //
	keptFile  = 512 << 10 // of a file; of a longer one, length and hash, unless it is the input of a batch
	keptField = 64 << 10
)

// blob is content, of which a long one is known by length and hash only.
type blob struct {
	size   int64
	sha256 [sha256.Size]byte
	data   []byte // nil if it is too long
}

// keptOf is how much is kept of a file, in bytes.
func keptOf(purpose any) int64 {
	if purpose == "batch" {
		return maxBatchFile
	}
	return keptFile
}

// newBlob is data, known by length and hash only if that is longer than so many bytes.
func newBlob(data []byte, keep int64) blob {
	b := blob{size: int64(len(data)), sha256: sha256.Sum256(data), data: data}
	if b.size > keep {
		b.data = nil
	}
	return b
}

// form is a body in multipart/form-data.
type form struct{ parts []*formPart }

type formPart struct {
	name, filename string
	header         textproto.MIMEHeader
	head           []byte // the first keptHead bytes
	content        blob
}

// sentBody is the body of a request as it is recorded.
type sentBody struct {
	bytes int64 // as sent
	kept  []byte
	form  *form // nil if it is none
}

// readBody reads the body of a request. What is wrong with it is in the error, beside what could be read.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) (sentBody, error) {
	mediaType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "multipart/form-data" || parameters["boundary"] == "" {
		kept, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		return sentBody{bytes: int64(len(kept)), kept: kept}, err
	}
	limit := s.maxFile() + maxBody
	raw := &opening{limit: keptForm}
	in := io.TeeReader(http.MaxBytesReader(w, r.Body, limit), raw)
	f, err := readForm(multipart.NewReader(in, parameters["boundary"]))
	if err == nil {
		_, err = io.Copy(io.Discard, in)
	}
	b := sentBody{bytes: raw.size, kept: raw.data, form: f}
	if raw.size > keptForm {
		b.kept = f.shortened(parameters["boundary"])
	}
	return b, err
}

// opening keeps the beginning of what is written and counts the rest.
type opening struct {
	data        []byte
	size, limit int64
}

func (o *opening) Write(p []byte) (int, error) {
	o.data = append(o.data, p[:max(0, min(int64(len(p)), o.limit-o.size))]...)
	o.size += int64(len(p))
	return len(p), nil
}

func readForm(in *multipart.Reader) (*form, error) {
	f := &form{}
	for {
		part, err := in.NextRawPart()
		if err == io.EOF { // a form that is torn ends with one that is wrapped
			f.forget()
			return f, nil
		}
		if err != nil {
			return f, err
		}
		p := &formPart{name: part.FormName(), filename: part.FileName(), header: part.Header}
		f.parts = append(f.parts, p)
		if err := p.read(part); err != nil {
			return f, err
		}
	}
}

// forget forgets the file if it turns out that it is longer than it is worth: the purpose may come after it.
func (f *form) forget() {
	file, purpose := f.part("file"), f.part("purpose")
	if file != nil && purpose != nil && file.content.size > keptOf(string(purpose.content.data)) {
		file.content.data = nil
	}
}

// read reads a part. The part of an upload is kept until that is complete, and a file if it is not too long.
func (p *formPart) read(in io.Reader) error {
	keep := int64(keptField)
	switch p.name {
	case "file":
		keep = keptFile
		if strings.HasSuffix(p.filename, ".jsonl") {
			keep = maxBatchFile
		}
	case "data":
		keep = maxPart
	}
	sum, raw := sha256.New(), &opening{data: []byte{}, limit: keep} // an empty file is kept as well
	_, err := io.Copy(io.MultiWriter(sum, raw), in)
	p.head = bytes.Clone(raw.data[:min(len(raw.data), keptHead)])
	p.content = blob{size: raw.size, sha256: [sha256.Size]byte(sum.Sum(nil)), data: raw.data}
	if raw.size > keep {
		p.content.data = nil
	}
	return err
}

// shortened is the form with the beginnings of its parts only.
func (f *form) shortened(boundary string) []byte {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if w.SetBoundary(boundary) != nil {
		return nil
	}
	for _, p := range f.parts {
		part, err := w.CreatePart(p.header)
		if err == nil {
			_, err = part.Write(p.head)
		}
		if err != nil {
			return nil // not reached: a buffer takes everything
		}
	}
	_ = w.Close() // the same
	return out.Bytes()
}

// part returns the part of a name, or nil.
func (f *form) part(name string) *formPart {
	for _, p := range f.parts {
		if p.name == name {
			return p
		}
	}
	return nil
}

// values is the form as JSON would have it, by the shape that it is to have: a[b] is a member of a, a file is a text.
func (f *form) values(of *shape) map[string]any {
	out := map[string]any{}
	for _, p := range f.parts {
		name, inner, nested := strings.Cut(p.name, "[")
		at, field := out, of.fields[name]
		if nested {
			inside, _ := out[name].(map[string]any)
			if inside == nil {
				inside = map[string]any{}
				out[name] = inside
			}
			name, at = strings.TrimSuffix(inner, "]"), inside
			if field != nil {
				field = field.fields[name]
			}
		}
		at[name] = p.value(field)
	}
	return out
}

func (p *formPart) value(field *shape) any {
	if p.filename != "" {
		return p.filename
	}
	text := string(p.content.data)
	if field != nil && field.kind == kindInteger {
		if _, err := strconv.ParseInt(text, 10, 64); err == nil {
			return json.Number(text)
		}
	}
	return text
}
