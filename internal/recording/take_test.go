package recording

import "context"

// Asked is what asking gave.
type Asked struct {
	Answer   Answer
	Unusable []string // why it must not be given again; nil = it may
}

// Take is Begin for a caller whose way of asking fits in one function: it asks, keeps what
// came and closes the slot. An answer that comes with an error is kept like one that is
// unusable, and the next one asks again.
func (s *Store) Take(ctx context.Context, q Question, ask func(context.Context) (Asked, error)) (Taken, error) {
	taken, slot, err := s.Begin(ctx, q)
	if slot == nil {
		return taken, err
	}
	defer slot.Close()
	asked, err := ask(ctx)
	if len(asked.Answer.Body) == 0 {
		slot.Fail(err, false)
		return Taken{}, err
	}
	if err == nil {
		return slot.Keep(asked.Answer, asked.Unusable), nil
	}
	if asked.Unusable == nil {
		asked.Unusable = []string{err.Error()}
	}
	taken = slot.Keep(asked.Answer, asked.Unusable)
	slot.Fail(err, false)
	return taken, err
}
