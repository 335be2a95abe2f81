package vectorstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/content"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// How documents are brought into a store: so many uploads and deletions at a time, so many files attached with one call
// (OpenAI takes 2,000), and so many failures after which no more uploads begin.
const (
	callsAtOnce   = 8
	filesAtOnce   = 500
	mostFailures  = 20
	namedFailures = 10 // in an error

	// changesPerMinute is how many files of one store OpenAI lets change, attach or detach in a minute.
	changesPerMinute = 300
)

// The attributes by which a file in a store is known to be a document of ours.
const (
	documentMark = "terraform_document" // its name
	sumMark      = "terraform_sha256"   // its content, and the strategy by which it was cut, where there is one
	resourceMark = "terraform_resource" // the name of the resource, where that has one
	ownerMark    = "terraform_owner"    // the resource that deletes it
)

// marks are all of them.
var marks = []string{documentMark, sumMark, resourceMark, ownerMark}

// The status of a document: the server's words, and one for what is not in the store yet.
const (
	statusUploaded  = "uploaded"
	statusPending   = "in_progress"
	statusCompleted = "completed"
	statusFailed    = "failed"
	statusCancelled = "cancelled"
)

// entry is what the state has of a document.
type entry struct {
	FileID     string `json:"file_id"`
	Filename   string `json:"filename"`
	SHA256     string `json:"sha256"`
	Attributes string `json:"attributes"`
	Status     string `json:"status"`
	Error      string `json:"error,omitempty"`
}

func (e entry) values() wire.Values {
	return wire.Values{"file_id": text(e.FileID), "filename": text(e.Filename), "sha256": text(e.SHA256),
		"attributes": text(e.Attributes), "status": text(e.Status), "error": text(e.Error)}
}

// entries reads what the state has.
func entries(files tftypes.Value) map[string]entry {
	all := map[string]entry{}
	for name, v := range wire.Entries(files) {
		f := wire.Open(v)
		if !f.Absent() {
			all[name] = entry{f.String("file_id"), f.String("filename"), f.String("sha256"), f.String("attributes"), f.String("status"), f.String("error")}
		}
	}
	return all
}

// work brings the documents of a configuration into a store. It is for one goroutine, but for what mu guards.
type work struct {
	client   *client.Client
	store    string
	resource string          // the name of the resource; "" = it has none
	owner    string          // what tells this resource from any other
	strategy json.RawMessage // nil = the server's
	want     map[string]*document

	mu       sync.Mutex
	have     map[string]entry
	old      map[string]string // files that others have taken the place of, with the name of the document; "" = none
	failures map[string]error
}

func newWork(c *client.Client, planned, config wire.Fields, have map[string]entry) (*work, error) {
	want, _, err := documentsOf(config)
	if err != nil {
		return nil, err
	}
	w := &work{client: c, store: planned.String("vector_store_id"), resource: planned.String("name"), owner: planned.String("owner"),
		want: want, have: have, old: map[string]string{}, failures: map[string]error{}}
	if w.owner == "" {
		w.owner = rand.Text()
	}
	if v := planned.Get(strategy); !v.IsNull() {
		body, err := wire.Encode(kinds.Declare(chunking("", true)), wire.FieldsOf(wire.Values{strategy: v}))
		if err != nil {
			return nil, err
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			return nil, err
		}
		w.strategy = members[strategy]
	}
	for name, e := range entries(planned.Get("files")) {
		if d := want[name]; d != nil {
			d.sha256 = e.SHA256 // it is held against the content when that is uploaded
		}
	}
	maps.Copy(w.failures, digest(want))
	for name := range have {
		w.name(name)
	}
	return w, nil
}

