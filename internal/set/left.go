package set

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// submitter is what tells the applies of this set from those of others.
func (m *managed) submitter(config, prior wire.Fields) journal.Submitter {
	by := journal.Submitter{Scope: journal.Workspace(m.client.DataDirectory()) + " " + m.client.String()}
	by.Keys, _ = keys(config)
	if hashes, ok := prior.Text("request_hashes"); ok {
		sum := sha256.Sum256([]byte(hashes))
		by.State = hex.EncodeToString(sum[:])
	}
	return by
}

// findLeft finds what applies of this set have left which ended before a state had their batches. missing are the requests
// whose answers the state has not.
func (m *managed) findLeft(config, prior wire.Fields, missing []*entry) ([]*journal.Log, error) {
	if !m.kind.Batch || m.client == nil || answer.Replays(m.client) {
		return nil, nil
	}
	logs, err := journal.Left(journals(m.client), m.client.Clock().Now())
	if err != nil || len(logs) == 0 {
		return nil, err
	}
	names := map[string]bool{}
	for _, e := range missing {
		names[e.name] = true
	}
	return ofSet(logs, m.submitter(config, prior), names), nil
}

// ofSet are the logs of the applies of one set, oldest first: those that went on from its state or have one of its requests.
// Where there is none, all requests may have changed, and it is the only one that calls most of its requests as the set does.
func ofSet(logs []*journal.Log, by journal.Submitter, names map[string]bool) []*journal.Log {
	own, alike := map[string]bool{}, map[string]bool{}
	earlier := map[string][]string{}
	for _, l := range logs {
		if l.By.Scope != by.Scope {
			continue
		}
		earlier[l.Name()] = l.By.Earlier
		switch {
		case by.State != "" && l.By.State == by.State, asks(l, names):
			own[l.Name()] = true
		case by.State == "" && l.By.State == "" && mostIn(l.By.Keys, by.Keys):
			alike[l.Name()] = true
		}
	}
	for _, before := range earlier {
		for _, name := range before {
			delete(alike, name)
		}
	}
	if len(own) == 0 && len(alike) == 1 {
		own = alike
	}
	for _, l := range slices.Backward(logs) { // with what each of them had taken over
		if own[l.Name()] {
			for _, name := range earlier[l.Name()] {
				own[name] = true
			}
		}
	}
	return slices.DeleteFunc(logs, func(l *journal.Log) bool { return !own[l.Name()] })
}

// asks reports whether one of some requests was submitted.
func asks(l *journal.Log, names map[string]bool) bool {
	for _, s := range l.All {
		if slices.ContainsFunc(s.Requests, func(name string) bool { return names[name] }) {
			return true
		}
	}
	return false
}

// mostIn reports whether more than half of some texts are among others.
func mostIn(some, others []string) bool {
	n := 0
	for _, text := range some {
		if _, there := slices.BinarySearch(others, text); there {
			n++
		}
	}
	return 2*n > len(some)
}

// takeLeft takes up the batches of earlier applies: it waits for what is wanted of them, and cancels those of which
// nothing is wanted any more.
func (x *batching) takeLeft(ctx context.Context, h held, missing []*entry, todos map[string]*task) {
	all := tasks(missing)
	for _, l := range slices.Backward(x.left) {
		known := true
		for _, s := range slices.Backward(l.All) {
			if err := x.takeUp(ctx, h, s, all, todos); err != nil {
				known = false
			}
		}
		if known { // else the next apply looks again
			x.log.Takes([]*journal.Log{l})
		}
	}
}

