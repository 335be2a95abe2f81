package acctest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// SkipWaits is a variable for Dir.With: the provider's waits before it sends a request
// again take no time, and are written to the file, for Waits.
func SkipWaits(file string) string { return clockVariable + "=" + file }

// Waits reads the waits that were written to the file since it was last read.
func Waits(t testing.TB, file string) []time.Duration {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(file))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	var waits []time.Duration
	for _, line := range strings.Fields(string(text)) {
		wait, err := time.ParseDuration(line)
		if err != nil {
			t.Fatal(err)
		}
		waits = append(waits, wait)
	}
	return waits
}

// hasty is a clock that jumps ahead in place of waiting.
type hasty struct {
	file  string
	ahead atomic.Int64
}

func (c *hasty) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *hasty) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	file, err := os.OpenFile(c.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	c.ahead.Add(int64(d))
	_, err = file.WriteString(d.String() + "\n")
	return err
}

// Clock is a clock that a provider in process and its emulator go by. It stands still but where it is waited for or
// moved on.
type Clock struct {
	Waiting func() // is told of each wait, before it is over; nil = nothing

	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

// NewClock returns a clock.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)} }

// Adjust has a provider go by the clock.
func (c *Clock) Adjust(s *client.Settings) { s.Clock = c }

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the clock on at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if c.Waiting != nil {
		c.Waiting()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waits = append(c.waits, d)
	return nil
}

// Pass moves the clock on.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Waits are the waits since it was last asked.
func (c *Clock) Waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	waits := c.waits
	c.waits = nil
	return waits
}
