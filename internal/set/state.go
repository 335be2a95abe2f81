package set

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// mark says what a state has for one name, by the hashes of requests: which one its answer answers, which one
// was refused, or answered with nothing of use, and is not asked again, and which one was submitted in a batch that is not
// collected. "" = none.
type mark struct{ answered, refused, submitted, batch string }

func (m mark) String() string {
	text := m.answered + "/" + m.refused + "/" + m.submitted + "/" + m.batch
	return strings.TrimRight(text, "/")
}

func parseMark(text string) mark {
	parts := append(strings.SplitN(text, "/", 4), "", "", "", "")
	return mark{parts[0], parts[1], parts[2], parts[3]}
}

// held is what a state has. The zero value has nothing.
type held struct {
	marks   map[string]mark
	answers wire.Values       // by name; nil where a file has them
	failed  map[string]string // why
	batches []tftypes.Value   // all that there were
	under   map[string]string // names by the hashes of the requests whose answers are there
	waits   map[string]mark   // of requests in batches that are not collected, by their hashes
	results *results          // the file that has them; nil = none
}

// held reads a state.
func (k *Kind) held(state wire.Fields) (held, error) {
	h := held{marks: map[string]mark{}, failed: map[string]string{}}
	if state.Absent() {
		return h, nil
	}
	var marks map[string]string
	if text, ok := state.Text("request_hashes"); ok {
		_ = json.Unmarshal([]byte(text), &marks) // what is not there is asked
	}
	for key, text := range marks {
		h.marks[key] = parseMark(text)
	}
	for key, text := range wire.Entries(state.Get("failed")) {
		h.failed[key], _ = wire.Text(text)
	}
	h.under, h.waits = map[string]string{}, map[string]mark{}
	for _, key := range slices.Sorted(maps.Keys(h.marks)) {
		m := h.marks[key]
		if m.answered != "" {
			h.under[m.answered] = key
		}
		if m.submitted != "" && h.waits[m.submitted].batch == "" {
			h.waits[m.submitted] = mark{submitted: m.submitted, batch: m.batch}
		}
	}
	if state.Has("batches") {
		h.batches = state.Items("batches")
	}
	if file, ok := state.Text("results_file"); ok {
		var err error
		h.results, err = readResults(file, state.String("results_sha256"))
		return h, err
	}
	h.answers = wire.Members(state.Get("answers"))
	return h, nil
}

// has reports whether the answer to a request is there: under this name, or another.
func (h held) has(key, hash string) bool {
	_, ok := h.name(key, hash)
	return ok
}

// name is the name under which the answer to a request stands: this one, if it can be.
func (h held) name(key, hash string) (name string, ok bool) {
	if hash == "" {
		return "", false
	}
	for _, name := range []string{key, h.under[hash]} {
		if h.marks[name].answered == hash && h.holds(name, hash) {
			return name, true
		}
	}
	return "", false
}

// holds reports whether an answer is there that a mark speaks of.
func (h held) holds(key, hash string) bool {
	if h.results != nil {
		return h.results.has(key, hash)
	}
	v, ok := h.answers[key]
	return ok && !v.IsNull()
}

// answerTo is the answer to a request that is there.
func (h held) answerTo(k *Kind, key, hash string) tftypes.Value {
	name, ok := h.name(key, hash)
	if !ok {
		return nothing
	}
	v, _ := h.answer(k, name)
	return v
}

// answer is the answer that stands under a name, to whichever request; ok = there is one.
func (h held) answer(k *Kind, key string) (v tftypes.Value, ok bool) {
	if h.results != nil {
		return h.results.answer(k, key, h.marks[key].answered)
	}
	v, ok = h.answers[key]
	return v, ok && !v.IsNull()
}

// inBatch is how many requests of a batch are not collected.
func (h held) inBatch(id string) (n int) {
	for _, m := range h.waits {
		if m.batch == id {
			n++
		}
	}
	return n
}

// took reports whether an answer that waits is the one that is there. Another to the same request waits for another set.
func (h held) took(e journal.Entry) bool {
	hash := shorten(e.Name)
	key, there := h.under[hash]
	if !there || !h.holds(key, hash) {
		return false
	}
	var id string
	if h.results != nil {
		id = h.results.id(key)
	} else {
		id = wire.Open(h.answers[key]).String("id")
	}
	var waits struct{ ID any }
	_ = json.Unmarshal(e.Body, &waits) // without an ID, they are taken for the same
	return id == "" || waits.ID == nil || waits.ID == any(id)
}

// lost reports whether a request has had an answer that is not there any more.
func (h held) lost(hash string) bool {
	key, there := h.under[hash]
	return there && !h.holds(key, hash)
}

// nothing stands for an answer that is not there, open for one that is to come.
var (
	nothing = tftypes.NewValue(tftypes.DynamicPseudoType, nil)
	open    = tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue)
)

// object is an answer as a value: it has the attributes that are declared. Those that are null and no plain
// values have no type, since the type of each answer is in the state.
func (k *Kind) object(values wire.Values) tftypes.Value {
	members := make(wire.Values, len(k.Answer))
	untyped, usual := uint64(0), true // which have no type; whether the others have that of their declaration
	for i := range k.Answer {
		a := &k.Answer[i]
		v := values[a.Name]
		if v.IsKnown() && v.IsNull() {
			switch a.Shape {
			case kinds.Object, kinds.Objects, kinds.Dynamic:
				v = nothing
				untyped |= 1 << i
			default:
				v = tftypes.NewValue(a.Type(), nil)
			}
		} else if a.Shape == kinds.Dynamic {
			usual = false
		}
		members[a.Name] = v
	}
	return tftypes.NewValue(k.typeOf(members, untyped, usual), members)
}

