package job

import (
	"iter"
)

// Size is what a request takes of the limits of a batch.
type Size struct {
	Model  string
	Bytes  int64 // of its line, as LineBytes counts them
	Tokens int64 // of its prompt; 0 = not known
}

// Limits are what one batch takes. 0 = OpenAI's limit for Lines and Bytes, and none for Tokens.
type Limits struct {
	Lines  int
	Bytes  int64
	Tokens int64
}

// Split puts requests into batches of one model each that keep to some limits: the indexes of those of each batch, in
// their order. The batches are in the order of their first requests. A request that is over the limits by itself has a
// batch of its own.
func Split(sizes iter.Seq[Size], most Limits) [][]int {
	if most.Lines <= 0 {
		most.Lines = MaxLines
	}
	if most.Bytes <= 0 {
		most.Bytes = MaxBytes
	}
	var parts [][]int
	type open struct {
		part int
		size Size
	}
	last := map[string]open{} // of each model
	i := 0
	for size := range sizes {
		now, there := last[size.Model]
		sum := Size{size.Model, now.size.Bytes + size.Bytes, now.size.Tokens + size.Tokens}
		if !there || len(parts[now.part]) >= most.Lines || sum.Bytes > most.Bytes || most.Tokens > 0 && sum.Tokens > most.Tokens {
			now, sum = open{part: len(parts)}, size
			parts = append(parts, nil)
		}
		parts[now.part] = append(parts[now.part], i)
		now.size = sum
		last[size.Model] = now
		i++
	}
	return parts
}
