package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

func TestLimits_ofAClass(t *testing.T) {
	t.Parallel()
	base, hits := serve(t, answer(200, jsonType, `{"id":"x"}`))
	c := newClient(t, client.Settings{BaseURL: base})
	attach := client.Request{
		Method: "POST", Path: client.Path("vector_stores", "vs_1", "files"), Body: []byte(`{}`),
		Limits: []client.Limit{{Key: "vector store vs_1", PerMinute: 1}},
	}
	if _, err := c.Do(t.Context(), attach); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := c.Do(ctx, attach)
	contains(t, problem(t, err, client.Deadline).Detail(), "Nothing was sent", "the limit of 1 requests a minute for vector store vs_1", "timeouts block")
	attach.Limits[0].Key = "vector store vs_2"
	if _, err := c.Do(ctx, attach); err != nil || hits.Load() != 2 {
		t.Errorf("another store is held up: %v", err)
	}
}