// takeUp takes up the batch of a submission. Where it cannot be found out whether there is one, what may be in it fails.
func (x *batching) takeUp(ctx context.Context, h held, s journal.Submission, all []*task, todos map[string]*task) error {
	p := &part{todo: map[string]*task{}}
	for _, name := range s.Requests {
		if x.fresh[name] {
			p.todo[name] = todos[name]
		}
	}
	b, found, err := job.Find(ctx, x.client, x.apiKey(), s.Mark, s.At)
	switch {
	case err != nil:
		x.failAll(p, err)
	case !found, h.hasBatch(b.ID):
		return nil
	case len(p.todo) == 0:
		if !job.Taken(x.client, b.ID) { // by another set, whose it is
			x.giveUp(ctx, b, nil)
		}
	case job.Adopt(x.client, b.ID):
		p.wanted(s, all, b)
		x.under = append(x.under, p)
		x.takenUp = append(x.takenUp, b.ID+" ("+b.Status+")")
	default:
		return nil
	}
	for name := range p.todo {
		x.fresh[name] = false
	}
	return err
}

// wanted makes the part of a batch that was submitted.
func (p *part) wanted(s journal.Submission, all []*task, b job.Batch) {
	there := map[string]bool{}
	for _, name := range s.Requests {
		there[name] = true
	}
	var names []string
	for _, t := range all {
		if name := t.question.Name(); there[name] {
			p.all, names = append(p.all, t), append(names, name)
		}
	}
	_, attempt, _ := strings.Cut(s.Mark, "-")
	p.attempt, _ = strconv.Atoi(attempt)
	p.batch, p.found = b, b.Ended() || b.Status == job.StatusCancelling
	p.changed = !slices.Equal(names, s.Requests)
}

// giveUpOwn cancels the batches of the state of which nothing is wanted any more.
func (x *batching) giveUpOwn(ctx context.Context, h held) {
	for _, id := range x.idle {
		if job.Adopted(x.client, id) {
			continue
		}
		b, err := job.Get(ctx, x.client, id, x.apiKey())
		switch {
		case err == nil:
			x.giveUp(ctx, b, x.inBatch(x.prior, h, id))
		case !client.IsGone(err): // the next apply tries again
			tflog.Warn(ctx, "A batch could not be looked at", map[string]any{"batch": id, "error": err.Error()})
		}
	}
}

// unwanted are the batches that were under way when the state was written, and that have none of some requests.
func (h held) unwanted(entries []*entry) (ids []string) {
	wanted := map[string]bool{}
	for _, e := range entries {
		if e.name != "" {
			wanted[h.waits[e.hash()].batch] = true
		}
	}
	for _, v := range h.batches {
		if b := wire.Open(v); !job.Ended(b.String("status")) && !wanted[b.String("id")] {
			ids = append(ids, b.String("id"))
		}
	}
	return ids
}

// giveUp cancels a batch of which nothing is wanted. What it has answered is kept when it has ended: in the recordings what
// they can have. known is what is known of its requests.
func (x *batching) giveUp(ctx context.Context, b job.Batch, known map[string]*task) {
	if b.Ended() {
		x.under = append(x.under, &part{batch: b, unwanted: true, todo: known})
		return
	}
	now, err := b, error(nil)
	if b.Status != job.StatusCancelling {
		now, err = job.Cancel(ctx, x.client, b.ID, x.apiKey())
	}
	if client.IsGone(err) {
		return
	}
	if err != nil { // the next apply tries again
		tflog.Warn(ctx, "A batch could not be cancelled", map[string]any{"batch": b.ID, "error": err.Error()})
		now = b
	}
	x.givenUp = append(x.givenUp, fmt.Sprintf("%s (%s)", b.ID, now.Status))
	x.under = append(x.under, &part{batch: now, unwanted: true, todo: known})
}

// note writes down that a part is about to be submitted.
func (x *batching) note(p *part) error {
	s := journal.Submission{Mark: p.mark(journal.Workspace(x.client.DataDirectory())), At: x.client.Clock().Now(), Requests: p.names()}
	if x.log.Name() == "" {
		x.log.By = x.submitter(x.config, x.prior)
	}
	return x.log.Add(journals(x.client), s)
}

// hasBatch reports whether the state names a batch.
func (h held) hasBatch(id string) bool {
	for _, b := range h.batches {
		if wire.Open(b).String("id") == id {
			return true
		}
	}
	return false
}
