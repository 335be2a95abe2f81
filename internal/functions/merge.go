package functions

import "container/heap"

// part is a token that is growing: it goes from its own place in the piece to
// that of the next part.
type part struct{ previous, next int }

// pair is two parts beside each other that are a token of the vocabulary.
type pair struct {
	rank     uint32
	at, size int // place in the piece, and length, in bytes
}

// pairs is a heap: the lowest rank first, and of equal ones the first in the text.
type pairs []pair

func (p pairs) Len() int { return len(p) }

func (p pairs) Less(i, j int) bool {
	return p[i].rank < p[j].rank || p[i].rank == p[j].rank && p[i].at < p[j].at
}

func (p pairs) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

func (p *pairs) Push(x any) { *p = append(*p, x.(pair)) }

func (p *pairs) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// merge is how many tokens a piece has: it begins with single bytes, and makes
// one token of the pair with the lowest rank until no pair is a token. The time
// is that of sorting, as a piece can be a whole file without white space.
func (v *vocabulary) merge(piece string) int {
	parts := make([]part, len(piece)+1)
	for i := range parts {
		parts[i] = part{i - 1, i + 1}
	}
	var open pairs
	look := func(at int) (pair, bool) {
		if at < 0 || parts[at].next >= len(piece) {
			return pair{}, false
		}
		end := parts[parts[at].next].next
		rank, ok := v.ranks[piece[at:end]]
		return pair{rank, at, end - at}, ok
	}
	for i := range len(piece) {
		if p, ok := look(i); ok {
			open = append(open, p)
		}
	}
	heap.Init(&open)
	n := len(piece)
	for len(open) > 0 {
		p := heap.Pop(&open).(pair)
		second := parts[p.at].next
		if second < 0 || second >= len(piece) || parts[second].next != p.at+p.size {
			continue // one of the two has grown, or is gone
		}
		end := p.at + p.size
		parts[second] = part{-1, -1}
		parts[p.at].next = end
		parts[end].previous = p.at
		n--
		for _, at := range []int{parts[p.at].previous, p.at} {
			if found, ok := look(at); ok {
				heap.Push(&open, found)
			}
		}
	}
	return n
}
