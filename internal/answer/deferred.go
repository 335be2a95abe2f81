package answer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Deferred is how an answer is waited for that the server makes on its own time: it gives an ID at once, by which the
// answer is asked for until it is there. The managed resource notes the ID before it waits, so that whatever ends
// the wait, kill -9 included, the next apply waits for the same answer and pays for no other.
type Deferred struct {
	// Wanted reports whether the request asks for such an answer.
	Wanted func(arguments wire.Fields) bool

	// ID is that of an answer that is still to come, and Status what the server says of it; "" = the answer is there.
	ID func(body []byte) (id, status string)

	// Get asks how far it is.
	Get func(ctx context.Context, c *client.Client, id, apiKey string) (client.Answer, error)

	// Cancel ends the work on it. For one that has ended, it does nothing.
	Cancel func(ctx context.Context, c *client.Client, id, apiKey string) error
}

// lag is how long the server may not know an answer that it has just begun.
const lag = time.Minute

// Unfinished is the failure of a wait for an answer that the server goes on making.
type Unfinished struct {
	ID, Status string
	Noted      bool // the next apply waits for it
	Err        error
}

func (e *Unfinished) Error() string {
	return fmt.Sprintf("the answer %s is not there yet (status %q): %v", e.ID, e.Status, e.Err)
}

func (e *Unfinished) Unwrap() error { return e.Err }

// deferred makes the call whose answer comes later, or takes up one that was made before, and waits.
func (a asker) deferred(ctx context.Context, r request, progress func(string)) (client.Answer, error) {
	n, err := a.notes(r)
	if err != nil {
		return client.Answer{}, err
	}
	defer n.close()
	if id := n.find(); id != "" {
		answer, err := a.await(ctx, r, client.Answer{}, &Unfinished{ID: id, Status: "unknown", Noted: true}, time.Time{})
		if !client.IsGone(err) {
			return answer, err
		}
		n.forget() // it was deleted, or is too old: there is nothing left of what was paid for
	}
	made := a.client.Clock().Now()
	answer, err := a.call(ctx, r, progress)
	id, status := a.kind.Deferred.ID(answer.Body)
	if err != nil || id == "" {
		return answer, err
	}
	answer, err = a.await(ctx, r, answer, &Unfinished{ID: id, Status: status, Noted: n.keep(id, answer)}, made)
	n.settle(err)
	return answer, err
}

// await asks for an answer until it is there. made is when it was begun; zero = long ago.
func (a asker) await(ctx context.Context, r request, answer client.Answer, begun *Unfinished, made time.Time) (client.Answer, error) {
	first, clock := answer.RequestID, a.client.Clock()
	if a.process != nil {
		a.process.Claim(begun.ID)
	}
	for looks := 0; ; looks++ {
		if looks > 0 || !made.IsZero() { // what was begun long ago may be there
			rest := answer.PollAfter
			if rest <= 0 {
				rest = client.Pause(looks)
			}
			if err := clock.Sleep(ctx, rest); err != nil {
				begun.Err = ended(ctx)
				return client.Answer{}, begun
			}
		}
		next, err := a.kind.Deferred.Get(ctx, a.client, begun.ID, r.call.APIKey)
		switch {
		case client.IsGone(err) && !made.IsZero() && clock.Now().Sub(made) < lag: // it is not there yet
			continue
		case client.IsGone(err):
			return client.Answer{}, err
		case err != nil:
			begun.Err = errors.New(err.Error()) // in its words: it is not the failure of the call that began the answer
			return client.Answer{}, begun
		}
		if first != "" {
			next.RequestID = first
		}
		next.Body = a.client.Redact(r.call, next.Body)
		answer = next
		id, status := a.kind.Deferred.ID(answer.Body)
		if id == "" {
			return answer, nil
		}
		begun.Status = status
	}
}

// ended says why a wait ended: the time was over, or Terraform was stopped.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return errors.New("the operation was canceled")
}

// notes are what a managed resource knows of answers that were begun for a request.
type notes struct {
	process *area.Process
	journal *journal.Journal // nil = nothing is noted
	request string           // the first of the names by which it may be noted
	name    string           // by which it is
	forget  func()
}

// mostAlike is how many resources may wait for answers to the same request at a time.
const mostAlike = 1000

