package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// mostInState is how long a content may be that goes into the state, in bytes, where the user sets no limit.
const mostInState = 1 << 20

// mostInFile is how long a content may be that goes into a file, where the user sets no limit.
const mostInFile = 512 << 20

var reading = &object.Query{
	Type: "file_content", Failure: "Could not read the content of the file",
	Description: "The content of a file on the server: as text, in base64, or written to a file. It is read on each plan. OpenAI shows the content of some purposes only, such as `batch`, `batch_output` and `fine-tune`; not that of `assistants` or `user_data`.",
	Attributes: kinds.Declare(
		kinds.Attribute{Name: "file_id", Shape: kinds.String, Mode: kinds.Required, Local: true,
			Description: "The ID of the file.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "path", Shape: kinds.String, Local: true,
			Description: "Where to write the content, instead of `content` and `content_base64`: the state then has only its SHA-256. The folder must be there; a file that is there is replaced.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "max_bytes", Shape: kinds.Int64, Local: true,
			Description: "How long the content may be, in bytes; more is an error. By default 1 MiB, which is a lot for a state; with `path`, 512 MiB.", Validators: checks{kinds.AtLeast(1)}},
		kinds.Attribute{Name: "content", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The content as text. Null if it is not UTF-8, or if there is a `path`."},
		kinds.Attribute{Name: "content_base64", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The content in base64. Null if there is a `path`."},
		kinds.Attribute{Name: "sha256", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The SHA-256 of the content, in hexadecimal."},
		kinds.Attribute{Name: "bytes", Shape: kinds.Int64, Mode: kinds.Computed, Local: true,
			Description: "The size of the content in bytes."},
	),
	Read: readContent,
}

func readContent(ctx context.Context, c *client.Client, config wire.Fields) (wire.Values, error) {
	target, most := config.String("path"), int64(mostInState)
	if target != "" {
		most = mostInFile
	}
	if n := wire.Int(config.Get("max_bytes")); n > 0 {
		most = n
	}
	hash := sha256.New()
	text := tftypes.NewValue(tftypes.String, nil)
	values := wire.Values{"content": text, "content_base64": text}
	var size int64
	fetch := func(to io.Writer) error {
		got, err := c.Download(ctx, client.Request{Method: "GET", Path: client.Path("files", config.String("file_id"), "content"), Existing: true}, io.MultiWriter(to, hash), most)
		size = got.Bytes
		return err
	}
	if target != "" {
		if err := write(target, fetch); err != nil {
			return nil, err
		}
	} else {
		var body bytes.Buffer
		if err := fetch(&body); err != nil {
			return nil, err
		}
		values["content_base64"] = tftypes.NewValue(tftypes.String, base64.StdEncoding.EncodeToString(body.Bytes()))
		if utf8.Valid(body.Bytes()) {
			values["content"] = tftypes.NewValue(tftypes.String, body.String())
		}
	}
	values["sha256"] = tftypes.NewValue(tftypes.String, hex.EncodeToString(hash.Sum(nil)))
	values["bytes"] = tftypes.NewValue(tftypes.Number, size)
	return values, nil
}

// write has a file written whole or not at all.
func write(target string, fetch func(io.Writer) error) error {
	out, err := os.CreateTemp(filepath.Dir(target), ".openai-*")
	if err != nil {
		return fmt.Errorf("the file %s cannot be written: %w", target, err)
	}
	defer os.Remove(out.Name())
	if err := fetch(out); err != nil {
		_ = out.Close()
		return err
	}
	if err := errors.Join(out.Close(), os.Rename(out.Name(), target)); err != nil {
		return fmt.Errorf("the file %s cannot be written: %w", target, err)
	}
	return nil
}
