package object

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Kind declares one sort of object. Only the first group is required; a nil function does what its
// comment says.
//
// The API's manners are taken for granted: POST to the collection creates, GET, POST and DELETE below it
// read, update and delete, GET of the collection lists by pages.
type Kind struct {
	Type string // of the Terraform type, without the provider's name: "vector_store"
	Noun string // what people call it: "vector store"

	// Path leads to the collection, below the base URL. What is in braces is an argument,
	// which is a part of the identity: "vector_stores/{vector_store_id}/files".
	Path string

	// ID is the attribute with the object's name in the collection; "" = "id".
	ID string

	// Attributes are arguments and attributes of the resource, the ID and those in Path included.
	Attributes kinds.Attributes

	// Descriptions of Terraform's kinds, in Markdown. Only those with a description can be made.
	Description Description

	// Filters are arguments of a list that the server takes as its query.
	Filters kinds.Attributes

	// Find are attributes by which the data source finds an object that is not named by its ID. All of
	// them that are given must be equal.
	Find []string

	// Label is the attribute that people know an object by, in lists; "" = its ID.
	Label string

	// Validate checks how the arguments fit together.
	Validate func(config wire.Fields) diag.Diagnostics

	// Limits are what OpenAI's own server would refuse of the arguments, and others may take. It is asked where a
	// change is planned and the server is known to be OpenAI's or Azure's.
	Limits func(arguments wire.Fields) diag.Diagnostics

	// Plan completes the plan of a create or an update. nil: it is complete.
	Plan func(ctx context.Context, p *Planning)

	// Create makes the object. nil: one call with the arguments as JSON.
	Create func(ctx context.Context, c *client.Client, planned, config wire.Fields) (client.Answer, error)

	// Get reads the object; a 404 says that it is gone. nil: one call.
	Get func(ctx context.Context, c *client.Client, fields wire.Fields) (shown map[string]any, err error)

	// Update tells the server of what has changed, and returns what it shows then. An [Unfinished] error says how
	// far it came. nil: one call with the changed arguments as JSON.
	Update func(ctx context.Context, c *client.Client, prior, planned, config wire.Fields) (shown map[string]any, err error)

	// Delete deletes the object; a 404 says that it is gone. nil: one call.
	Delete func(ctx context.Context, c *client.Client, state wire.Fields) error

	// Created does what a create needs besides, once the object is there and in the state, and may
	// change what the state will have. nil: nothing.
	Created func(ctx context.Context, o *Object) error

	// Updated does what an update needs besides, once the server has been told of changed arguments, and
	// may change what the state will have. nil: nothing.
	Updated func(ctx context.Context, prior wire.Fields, o *Object) error

	// Shown puts right what the server shows of an object, wherever it does. nil: it is right.
	Shown func(shown map[string]any)

	// Refreshed has the last word on what was read. nil: nothing.
	Refreshed func(prior wire.Fields, o *Object)

	// Wait is what an object has to become before it can be used; nil = it can be at once.
	Wait *Wait

	// Refers says that the object refers to others, which may have been made just now: a create that
	// gets a 404 is tried again for some seconds.
	Refers bool

	// Secret says that the answer to a create holds a secret, which is in no log and no text.
	Secret bool

	// Repeatable says that two creates make one object, so that a create that may have got through is sent again.
	Repeatable bool

	// Patience is how long a create or an update may take where the user does not say; 0 = 20 minutes.
	Patience time.Duration

	// Lasting says that the status expired and the time expires_at are about the object's work, and not the end of its
	// use: neither is warned of, and nothing takes its place.
	Lasting bool

	// Pace are limits of calls that change an object, besides those of all calls; nil = none.
	Pace func(fields wire.Fields) []client.Limit

	// Destroyed is what a plan that destroys warns of; "" = nothing.
	Destroyed string

	// Version is that of the resource's schema, and Upgrades make the present state of that of an older one, by its
	// version; 0 and nil as long as there has been only one.
	Version  int64
	Upgrades map[int64]resource.StateUpgrader

	once sync.Once
	all  kinds.Attributes // of the resource
}

