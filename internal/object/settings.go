package object

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type checks = []validator.Describer

// defaultTimeout is how long a change may take in all, waits and retries included.
const defaultTimeout = 20 * time.Minute

// timeouts are a setting of each resource.
var timeouts = kinds.Declare(kinds.Attribute{Name: "timeouts", Shape: kinds.Object, Block: true, Local: true,
	Description: "How long Terraform waits, retries included.",
	Fields: kinds.Declare(
		timeout("create", "to be created, and to be usable where that takes time"),
		timeout("update", "to be updated"),
		timeout("delete", "to be deleted"),
	)})

func timeout(name, text string) kinds.Attribute {
	return kinds.Attribute{Name: name, Shape: kinds.String, Local: true, Validators: checks{kinds.Duration()},
		Description: "How long the object may take " + text + ", such as `90s` or `10m`. Default: `20m`."}
}

// within limits the time of a change to what the user allows for it. until is when that ends, by a clock.
func within(ctx context.Context, c *client.Client, arguments wire.Fields, change string) (limited context.Context, until deadline, cancel context.CancelFunc) {
	limit := defaultTimeout
	if fields := arguments.Open("timeouts"); !fields.Absent() {
		if d, err := time.ParseDuration(fields.String(change)); err == nil {
			limit = d
		}
	}
	limited, cancel = client.WithTimeLimit(ctx, "timeouts."+change, limit)
	until = deadline{setting: "timeouts." + change, limit: limit}
	if c != nil {
		until.at = c.Clock().Now().Add(limit)
	}
	return limited, until, cancel
}

// deadline is when the time for a change ends.
type deadline struct {
	setting string
	limit   time.Duration
	at      time.Time
}

// Error says that it has been reached.
func (d deadline) Error() string {
	return fmt.Sprintf("the time allowed for it, %s (%s), ran out. Allow more time in the timeouts block", d.setting, d.limit)
}