// run does what there is to do. What has come about is in have, also where it returns an error.
func (w *work) run(ctx context.Context) error {
	var names []string
	for name, d := range w.want {
		if e, there := w.have[name]; w.failures[name] == nil && slices.Contains([]task{upload, attach, await}, d.task(e, there)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var batches []string
	var err error
	for group := range slices.Chunk(names, filesAtOnce) {
		w.upload(ctx, group)
		var batch string
		if batch, err = w.attach(ctx, group); err != nil {
			break
		}
		if batch != "" {
			batches = append(batches, batch)
		}
		tflog.Info(ctx, "Documents are uploaded", map[string]any{"vector_store_id": w.store, "documents": len(names), "last": group[len(group)-1]})
		if ctx.Err() != nil || len(w.failures) >= mostFailures {
			break
		}
	}
	for _, batch := range batches {
		if err == nil {
			err = w.await(ctx, batch)
		}
	}
	if err == nil && ctx.Err() == nil {
		err = w.settle(ctx, names)
	}
	if err == nil && ctx.Err() == nil {
		w.relabel(ctx)
		w.removeOthers(ctx)
	}
	return w.outcome(ctx, err)
}

// each calls a function for names, several at a time. A failure is noted, and the others go on, but not after too many more.
func (w *work) each(ctx context.Context, names []string, do func(name string) error) {
	most := len(w.failures) + mostFailures
	var group sync.WaitGroup
	free := make(chan struct{}, callsAtOnce)
	for _, name := range names {
		free <- struct{}{}
		w.mu.Lock()
		enough := len(w.failures) >= most
		w.mu.Unlock()
		if enough || ctx.Err() != nil {
			break
		}
		group.Go(func() {
			defer func() { <-free }()
			if err := do(name); err != nil {
				w.mu.Lock()
				w.failures[name] = err
				w.mu.Unlock()
			}
		})
	}
	group.Wait()
}

// entry is what there is of a document, also while others change.
func (w *work) entry(name string) (e entry, there bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, there = w.have[name]
	return e, there
}

// upload uploads those of some documents that are not on the server.
func (w *work) upload(ctx context.Context, names []string) {
	w.each(ctx, names, func(name string) error {
		d := w.want[name]
		was, there := w.entry(name)
		if d.task(was, there) != upload {
			return nil
		}
		answer, err := content.Upload{Source: d.source, SHA256: d.sha256, Name: d.filename, Purpose: "assistants"}.Send(ctx, w.client)
		if err != nil {
			return err
		}
		id, err := answer.ID()
		if err != nil {
			return err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if there {
			w.old[was.FileID] = name
		}
		w.have[name] = entry{FileID: id, Filename: d.filename, SHA256: d.sha256, Attributes: d.labels, Status: statusUploaded}
		return nil
	})
}

// attach attaches those of some documents that are uploaded, with one call. It returns the ID of the batch; "" = none was made.
func (w *work) attach(ctx context.Context, names []string) (batch string, err error) {
	type file struct {
		ID         string          `json:"file_id"`
		Attributes json.RawMessage `json:"attributes"`
		Strategy   json.RawMessage `json:"chunking_strategy,omitempty"`
	}
	var files []file
	for _, name := range names {
		if e := w.have[name]; e.Status == statusUploaded {
			files = append(files, file{e.FileID, w.marked(name), w.strategy})
		}
	}
	if len(files) == 0 {
		return "", nil
	}
	body, err := json.Marshal(map[string]any{"files": files})
	if err != nil {
		return "", err
	}
	var answer client.Answer
	err = object.Referring(ctx, w.client, func() (err error) {
		answer, err = w.client.Do(ctx, client.Request{Method: http.MethodPost, Path: client.Path("vector_stores", w.store, "file_batches"), Body: body, Existing: true, Repeatable: true})
		return err
	})
	if err != nil {
		return "", err
	}
	if batch, err = answer.ID(); err != nil {
		return "", err
	}
	for _, name := range names {
		if e := w.have[name]; e.Status == statusUploaded {
			e.Status, e.Attributes = statusPending, w.want[name].labels
			w.have[name] = e
		}
	}
	return batch, nil
}

// marked are the attributes of a document as the server has them: the user's and our marks.
func (w *work) marked(name string) json.RawMessage {
	members := map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(w.want[name].labels), &members)
	for mark, value := range map[string]string{documentMark: name, sumMark: w.sum(name), resourceMark: w.resource, ownerMark: w.owner} {
		if value != "" {
			members[mark], _ = json.Marshal(value)
		}
	}
	out, _ := json.Marshal(members)
	return out
}

// sum tells the content of a document, cut as it is to be, from others.
func (w *work) sum(name string) string {
	sum := w.want[name].sha256
	if w.strategy == nil {
		return sum
	}
	cut := sha256.Sum256(w.strategy)
	return sum + "-" + hex.EncodeToString(cut[:4])
}

// await waits until a batch is processed.
func (w *work) await(ctx context.Context, batch string) error {
	return object.Until(ctx, w.client, func() (bool, time.Duration, error) {
		var answer client.Answer
		err := object.Referring(ctx, w.client, func() (err error) {
			answer, err = w.client.Do(ctx, client.Request{Method: http.MethodGet, Path: client.Path("vector_stores", w.store, "file_batches", batch), Existing: true})
			return err
		})
		if err != nil {
			return false, 0, err
		}
		var shown struct {
			Status string
			Counts map[string]int `json:"file_counts"`
		}
		if err := json.Unmarshal(answer.Body, &shown); err != nil {
			return false, 0, fmt.Errorf("the server's answer could not be read: %w", err)
		}
		tflog.Info(ctx, "Documents are processed", map[string]any{"vector_store_id": w.store, "batch": batch, "file_counts": shown.Counts})
		return shown.Status != statusPending, answer.PollAfter, nil
	})
}

// settle reads what became of some documents, once none of them is being processed.
func (w *work) settle(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	patience := w.client.Clock().Now().Add(object.Settling)
	err := object.Until(ctx, w.client, func() (done bool, _ time.Duration, err error) {
		shown, err := listFiles(ctx, w.client, w.store)
		if err != nil {
			return false, 0, err
		}
		done = true
		for _, name := range names {
			e, there := w.have[name]
			f, listed := shown[e.FileID]
			if there && !listed {
				done = done && w.client.Clock().Now().After(patience)
			}
			if !there || !listed {
				continue
			}
			e.Status, e.Error = f.Status, f.LastError.Message
			w.have[name] = e
			done = done && e.Status != statusPending
		}
		return done, 0, nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		if e, there := w.have[name]; there && e.Status != statusCompleted {
			w.failures[name] = errors.New(strings.TrimSpace(fmt.Sprintf("it has the status %q. %s", e.Status, e.Error)))
		}
	}
	return nil
}

// relabel gives documents their attributes that have others.
func (w *work) relabel(ctx context.Context) {
	var names []string
	for name, d := range w.want {
		if e, there := w.have[name]; w.failures[name] == nil && d.task(e, there) == relabel {
			names = append(names, name)
		}
	}
	w.each(ctx, names, func(name string) error {
		e, _ := w.entry(name)
		return w.mark(ctx, name, e)
	})
}

// mark gives the file of a document its attributes, our marks among them.
func (w *work) mark(ctx context.Context, name string, e entry) error {
	body, err := json.Marshal(map[string]any{"attributes": w.marked(name)})
	if err != nil {
		return err
	}
	_, err = w.client.Do(ctx, client.Request{Method: http.MethodPost, Path: client.Path("vector_stores", w.store, "files", e.FileID), Body: body,
		Existing: true, Repeatable: true, Limits: changes(w.store)})
	if err != nil {
		return err
	}
	e.Attributes = w.want[name].labels
	w.mu.Lock()
	defer w.mu.Unlock()
	w.have[name] = e
	return nil
}

// changes is what OpenAI takes of changes to one store.
func changes(store string) []client.Limit {
	return []client.Limit{{Key: "vector store " + store, PerMinute: changesPerMinute}}
}

// removeOthers deletes the files of documents that are not wanted any more, and those that others have taken the place of and
// can be used.
func (w *work) removeOthers(ctx context.Context) {
	var names, ids []string
	for name := range w.have {
		if w.want[name] == nil {
			names = append(names, name)
		}
	}
	for id, name := range w.old {
		if e, there := w.have[name]; !there || e.Status == statusCompleted {
			ids = append(ids, id)
		}
	}
	slices.Sort(names)
	slices.Sort(ids)
	w.each(ctx, names, func(name string) error {
		e, _ := w.entry(name)
		if err := removeFile(ctx, w.client, e.FileID); err != nil {
			return err
		}
		w.mu.Lock()
		delete(w.have, name)
		w.mu.Unlock()
		return nil
	})
	w.each(ctx, ids, func(id string) error {
		if err := removeFile(ctx, w.client, id); err != nil {
			return err
		}
		w.mu.Lock()
		delete(w.old, id)
		w.mu.Unlock()
		return nil
	})
}

// removeFile deletes a file, which takes it out of the store as well.
func removeFile(ctx context.Context, c *client.Client, id string) error {
	err := object.Remove(ctx, c, client.Path("files", id))
	if gone, err := object.IsGone(ctx, c, err); !gone {
		return err
	}
	return nil
}

// outcome is what there is to say in the end.
func (w *work) outcome(ctx context.Context, err error) error {
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		err = fmt.Errorf("it was stopped: %w. The next apply does the rest", context.Cause(ctx))
	}
	if len(w.failures) > 0 {
		err = errors.Join(w.failed(), err)
	}
	if err == nil {
		return nil
	}
	return &object.Unfinished{Shown: w.shown(), Err: err}
}

// failed names the documents that have failed.
func (w *work) failed() error {
	var lines []string
	for i, name := range slices.Sorted(maps.Keys(w.failures)) {
		if i == namedFailures {
			lines = append(lines, fmt.Sprintf("… and %d more", len(w.failures)-i))
			break
		}
		lines = append(lines, fmt.Sprintf("%s: %v", name, w.failures[name]))
	}
	done := 0
	for name := range w.want {
		if w.have[name].Status == statusCompleted {
			done++
		}
	}
	return fmt.Errorf("%d of %d documents are in the store. These could not be added, or their old files not be deleted; the next apply tries again:\n  - %s\n\n"+
		"A document that the server cannot read has to be converted, or left out of documents", done, len(w.want), strings.Join(lines, "\n  - "))
}

// shown is what the state has, in the form of a server's answer.
func (w *work) shown() map[string]any {
	left := []any{}
	for _, id := range slices.Sorted(maps.Keys(w.old)) {
		left = append(left, id)
	}
	return stateOf(w.have, w.owner, left)
}

// stateOf is what the state has of documents, in the form of a server's answer.
func stateOf(have map[string]entry, owner string, leftovers []any) map[string]any {
	files := map[string]any{}
	for name, e := range have {
		f := map[string]any{"file_id": e.FileID, "sha256": e.SHA256, "attributes": e.Attributes, "status": e.Status}
		for member, value := range map[string]string{"filename": e.Filename, "error": e.Error} {
			if value != "" {
				f[member] = value
			}
		}
		files[name] = f
	}
	state := map[string]any{"files": files, "owner": owner, "leftovers": nil}
	if len(leftovers) > 0 {
		state["leftovers"] = leftovers
	}
	return state
}

// storeFile is a file in a store, as the server shows it.
type storeFile struct {
	ID         string
	Status     string
	LastError  struct{ Message string } `json:"last_error"`
	Attributes map[string]json.RawMessage
}

// mark is one of our marks; "" = the file does not have it.
func (f storeFile) mark(name string) (text string) {
	_ = json.Unmarshal(f.Attributes[name], &text)
	return text
}

// labels are the user's attributes, as JSON.
func (f storeFile) labels() string {
	rest := maps.Clone(f.Attributes)
	for _, mark := range marks {
		delete(rest, mark)
	}
	if len(rest) == 0 {
		return "{}"
	}
	out, _ := json.Marshal(rest)
	return string(out)
}

// listFiles are all files in a store, by their ID.
func listFiles(ctx context.Context, c *client.Client, store string) (map[string]storeFile, error) {
	items, err := c.List(ctx, client.Request{Path: client.Path("vector_stores", store, "files"), Existing: true}, 0)
	if err != nil {
		return nil, err
	}
	all := make(map[string]storeFile, len(items))
	for _, item := range items {
		var f storeFile
		if err := json.Unmarshal(item, &f); err != nil {
			return nil, fmt.Errorf("the server's list could not be read: %w", err)
		}
		all[f.ID] = f
	}
	return all, nil
}

// getDocuments reads what became of the documents. A file that is not in the store any more can be attached again, if it is
// still there at all; one that another resource has taken over is not ours any more.
func getDocuments(ctx context.Context, c *client.Client, fields wire.Fields) (map[string]any, error) {
	all, err := listFiles(ctx, c, fields.String("vector_store_id"))
	owner := fields.String("owner")
	if owner == "" { // after an import
		if err != nil {
			return nil, err
		}
		return imported(all)
	}
	have := entries(fields.Get("files"))
	gone := client.IsGone(err) // the store, and not what was uploaded
	if err != nil && (!gone || len(have) == 0) {
		return nil, err
	}
	if gone, err := object.IsGone(ctx, c, err); err != nil && !gone {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		e := have[name]
		f, there := all[e.FileID]
		switch {
		case there && f.mark(ownerMark) != owner && f.mark(ownerMark) != "":
			delete(have, name)
		case there:
			e.Status, e.Error = f.Status, f.LastError.Message
			if labels := f.labels(); !jsontext.Same(e.Attributes, labels) {
				e.Attributes = labels
			}
			have[name] = e
		default:
			if err := detached(ctx, c, have, name); err != nil {
				return nil, err
			}
		}
	}
	state := stateOf(have, owner, nil)
	delete(state, "leftovers") // the state knows them
	return state, nil
}

// detached finds out what there is of a document that is not in the store: a file that can be attached, or nothing.
func detached(ctx context.Context, c *client.Client, have map[string]entry, name string) error {
	e := have[name]
	_, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: client.Path("files", e.FileID), Existing: true})
	if err == nil {
		e.Status, e.Error = statusUploaded, ""
		have[name] = e
		return nil
	}
	if gone, err := object.IsGone(ctx, c, err); !gone {
		return err
	}
	delete(have, name)
	return nil
}

