package area_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
)

// moments is a clock whose moments the test ends.
type moments chan chan time.Time

func (m moments) after(time.Duration) <-chan time.Time {
	over := make(chan time.Time, 1)
	m <- over
	return over
}

func tell(ctx context.Context, c *area.Calls, n int) <-chan []area.Call {
	told := make(chan []area.Call, 1)
	end := c.Begin()
	go func() {
		defer end()
		calls, _ := c.Tell(ctx, area.Call{Input: n})
		told <- calls
	}()
	return told
}

// However many have something to say, one says it, when nothing stirs any more.
func TestCalls_theLastTellsAll(t *testing.T) {
	t.Parallel()
	clock := make(moments, 100)
	c := &area.Calls{After: clock.after}
	c.Add(area.Call{From: area.Recorded})
	first := tell(t.Context(), c, 1)
	<-clock // it waits
	second := tell(t.Context(), c, 2)
	if got := <-first; got != nil {
		t.Errorf("the first tells %v", got)
	}
	(<-clock) <- time.Time{}
	if got := <-second; len(got) != 3 || got[2].Input != 2 {
		t.Errorf("the second tells %v", got)
	}
	later := tell(t.Context(), c, 3)
	(<-clock) <- time.Time{}
	if got := <-later; len(got) != 1 || got[0].Input != 3 {
		t.Errorf("the one that comes later tells %v", got)
	}
}

// While another resource is planned, which may ask as well, nobody speaks.
func TestCalls_waitsForPlansUnderWay(t *testing.T) {
	t.Parallel()
	clock := make(moments, 100)
	c := &area.Calls{After: clock.after}
	end := c.Begin()
	told := tell(t.Context(), c, 1)
	c.Stir()
	select {
	case <-clock:
		t.Error("it takes the plan for complete")
	default:
	}
	end()
	over := <-clock
	c.Stir() // Terraform is still at work: the moment begins anew
	over <- time.Time{}
	(<-clock) <- time.Time{}
	if got := <-told; len(got) != 1 {
		t.Errorf("it tells %v", got)
	}
}

// Who stops the provider waits for nothing.
func TestCalls_endsWithItsContext(t *testing.T) {
	t.Parallel()
	c := &area.Calls{}
	defer c.Begin()()
	ctx, cancel := context.WithCancel(t.Context())
	told := tell(ctx, c, 1)
	cancel()
	if got := <-told; len(got) != 1 {
		t.Errorf("it tells %v", got)
	}
}

// Each is told once.
func TestCalls_tellsEachOnce(t *testing.T) {
	t.Parallel()
	c := &area.Calls{After: func(time.Duration) <-chan time.Time {
		over := make(chan time.Time, 1)
		over <- time.Time{}
		return over
	}}
	var wg sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for n := range 100 {
		wg.Go(func() {
			defer c.Begin()()
			calls, _ := c.Tell(t.Context(), area.Call{Input: n})
			mu.Lock()
			defer mu.Unlock()
			for _, call := range calls {
				sum += call.Input
			}
		})
	}
	wg.Wait()
	if sum != 99*100/2 {
		t.Errorf("the sum is %d", sum)
	}
}

// With -parallelism=1 each is planned alone, and a plan of many must not wait a moment for each.
func TestCalls_waitsLessWhereEachIsAlone(t *testing.T) {
	t.Parallel()
	var waited []time.Duration
	c := &area.Calls{After: func(d time.Duration) <-chan time.Time {
		waited = append(waited, d)
		over := make(chan time.Time, 1)
		over <- time.Time{}
		return over
	}}
	for range 500 {
		<-tell(t.Context(), c, 1)
	}
	var sum time.Duration
	for _, d := range waited {
		sum += d
	}
	if len(waited) != 500 || sum > 3*time.Second {
		t.Errorf("%d waits, %s in all", len(waited), sum)
	}
	c.Add(area.Call{From: area.Recorded})
	<-tell(t.Context(), c, 1)
	<-tell(t.Context(), c, 1)
	if last := waited[len(waited)-1]; last != waited[0] {
		t.Errorf("the wait is %s after several were told together, want %s", last, waited[0])
	}
}

// What is said of a new resource may be the second plan of a replacement, which Terraform drops. So one that is
// there speaks for those that come after it as well.
func TestCalls_oneThatIsThereSpeaks(t *testing.T) {
	t.Parallel()
	clock := make(moments, 100)
	c := &area.Calls{After: clock.after}
	told := make(chan []area.Call, 1)
	lateOnes := make(chan bool, 1)
	end := c.Begin()
	go func() {
		defer end()
		calls, later := c.Tell(t.Context(), area.Call{Again: true})
		told <- calls
		lateOnes <- later
	}()
	<-clock // it waits
	if got := <-tell(t.Context(), c, 1); got != nil {
		t.Errorf("the new one tells %v", got)
	}
	for {
		select {
		case over := <-clock:
			over <- time.Time{}
			continue
		case got := <-told:
			if len(got) != 2 || <-lateOnes {
				t.Errorf("the one that is there tells %v", got)
			}
		}
		break
	}
	end = c.Begin()
	go func() {
		defer end()
		_, later := c.Tell(t.Context(), area.Call{})
		lateOnes <- later
	}()
	(<-clock) <- time.Time{}
	if !<-lateOnes {
		t.Error("the next one is not told to be later")
	}
}
