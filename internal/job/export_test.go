package job

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// ReadResult reads a line of the results.
func ReadResult(c *client.Client, line []byte, secrets ...string) Result {
	return result(c, client.Request{Secrets: secrets}, line)
}

// Lines is the writer that hands over lines.
func Lines(each func([]byte) error) (write func([]byte) error, again func(), end func() error) {
	l := &lines{each: each}
	return func(p []byte) error {
		_, err := l.Write(p)
		return err
	}, l.again, l.end
}