// imported are the documents in a store that belong to one resource: to the only one that there is, or to the only one
// without a name.
func imported(all map[string]storeFile) (map[string]any, error) {
	owners, unnamed := map[string]string{}, map[string]string{} // the names of resources
	for _, f := range all {
		if f.mark(documentMark) == "" {
			continue
		}
		owners[f.mark(ownerMark)] = f.mark(resourceMark)
		if f.mark(resourceMark) == "" {
			unnamed[f.mark(ownerMark)] = ""
		}
	}
	if len(owners) > 1 {
		owners = unnamed
	}
	if len(owners) > 1 {
		return nil, fmt.Errorf("the documents in the store belong to %d resources, and an import can take those of one", len(owners))
	}
	have, owner, resource := map[string]entry{}, rand.Text(), ""
	for known, name := range owners {
		if resource = name; known != "" {
			owner = known
		}
	}
	for name, files := range marked(all, resource) {
		have[name] = files[0]
	}
	state := stateOf(have, owner, nil)
	if resource != "" {
		state["name"] = resource
	}
	return state, nil
}

// marked are the files of a store that carry the marks of a resource, by the names of their documents. A document can have
// several, if an apply came to no end.
func marked(all map[string]storeFile, resource string) map[string][]entry {
	have := map[string][]entry{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		f := all[id]
		if name := f.mark(documentMark); name != "" && f.mark(resourceMark) == resource {
			sum, _, _ := strings.Cut(f.mark(sumMark), "-")
			have[name] = append(have[name], entry{FileID: id, SHA256: sum, Attributes: f.labels(), Status: f.Status, Error: f.LastError.Message})
		}
	}
	return have
}