// Description is what the documentation says of each of Terraform's kinds.
type Description struct{ Resource, DataSource, DataSources, List string }

// Wait declares how an object comes to be usable.
type Wait struct {
	Status  string                      // the attribute that tells; "" = "status"
	Pending []string                    // values of it that are waited out
	Failed  []string                    // values of it with which the object will never be usable
	Reason  func(wire.Fields) string    // what the server says of a failure; nil = nothing
	At      func(wire.Fields) path.Path // the argument at fault; nil = none
}

// Planning is the plan of a create (Prior is absent) or an update, to be completed.
type Planning struct {
	Prior, Config wire.Fields
	Planned       wire.Values
	Changes       kinds.Changes // of an update
	Imported      bool          // the object was imported, and this is the first plan since
	Now           time.Time     // by the client's clock; zero = there is no client yet
	Diags         *diag.Diagnostics

	kind *Kind
}

// Replace has an attribute, whose value is not the prior one, replace the object.
func (p *Planning) Replace(name string) {
	if !p.Prior.Absent() {
		p.Changes.Replace = append(p.Changes.Replace, path.Root(name))
	}
}

// Unfinished is the error of an update that came to a part of what it should. Shown goes into the state all the same.
type Unfinished struct {
	Shown map[string]any
	Err   error
}

// Error says why it came to no end.
func (u *Unfinished) Error() string { return u.Err.Error() }

// Unwrap is why.
func (u *Unfinished) Unwrap() error { return u.Err }

// Object is an object that is there.
type Object struct {
	Client *client.Client
	Config wire.Fields
	State  wire.Values    // what the state will have
	Shown  map[string]any // the server's last answer
	Diags  *diag.Diagnostics

	after   time.Duration // when the server wants to be asked again; 0 = it does not say
	kind    *Kind
	planned wire.Fields
}

// Show takes what the server shows now into the state, where the plan leaves it open.
func (o *Object) Show(shown map[string]any) {
	o.kind.adapt(shown)
	o.kind.take(o, shown, o.planned)
}

// attributes are those of the resource: the kind's own, and the settings that all have.
func (k *Kind) attributes() kinds.Attributes {
	k.once.Do(func() { k.all = kinds.Join(k.Attributes, timeouts(k.patience())) })
	return k.all
}

// id is the name of the attribute with the object's name in its collection.
func (k *Kind) id() string {
	if k.ID == "" {
		return "id"
	}
	return k.ID
}

// parents are the arguments in the path.
func (k *Kind) parents() (names []string) {
	for _, part := range strings.Split(k.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// identity are the attributes that name an object, outermost first.
func (k *Kind) identity() []string { return append(k.parents(), k.id()) }

// collection is the path of the collection that an object is in.
func (k *Kind) collection(fields wire.Fields) []string {
	parts := strings.Split(k.Path, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			parts[i] = fields.String(strings.TrimSuffix(name, "}"))
		}
	}
	return parts
}

// path is the path of an object.
func (k *Kind) path(fields wire.Fields) string {
	return client.Path(append(k.collection(fields), fields.String(k.id()))...)
}

// patience is how long a create or an update may take where the user does not say.
func (k *Kind) patience() time.Duration {
	if k.Patience == 0 {
		return defaultTimeout
	}
	return k.Patience
}

// adapt puts right what the server shows.
func (k *Kind) adapt(shown map[string]any) {
	if k.Shown != nil && shown != nil {
		k.Shown(shown)
	}
}

// pace are the limits of calls that change an object.
func (k *Kind) pace(fields wire.Fields) []client.Limit {
	if k.Pace == nil {
		return nil
	}
	return k.Pace(fields)
}

// name is what an object is called in messages: "vector store vs_1".
func (k *Kind) name(fields wire.Fields) string { return k.Noun + " " + fields.String(k.id()) }
