package content

import (
	"crypto/md5" //nolint:gosec // the API's choice, to find out whether all has arrived
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Source is a content that is to be uploaded.
type Source struct {
	Argument string // that has it; "" = it is not known yet, or there is none
	path     string // of the file; "" = it is text
	text     string
}

// Arguments are those of which one has the content.
var Arguments = []string{"source", "content", "content_base64", "content_wo"}

// Of finds the content in a configuration that has some of Arguments. An error is about the value of the argument,
// and says what to do.
func Of(config wire.Fields) (s Source, err error) {
	for _, name := range Arguments {
		if !config.Has(name) || config.Get(name).IsNull() {
			continue
		}
		text, known := config.Text(name)
		if !known {
			return Source{}, nil
		}
		s = Source{Argument: name, text: text}
		switch name {
		case "source":
			s.path, s.text = text, ""
		case "content_base64":
			decoded, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return s, fmt.Errorf("the text is not base64: %w. Use filebase64(\"…\") or base64encode(…) to make it", err)
			}
			s.text = string(decoded)
		}
		return s, nil
	}
	return Source{}, nil
}

// Open opens the content for reading.
func (s Source) Open() (io.ReadCloser, error) {
	if s.path == "" {
		return io.NopCloser(strings.NewReader(s.text)), nil
	}
	info, err := os.Stat(s.path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder. Upload the files in it one by one: for_each = fileset(%q, \"**\")", s.path, s.path)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file, but a pipe or a device", s.path)
	}
	return os.Open(s.path)
}

// Digest is the SHA-256, in hexadecimal, and the size of the content in bytes.
func (s Source) Digest() (sum string, size int64, err error) {
	in, err := s.Open()
	if err != nil {
		return "", 0, unreadable(s.path, err)
	}
	defer in.Close()
	hash := sha256.New()
	if size, err = io.Copy(hash, in); err != nil {
		return "", 0, unreadable(s.path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), size, nil
}

// size is the size of the content in bytes.
func (s Source) size() (int64, error) {
	if s.path == "" {
		return int64(len(s.text)), nil
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, unreadable(s.path, err)
	}
	return info.Size(), nil
}

// checked opens a content of some size and SHA-256. A content that has another one is an error instead of its last bytes.
func (s Source) checked(size int64, sum string) (io.ReadCloser, error) {
	in, err := s.Open()
	if err != nil || sum == "" {
		return in, err
	}
	return &checked{in, sha256.New(), size, sum}, nil
}

// errChanged is what a content has for an error that is not what was planned.
var errChanged = errors.New("the content has changed since it was planned: plan and apply again")

type checked struct {
	io.ReadCloser
	hash hash.Hash
	left int64
	sum  string
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.hash.Write(p[:n])
	c.left -= int64(n)
	if c.left <= 0 && n > 0 && hex.EncodeToString(c.hash.Sum(nil)) != c.sum {
		return 0, errChanged
	}
	return n, err
}

// unreadable says why a file cannot be read, and what to do.
func unreadable(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s (paths are relative to the folder that Terraform runs in: use \"${path.module}/…\"). "+
			"If another resource of this configuration writes the file, use its content instead: content = local_file.x.content", path)
	}
	var at *fs.PathError
	if !errors.As(err, &at) {
		return err
	}
	return fmt.Errorf("the file %s cannot be read: %w", path, at.Err)
}

// Name is the name that the file has by default; "" = none.
func (s Source) Name() string {
	if s.path == "" {
		return ""
	}
	return filepath.Base(s.path)
}

// section opens a part of the content.
func (s Source) section(start, length int64) (io.ReadCloser, error) {
	in, err := s.Open()
	if err != nil {
		return nil, unreadable(s.path, err)
	}
	if seeker, ok := in.(io.Seeker); ok {
		_, err = seeker.Seek(start, io.SeekStart)
	} else {
		_, err = io.CopyN(io.Discard, in, start)
	}
	if err != nil {
		_ = in.Close()
		return nil, unreadable(s.path, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(in, length), in}, nil
}

// sums are the MD5 and the SHA-256 of the content, in hexadecimal.
func (s Source) sums() (forServer, planned string, err error) {
	in, err := s.Open()
	if err != nil {
		return "", "", unreadable(s.path, err)
	}
	defer in.Close()
	short, long := md5.New(), sha256.New() //nolint:gosec // see above
	if _, err := io.Copy(io.MultiWriter(short, long), in); err != nil {
		return "", "", unreadable(s.path, err)
	}
	return hex.EncodeToString(short.Sum(nil)), hex.EncodeToString(long.Sum(nil)), nil
}

// CheckName refuses what is no name of a file. Servers leave out folders, and what cannot be printed, or write it in another way, so
// that the file would never have the name that it should.
func CheckName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, `/\`) || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("%q is no name of a file: leave out folders, line breaks and the like", name)
	}
	return nil
}