// createDocuments brings the documents into the store. What an earlier apply left there, which came to no end, is taken up.
func createDocuments(ctx context.Context, c *client.Client, planned, config wire.Fields) (client.Answer, error) {
	var all map[string]storeFile
	err := object.Referring(ctx, c, func() (err error) {
		all, err = listFiles(ctx, c, planned.String("vector_store_id"))
		return err
	})
	if err != nil {
		return client.Answer{}, err
	}
	w, err := newWork(c, planned, config, map[string]entry{})
	if err != nil {
		return client.Answer{}, err
	}
	if err = w.adopt(ctx, all); err == nil {
		err = w.run(ctx)
	}
	if err != nil {
		w.clean(ctx)
		return client.Answer{}, err
	}
	body, err := json.Marshal(w.shown())
	return client.Answer{Body: body}, err
}

// uploads reports whether any document is to be uploaded.
func (w *work) uploads() bool {
	for name, d := range w.want {
		if e, there := w.have[name]; d.task(e, there) == upload {
			return true
		}
	}
	return false
}

// adopt takes up what an apply has left in the store that came to no end: files with our marks, for documents that would
// be uploaded. They get our mark as their owner, so that no other resource deletes them. Files that we own and that are no
// document's any more will be deleted.
func (w *work) adopt(ctx context.Context, all map[string]storeFile) error {
	taken := map[string]bool{}
	var names []string
	for name, files := range marked(all, w.resource) {
		d := w.want[name]
		was, there := w.have[name]
		if d == nil || w.failures[name] != nil || d.task(was, there) != upload {
			continue
		}
		fits := slices.IndexFunc(files, func(e entry) bool {
			return all[e.FileID].mark(sumMark) == w.sum(name) && (e.Status == statusPending || e.Status == statusCompleted)
		})
		if fits < 0 {
			continue
		}
		if there && was.FileID != files[fits].FileID {
			w.old[was.FileID] = name
		}
		w.have[name] = files[fits]
		w.name(name)
		names = append(names, name)
	}
	for _, e := range w.have {
		taken[e.FileID] = true
	}
	for id, f := range all {
		ours := f.mark(ownerMark) == w.owner || w.resource != "" && f.mark(resourceMark) == w.resource
		if name := f.mark(documentMark); ours && !taken[id] && name != "" {
			w.old[id] = name
		}
	}
	slices.Sort(names)
	w.each(ctx, names, func(name string) error {
		e, _ := w.entry(name)
		if all[e.FileID].mark(ownerMark) == w.owner {
			return nil
		}
		return w.mark(ctx, name, e)
	})
	for _, name := range names {
		if err := w.failures[name]; err != nil {
			return err
		}
	}
	return nil
}

