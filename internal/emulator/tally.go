package emulator

import (
	"context"
	"encoding/binary"
	"maps"
	"sync"
	"sync/atomic"
)

// tally counts what was answered.
type tally struct {
	mu      sync.Mutex
	bodies  map[string]int // by the body as canonical has it
	batched int
}

// answering counts an answer that is about to be made, and returns what tells it from all others.
func (s *Server) answering(ctx context.Context, counter *atomic.Uint64, body []byte) []byte {
	count := binary.BigEndian.AppendUint64(nil, counter.Add(1))
	line, asked := lineOf(ctx), canonical(body)
	s.answered.mu.Lock()
	defer s.answered.mu.Unlock()
	if s.answered.bodies == nil {
		s.answered.bodies = map[string]int{}
	}
	s.answered.bodies[asked]++
	if line == nil {
		return count
	}
	if counter == &s.made {
		s.answered.batched++
	}
	return line
}

// canonical is the body of a request in the one way in which bodies that ask for the same are written: compact, with
// members in alphabetical order, and without those that only say how the answer is to be delivered.
func canonical(body []byte) string {
	root, e := decodeObject(body)
	if e != nil {
		return string(body) // not reached: only what is valid is answered
	}
	drop(root, "stream", "stream_options")
	return compact(root)
}

// Answered returns how often each request was answered by a model, delivered or not, be it for itself or as a line of
// a batch, by its body. That is compact JSON with members in alphabetical order and without stream and
// stream_options. Moderations are among them, though they are free.
func (s *Server) Answered() map[string]int {
	s.workOnBatches(context.Background())
	s.answered.mu.Lock()
	defer s.answered.mu.Unlock()
	return maps.Clone(s.answered.bodies)
}

// MadeInBatches returns how many of the answers that Made counts were made in batches.
func (s *Server) MadeInBatches() int {
	s.workOnBatches(context.Background())
	s.answered.mu.Lock()
	defer s.answered.mu.Unlock()
	return s.answered.batched
}
