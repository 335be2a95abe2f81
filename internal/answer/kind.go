package answer

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Kind declares one sort of answer. Only the first group is required; a nil
// function does what its comment says.
type Kind struct {
	Type     string           // of the Terraform type, without the provider's name: "chat_completion"
	Noun     string           // what people call it: "chat completion"
	Endpoint []string         // the elements of the path that the request is posted to
	Request  kinds.Attributes // the arguments that make the request
	Answer   kinds.Attributes // what comes back: Computed attributes

	// Descriptions of Terraform's kinds, in Markdown. Only those with a
	// description can be made.
	Description Description

	// Derived are attributes that Read makes from the answer: Computed and Local.
	Derived kinds.Attributes

	// Reading are arguments that decide how an answer is read, not what is asked: Local.
	// Reread gives an answer that is there the form that it has with other values of them;
	// false = it has not what that needs. nil = it never has.
	Reading kinds.Attributes
	Reread  func(arguments, answer wire.Fields) (wire.Values, bool)

	// Delivery are members of the request that say how the answer travels, not what it
	// is. Labels are members that only label what the server stores.
	Delivery, Labels []string

	// Defaults are members that mean the same as none, where they have this value.
	Defaults map[string]any

	// UnnamedEndpoint leaves the endpoint out of the names of recordings. Only for chat
	// completions, whose recordings are older than other endpoints.
	UnnamedEndpoint bool

	// Free says that the server bills no such request.
	Free bool

	// Validate checks how the arguments fit together.
	Validate func(arguments wire.Fields) diag.Diagnostics

	// Limits are what OpenAI's own server would refuse of the arguments, and others may
	// take. It is asked where a call is planned, or about to be made, and the server is
	// known to be OpenAI's or Azure's.
	Limits func(arguments wire.Fields) diag.Diagnostics

	// Complete makes the last changes to arguments before they are sent: to those that
	// are all known, and to those that two requests are compared by.
	Complete func(arguments wire.Fields) wire.Fields

	// Compose puts the JSON of a request into the form that the API wants, where the arguments have another: for what is
	// sent, and for what two requests are compared by, in which [wire.Pending] stands for what is not known yet. nil: they
	// have the same.
	Compose func(arguments wire.Fields, body map[string]any)

	// Alike rewrites the JSON of a request in the one of several ways of writing it by which requests are compared and
	// recordings are named. nil: there is one way.
	Alike func(body map[string]any)

	// Place is a place in the JSON by which requests are compared, as people know it who wrote the arguments. nil: as it is.
	Place func(arguments wire.Fields, place string) string

	// Send makes the call. progress is told pieces of text as they arrive, where it is
	// not nil. nil: one call, one JSON answer.
	Send func(ctx context.Context, c *client.Client, arguments wire.Fields, r client.Request, progress func(string)) (client.Answer, error)

	// Normalize changes the parsed JSON of an answer before it is decoded, where servers
	// write the same in ways that the declaration does not know. Recordings have the answer
	// as it came, so it is called each time that one is read. nil changes nothing.
	Normalize func(answer map[string]any)

	// Read completes a decoded answer, of which body is the JSON as it came: it makes Derived, and puts right what
	// servers write in different ways.
	Read func(arguments wire.Fields, body []byte, answer wire.Values)

	// Absent are the attributes of Answer and Derived that will be null for such a
	// request, as far as its arguments are known. Read leaves them null.
	Absent func(arguments wire.Fields) []string

	// Findings are what there is to say against an answer.
	Findings func(arguments, answer wire.Fields) []Finding

	// FailOn lets users choose which findings fail; nil = those without a word fail.
	FailOn *FailOn

	// Text is the answer as people read it. nil: there is none.
	Text func(answer wire.Fields) string

	// TextPaths lead to the texts of an answer that people read, in its JSON as it came: such
	// as "choices[*].message.content", where [*] is each element of a list. Recordings show
	// them by lines. nil: there is none.
	TextPaths []string

	// Describe names a request without quoting it: a prompt may be a secret. nil: its model.
	Describe func(arguments wire.Fields) string

	// Tokens estimates what a request takes: the input, and the output as far as the
	// request limits it. nil: nobody knows.
	Tokens func(body []byte) (input, output int)

	// Usage is what the server counted. nil: it counts nothing.
	Usage func(answer wire.Fields) (input, output int)

	// Stored is what the server keeps of an answer; nil = nothing.
	Stored *Stored

	// Changes is what an answer to such a request changes at the server, such as the ID of a conversation: within a run, one
	// is asked for at a time. "" = nothing. nil: none changes anything.
	Changes func(arguments wire.Fields) string

	// Deferred is how answers are waited for that the server makes on its own time; nil = there are none.
	Deferred *Deferred

	// Gate makes the action, which judges answers; nil = there is none.
	Gate *Gate

	once     sync.Once
	declared declarations
}