// name gives an entry the name of the file that its document has, where it is not known: a store does not show it.
func (w *work) name(name string) {
	if e, d := w.have[name], w.want[name]; d != nil && e.Filename == "" {
		e.Filename = d.filename
		w.have[name] = e
	}
}

// clean deletes what was uploaded and is not in the store, after a create that fails: nothing would know of it. It has
// cleaning for that, and the error of the create is what matters.
func (w *work) clean(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	var names []string
	for name, e := range w.have {
		if e.Status != statusCompleted && e.Status != statusPending {
			names = append(names, name)
		}
	}
	w.each(ctx, names, func(name string) error { return removeFile(ctx, w.client, w.have[name].FileID) })
}

// cleaning is how long the clean-up after a create that fails may take.
const cleaning = 20 * time.Second

// updateDocuments brings the store in step with the documents.
func updateDocuments(ctx context.Context, c *client.Client, prior, planned, config wire.Fields) (map[string]any, error) {
	w, err := newWork(c, planned, config, entries(prior.Get("files")))
	if err != nil {
		return nil, err
	}
	if w.uploads() {
		all, err := listFiles(ctx, c, w.store)
		if err != nil {
			return nil, err
		}
		if err := w.adopt(ctx, all); err != nil {
			return nil, err
		}
	}
	w.remember(prior)
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	return w.shown(), nil
}

