package content

import (
	"context"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// SendWith is Send with other limits than OpenAI's, in bytes.
func (u Upload) SendWith(ctx context.Context, c *client.Client, mostAtOnce, partSize int64) (client.Answer, error) {
	return uploader{mostAtOnce, partSize}.send(ctx, c, u)
}
