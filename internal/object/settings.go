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

// defaultTimeout is how long a change may take in all, waits and retries included, where neither the user nor the kind says.
const defaultTimeout = 20 * time.Minute

// timeouts are a setting of each resource. patience is how long a create or an update may take by default.
func timeouts(patience time.Duration) kinds.Attributes {
	return kinds.Declare(kinds.Attribute{Name: "timeouts", Shape: kinds.Object, Block: true, Local: true,
		Description: "How long Terraform waits, retries included.",
		Fields: kinds.Declare(
			timeout("create", "to be created, and to be usable where that takes time", patience),
			timeout("update", "to be updated", patience),
			timeout("delete", "to be deleted", defaultTimeout),
		)})
}

func timeout(name, text string, otherwise time.Duration) kinds.Attribute {
	long := fmt.Sprintf("%dm", otherwise/time.Minute)
	if otherwise%time.Hour == 0 {
		long = fmt.Sprintf("%dh", otherwise/time.Hour)
	}
	return kinds.Attribute{Name: name, Shape: kinds.String, Local: true, Validators: checks{kinds.Duration()},
		Description: "How long the object may take " + text + ", such as `90s` or `10m`. Default: `" + long + "`."}
}

// within limits the time of a change to what the user allows for it, or else to limit. until is when that ends, by a clock.
func within(ctx context.Context, c *client.Client, arguments wire.Fields, change string, limit time.Duration) (limited context.Context, until deadline, cancel context.CancelFunc) {
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
	return context.WithValue(limited, deadlineKey{}, until), until, cancel
}

type deadlineKey struct{}

// TimeLeft is how much of the time is left, by the client's clock, that the user allows for the change that a function of a
// kind is called for.
func TimeLeft(ctx context.Context, c *client.Client) time.Duration {
	until, _ := ctx.Value(deadlineKey{}).(deadline)
	return until.at.Sub(c.Clock().Now())
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
