package job

import (
	"context"
	"net/http"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
)

// RemoveFiles deletes the files of a batch: its results, and before them the input, if Submit has uploaded that. No Submit adopts the
// batch after that. What is not there is as good as deleted.
func RemoveFiles(ctx context.Context, c *client.Client, b Batch, apiKey string) error {
	ids := []string{b.OutputFileID, b.ErrorFileID}
	if b.Own() {
		ids = append([]string{b.InputFileID}, ids...)
	}
	t := Task{APIKey: apiKey}
	for _, id := range ids {
		if id == "" {
			continue
		}
		if err := t.remove(ctx, c, id); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes a file.
func (t Task) remove(ctx context.Context, c *client.Client, id string) error {
	err := object.Removed(c.Do(ctx, client.Request{Method: http.MethodDelete, Path: client.Path("files", id), APIKey: t.APIKey, Existing: true}))
	if gone, err := object.IsGone(ctx, c, err); !gone {
		return err
	}
	return nil
}