// remember takes up the files that an earlier apply could not delete.
func (w *work) remember(state wire.Fields) {
	for _, v := range state.Items("leftovers") {
		if id, ok := wire.Text(v); ok {
			w.old[id] = ""
		}
	}
}

// deleteDocuments deletes the files that were uploaded. They leave the store with that.
func deleteDocuments(ctx context.Context, c *client.Client, state wire.Fields) error {
	w := &work{client: c, have: entries(state.Get("files")), old: map[string]string{}, failures: map[string]error{}}
	w.remember(state)
	if err := w.disown(ctx, state); err != nil {
		return err
	}
	w.removeOthers(ctx)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(w.failures)) {
		return fmt.Errorf("%s: %w", name, w.failures[name])
	}
	return nil
}

// disown leaves out the files that another resource has taken over, as one does that is created before this one is destroyed.
func (w *work) disown(ctx context.Context, state wire.Fields) error {
	all, err := listFiles(ctx, w.client, state.String("vector_store_id"))
	if gone, err := object.IsGone(ctx, w.client, err); err != nil && !gone {
		return err
	}
	for name, e := range w.have {
		if owner := all[e.FileID].mark(ownerMark); owner != "" && owner != state.String("owner") {
			delete(w.have, name)
		}
	}
	return nil
}
