package content

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// OpenAI's limits: of a file that is uploaded in one piece, of one that is uploaded in parts, and of a part. In bytes.
const (
	mostAtOnce  = 512 << 20
	mostInParts = 8 << 30
	partSize    = 64 << 20
)

// partsAtOnce is how many parts are on their way at a time.
const partsAtOnce = 4

// uploader uploads contents. Tests have smaller parts.
type uploader struct{ mostAtOnce, partSize int64 }

// Upload is a file that is to be made of a content.
type Upload struct {
	Source
	SHA256  string // that was planned, in hexadecimal; "" = any
	Name    string // of the file; "" = the source's
	Purpose string
	Anchor  string // of the time after which the file expires; "" = it does not
	Seconds int64  // how long that is
}

// Send uploads the content, in one piece or in parts, and returns the file as the server shows it. Sending it twice makes
// two files and costs nothing, so it is sent again if an answer is lost.
func (u Upload) Send(ctx context.Context, c *client.Client) (client.Answer, error) {
	return uploader{mostAtOnce, partSize}.send(ctx, c, u)
}

func (by uploader) send(ctx context.Context, c *client.Client, u Upload) (client.Answer, error) {
	size, err := u.size()
	if err != nil {
		return client.Answer{}, err
	}
	if size == 0 {
		return client.Answer{}, errors.New("the content is empty, and the server takes no empty file")
	}
	if u.Name == "" {
		u.Name = u.Source.Name()
	}
	if size > by.mostAtOnce {
		return by.inParts(ctx, c, u, size)
	}
	fields := []client.Field{{Name: "purpose", Value: u.Purpose}}
	if u.Anchor != "" {
		fields = append(fields,
			client.Field{Name: "expires_after[anchor]", Value: u.Anchor},
			client.Field{Name: "expires_after[seconds]", Value: strconv.FormatInt(u.Seconds, 10)})
	}
	return c.Do(ctx, client.Request{Method: http.MethodPost, Path: "files", Repeatable: true, Form: &client.Form{
		Fields: fields, Name: "file", FileName: u.Name, ContentType: mediaType(u.Name), Size: size,
		Open: func() (io.ReadCloser, error) { return u.checked(size, u.SHA256) },
	}})
}

// inParts uploads a content piece by piece, several at a time, and returns the file that they make.
func (by uploader) inParts(ctx context.Context, c *client.Client, u Upload, size int64) (client.Answer, error) {
	if size > mostInParts {
		return client.Answer{}, fmt.Errorf("the content has %d bytes, and the server takes no file of more than 8 GB", size)
	}
	begin := map[string]any{"filename": u.Name, "purpose": u.Purpose, "bytes": size, "mime_type": mediaType(u.Name)}
	if u.Anchor != "" {
		begin["expires_after"] = map[string]any{"anchor": u.Anchor, "seconds": u.Seconds}
	}
	answer, err := post(ctx, c, begin, "uploads")
	if err != nil {
		return answer, err
	}
	begun, err := answer.ID()
	if err != nil {
		return client.Answer{}, err
	}
	ids, sum, err := by.parts(ctx, c, u, begun, size)
	if err != nil {
		return client.Answer{}, err
	}
	answer, err = post(ctx, c, map[string]any{"part_ids": ids, "md5": sum}, "uploads", begun, "complete")
	if err != nil {
		return answer, err
	}
	var done struct{ File json.RawMessage }
	if err := json.Unmarshal(answer.Body, &done); err != nil || len(done.File) == 0 {
		return client.Answer{}, errors.New("the upload is complete, but the server's answer has no file")
	}
	answer.Body = done.File
	return answer, nil
}

// parts uploads the parts, and returns their IDs in order, and the MD5 of the whole content.
func (by uploader) parts(ctx context.Context, c *client.Client, u Upload, upload string, size int64) (ids []string, sum string, err error) {
	ids = make([]string, (size+by.partSize-1)/by.partSize)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(partsAtOnce + 1)
	group.Go(func() (err error) {
		var planned string
		if sum, planned, err = u.sums(); err == nil && u.SHA256 != "" && u.SHA256 != planned {
			return errChanged
		}
		return err
	})
	for i := range ids {
		group.Go(func() error {
			start := int64(i) * by.partSize
			length := min(by.partSize, size-start)
			answer, err := c.Do(ctx, client.Request{
				Method: http.MethodPost, Path: client.Path("uploads", upload, "parts"), Existing: true, Repeatable: true,
				Form: &client.Form{Name: "data", FileName: "part", ContentType: "application/octet-stream", Size: length,
					Open: func() (io.ReadCloser, error) { return u.section(start, length) }},
			})
			if err != nil {
				return err
			}
			ids[i], err = answer.ID()
			return err
		})
	}
	return ids, sum, group.Wait()
}

func post(ctx context.Context, c *client.Client, body map[string]any, path ...string) (client.Answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return client.Answer{}, err
	}
	return c.Do(ctx, client.Request{Method: http.MethodPost, Path: client.Path(path...), Body: text, Repeatable: true})
}

// mediaType is what a name says of the format.
func mediaType(name string) string {
	if t := mime.TypeByExtension(filepath.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