// Description is what the documentation says of each of Terraform's kinds.
type Description struct{ Resource, DataSource, Ephemeral, Action string }

// Stored is an answer that the server keeps, by the ID in the attribute "id".
type Stored struct {
	// Reading says how one can be read that cannot be imported, a sentence with an example. nil: Import imports it.
	Reading func(id string) string

	// Unowned makes arguments say, unless they say otherwise, that the server shall keep nothing: for answers that nobody
	// would delete there. nil: they say that already.
	Unowned func(arguments wire.Fields) wire.Fields

	// Import reads what is kept: the arguments that made it, and the answer as it came.
	Import func(ctx context.Context, c *client.Client, id string) (arguments wire.Values, answer client.Answer, err error)

	// Kept reports whether the server keeps the answer to such a request.
	Kept func(arguments wire.Fields) bool

	// FilledIn reports whether what the server shows at a place of a request may be said by a request that says something
	// else there, or nothing (nil), such as a default. It goes with Import.
	FilledIn func(place string, shown, given any) bool

	// Relabel changes the labels of what is kept, to the values of [Kind.Labels]. nil: the server cannot do that.
	Relabel func(ctx context.Context, c *client.Client, id string, arguments wire.Fields, apiKey string) error
}

// Finding is something to say against an answer.
type Finding struct {
	Words []string // by which fail_on names it, any of them; none = it fails in any case
	Warns bool     // it never fails, and is no matter of fail_on
	Text  string   // what is wrong, for people
}

// FailOn is the argument fail_on.
type FailOn struct {
	Description string // of the words that there are, in Markdown
	Gate        string // the default of the action, for its description

	// Default are the words that fail, and those that only warn, where the user says
	// nothing. gate is true for the action.
	Default func(arguments wire.Fields, gate bool) (fails, warns []string)
}

// Gate is what the action has besides the request.
type Gate struct {
	Rules    kinds.Attributes                             // further arguments, Local
	Judge    func(arguments, answer wire.Fields) []string // in what they are broken
	Complete func(arguments wire.Fields) wire.Fields      // what the action asks for by default; nil = nothing
}

// declarations are what a Kind declares, put together for each of Terraform's kinds.
type declarations struct {
	outcome       kinds.Attributes // every attribute of an answer
	visible       kinds.Attributes // arguments of the request that may be in plan and state: all but write-only ones
	named         kinds.Attributes // arguments of the request that a recording is named by: all but credentials
	requestInputs kinds.Attributes // arguments that the request is made of and that its answer is read with
	resource      kinds.Attributes
	asking        kinds.Attributes // of the data source
	opening       kinds.Attributes // of the ephemeral resource
	action        kinds.Attributes
	credentials   kinds.Attributes // arguments that only say whose key is used
}

// declare puts the declarations together, once.
func (k *Kind) declare() *declarations {
	k.once.Do(func() {
		d := &k.declared
		d.outcome = kinds.Join(k.Answer, k.Derived, k.derived())
		d.visible, d.named = k.Request.WithoutWriteOnly(), k.Request.WithoutCredentials()
		settings, lifecycle := k.settings(), k.lifecycle()
		d.resource = kinds.Join(k.Request, settings, k.Reading, k.failOn(false), lifecycle, d.outcome)
		asking := kinds.Join(k.Request, settings, k.Reading, k.failOn(false), d.outcome)
		d.asking, d.opening = asking.WithoutWriteOnly(), asking.Ephemeral()
		if k.Gate != nil {
			// A plan shows all that an action is given, and its file holds it: no key belongs there.
			d.action = kinds.Join(k.Request, pick(settings, "extra_body", "record", "label"), k.failOn(true), k.Gate.Rules).WithoutWriteOnly()
		}
		d.requestInputs = kinds.Join(k.Request, k.Reading, pick(settings, "extra_body", "record"), pick(lifecycle, "triggers"))
		d.credentials = append(pick(settings, "api_key"), pick(lifecycle, "api_key_wo")...)
	})
	return &k.declared
}

func pick(as kinds.Attributes, names ...string) kinds.Attributes {
	var picked kinds.Attributes
	for _, name := range names {
		picked = append(picked, *as.Find(name))
	}
	return picked
}

// Attributes are all that the managed resource has.
func (k *Kind) Attributes() kinds.Attributes { return k.declare().resource }

func (k *Kind) outcome() kinds.Attributes { return k.declare().outcome }