// typeOf is the type of an answer. Thousands of answers share those that are usual.
func (k *Kind) typeOf(members wire.Values, untyped uint64, usual bool) tftypes.Type {
	if known, ok := k.types.Load(untyped); ok && usual {
		return known.(tftypes.Object) //nolint:forcetypeassert // nothing else is stored
	}
	types := make(map[string]tftypes.Type, len(members))
	for name, v := range members {
		types[name] = v.Type()
	}
	t := tftypes.Object{AttributeTypes: types}
	if usual {
		k.types.Store(untyped, t)
	}
	return t
}

// together is all answers as one value.
func together(answers wire.Values) tftypes.Value {
	types := make(map[string]tftypes.Type, len(answers))
	for key, v := range answers {
		types[key] = v.Type()
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, answers)
}

// total is the sum of objects of numbers, or of one number in them.
type total struct {
	number  *big.Float // nil = none was there
	members map[string]*total
}

// add adds a number, or an object of them; null and what is not known yet count as nothing.
func (t *total) add(v tftypes.Value) {
	if v.IsNull() || !v.IsKnown() {
		return
	}
	if v.Type().Is(tftypes.Number) {
		var n big.Float
		if v.As(&n) == nil {
			if t.number == nil {
				t.number = new(big.Float)
			}
			t.number.Add(t.number, &n)
		}
		return
	}
	if t.members == nil {
		t.members = map[string]*total{}
	}
	for name, member := range wire.Members(v) {
		if t.members[name] == nil {
			t.members[name] = &total{}
		}
		t.members[name].add(member)
	}
}

// value is the sum as an attribute; null where nothing was added.
func (t *total) value(a *kinds.Attribute) tftypes.Value {
	switch {
	case t == nil, t.number == nil && t.members == nil:
		return tftypes.NewValue(a.Type(), nil)
	case t.number != nil:
		return tftypes.NewValue(a.Type(), t.number)
	}
	values := wire.Values{}
	for i := range a.Fields {
		values[a.Fields[i].Name] = t.members[a.Fields[i].Name].value(&a.Fields[i])
	}
	return tftypes.NewValue(a.Type(), values)
}

// outcome is what a state will have, put together name by name.
type outcome struct {
	kind   *Kind
	marks  map[string]mark
	failed map[string]string
	usage  total
	sink   sink

	batches []tftypes.Value // as the state has them; nil = none
}

// sink takes the answers: into the state, or into a file.
type sink interface {
	put(key, hash string, answer tftypes.Value) error // null = there is none
	close(values wire.Values) error                   // adds the attributes that the sink decides
	abort()
}

func (k *Kind) newOutcome(s sink) *outcome {
	return &outcome{kind: k, marks: map[string]mark{}, sink: s}
}

func (k *Kind) usage() *kinds.Attribute { return k.Answer.Find(k.Usage) }

// put takes the answer that stands under a name.
func (o *outcome) put(key string, m mark, answer tftypes.Value) error {
	o.marks[key] = m
	if m == (mark{}) {
		delete(o.marks, key)
	}
	if !answer.IsNull() && answer.IsKnown() {
		o.usage.add(wire.Members(answer)[o.kind.Usage])
	}
	return o.sink.put(key, m.answered, answer)
}

// fail notes why a request has no answer of use.
func (o *outcome) fail(key, why string) {
	if o.failed == nil {
		o.failed = map[string]string{}
	}
	o.failed[key] = why
}

// values are the computed attributes.
func (o *outcome) values() (wire.Values, error) {
	marks := map[string]string{}
	for key, m := range o.marks {
		marks[key] = m.String()
	}
	text, _ := json.Marshal(marks) // texts always encode
	values := wire.Values{
		"usage":          o.usage.value(o.kind.usage()),
		"failed":         tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, nil),
		"request_hashes": tftypes.NewValue(tftypes.String, string(text)),
	}
	if o.kind.Batch {
		values["status"], values["batches"] = tftypes.NewValue(tftypes.String, o.status()), batchList(o.batches)
	}
	if len(o.failed) > 0 {
		failed := wire.Values{}
		for key, why := range o.failed {
			failed[key] = tftypes.NewValue(tftypes.String, why)
		}
		values["failed"] = tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, failed)
	}
	return values, o.sink.close(values)
}

// status says whether answers are still to come.
func (o *outcome) status() string {
	for _, m := range o.marks {
		if m.submitted != "" {
			return pending
		}
	}
	return completed
}

// inState is the sink of a set whose answers are in the state.
type inState struct{ answers wire.Values }

func (s *inState) put(key, _ string, answer tftypes.Value) error {
	s.answers[key] = answer
	return nil
}

func (s *inState) close(values wire.Values) error {
	values["answers"] = together(s.answers)
	values["results_sha256"] = tftypes.NewValue(tftypes.String, nil)
	return nil
}

func (*inState) abort() {}