// each visits the names by which a request may be noted, one for each of several that ask the same, until found says so.
func (n *notes) each(found func(name string) bool) {
	for i, name := 0, n.request; i < mostAlike; i++ {
		if found(name) {
			n.name = name
			return
		}
		sum := sha256.Sum256([]byte(name))
		name = hex.EncodeToString(sum[:])
	}
}

// notes are ready to be written before anything is paid for.
func (a asker) notes(r request) (*notes, error) {
	n := &notes{process: a.process, forget: func() {}}
	if a.process == nil {
		return n, nil
	}
	var err error
	if n.request, err = r.noteName(journal.Workspace(a.client.DataDirectory())); err != nil {
		return nil, err
	}
	if n.journal, err = journal.Open(journal.Directory(a.client.DataDirectory()), a.client.Clock().Now()); err != nil {
		return nil, err
	}
	n.forget = func() { a.forget(func(e journal.Entry) bool { return e.Name == n.name }) }
	return n, n.journal.Ready()
}

// noteName is the request's without labels, which ask for nothing else. It sets notes about answers that are to come apart
// from answers to the same requests.
func (r request) noteName(workspace string) (string, error) {
	body, err := r.named()
	if err != nil {
		return "", err
	}
	q, err := recording.NewQuestion(r.kind.recordedEndpoint(), body, slices.Concat(r.kind.Delivery, r.kind.Labels), r.kind.triggers(r.arguments))
	if err != nil {
		return "", err
	}
	name := "deferred " + workspace + " " + q.Name()               // each workspace deletes its own
	if secrets, _ := r.kind.secrets(r.arguments); secrets != nil { // which a fast hash would give away to whoever guesses
		return hex.EncodeToString(hash([]*string{&name}, []byte(r.kind.Type))), nil
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:]), nil
}

// find is the ID of an answer that another process has begun and nobody in this one has taken up; "" = there is none.
func (n *notes) find() string {
	if n.journal == nil || n.journal.Empty() {
		return ""
	}
	id := ""
	n.each(func(name string) bool {
		if !n.journal.Has(name) || !n.process.Claim(name) {
			return false
		}
		entry, _ := n.journal.Find(name)
		id, _ = client.Answer{Body: entry.Body}.ID() // else it is none
		return id != ""
	})
	return id
}

// keep notes an answer that has been begun, which only another process takes up. It reports whether it could.
func (n *notes) keep(id string, answer client.Answer) bool {
	if n.journal == nil {
		return false
	}
	n.each(func(name string) bool { return !n.journal.Has(name) && n.process.Claim(name) })
	body, _ := json.Marshal(map[string]string{"id": id}) // text always encodes
	return n.journal.Keep(journal.Entry{Name: n.name, RequestID: answer.RequestID, Body: body}) == nil
}

// settle forgets an answer that will never come.
func (n *notes) settle(err error) {
	if client.IsGone(err) {
		n.close()
		n.forget()
	}
}

func (n *notes) close() {
	if n.journal != nil {
		n.journal.Close()
	}
}

// forget removes what is noted, as far as has says so.
func (a asker) forget(has func(journal.Entry) bool) {
	if a.kind.Deferred != nil && a.client != nil {
		journal.Forget(journal.Directory(a.client.DataDirectory()), has)
	}
}

// forgetAnswer removes the note about an answer that is there.
func (a asker) forgetAnswer(id string) {
	if id == "" {
		return
	}
	a.forget(func(e journal.Entry) bool {
		noted, err := client.Answer{Body: e.Body}.ID()
		return err == nil && noted == id
	})
}

// awaits reports whether an earlier apply has begun an answer to the request that is still to be collected.
func (a asker) awaits(arguments wire.Fields) bool {
	if a.kind.Deferred == nil || a.client == nil || !a.kind.Deferred.Wanted(arguments) {
		return false
	}
	r, err := a.kind.newRequest(arguments)
	if err != nil {
		return false
	}
	n := &notes{}
	if n.request, err = r.noteName(journal.Workspace(a.client.DataDirectory())); err != nil {
		return false
	}
	j, err := journal.Open(journal.Directory(a.client.DataDirectory()), a.client.Clock().Now())
	if err != nil || j.Empty() {
		return false
	}
	n.each(j.Has)
	return n.name != ""
}
