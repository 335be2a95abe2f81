package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// Limit is a limit of a class of requests, such as those to one vector store; what is the
// same in all that name it is its Key. It holds besides Settings.Limits.
type Limit = transport.Limit

// Request is one call.
type Request struct {
	Method string     // GET, POST, DELETE …
	Path   string     // below the base URL, made by Path
	Query  url.Values // nil = none
	Body   []byte     // JSON, sent as it is; nil = no body
	Form   *Form      // sent instead of Body; nil = Body is
	APIKey string     // used instead of Settings.APIKey and of an Authorization header; "" = those

	// Admin says that the call is about the organization: it is made with Settings.AdminAPIKey and never
	// with another key, and without one nothing is sent. The project of Settings is left out.
	Admin bool

	// Tokens is about how many tokens the call takes, question and answer. The
	// limits go by it until the server says how many it were. 0 = nobody knows.
	Tokens int

	// Carries is how many requests that cost are in this one, such as the lines of a batch: they count
	// for the budget of the run. 0 = it is none of that kind.
	Carries int

	// Limits are those of the classes that the request belongs to. Requests of other classes
	// go before one that has to wait for its own.
	Limits []Limit

	// Unkept says that an answer is kept nowhere, so that a canceled call ends at once, whether
	// or not it was sent. Else one that was sent has Settings.Grace to be answered.
	Unkept bool

	// Existing says that the path names an object that is, or was, on the server.
	Existing bool

	// Costs says that an answer is paid for. The budget of a run counts such calls, and one that
	// may have been answered is not sent again.
	Costs bool

	// Repeatable says that sending the request twice does no harm although its method is POST:
	// it updates an object, asks for what costs nothing, or uploads a file, of which a
	// second copy only takes room. After a lost answer, or one that says too little (408, 502, 504,
	// a time limit), it is sent again as a GET is. It has no effect where Costs is set. A POST with neither
	// creates something: it is not sent again where it may have been answered, see Problem.MaybeCreated.
	Repeatable bool

	// Header is sent besides what Settings say; what is in Settings.Headers wins. The names are
	// the caller's to choose, and no value is a secret.
	Header http.Header

	// Secrets are parts of Body that may come out nowhere. They are taken out of
	// every text (transport.Passages says how), and the bodies of the call are not logged.
	Secrets []string

	// Credentials are those of Secrets that say who asks a third party, such as the token of an MCP server. Like keys,
	// they are taken out of answers as well: see Client.Redact.
	Credentials []string

	// SecretAnswer says that the answer holds a secret that is shown once, such as a signing secret: the bodies of
	// the call are not logged, and no text quotes an answer with a status of success. Answer.Body has it.
	SecretAnswer bool
}

// Answer is what came back.
type Answer struct {
	Body      []byte // the JSON object; nil for an answer that was streamed; beside an error, the text that could not be read
	RequestID string // the server's name of the call; "" when it gave none

	// PollAfter is how long the server asks to wait before the object is asked for again
	// (openai-poll-after-ms); 0 = it does not say.
	PollAfter time.Duration

	// Remark is text in a stream that came after its last event and is no JSON, such as a
	// gateway's last words; "" = none. It is fit to be shown.
	Remark string

	// Complete says that a stream was ended by the server's "[DONE]". Not every
	// server sends it. Always true for an answer in one piece.
	Complete bool
}

// Path joins path elements, each escaped, so that an ID from a configuration
// can never name another endpoint: Path("files", id, "content"). An empty
// element makes Do and Stream fail before anything is sent.
func Path(elements ...string) string {
	escaped := make([]string, len(elements))
	for i, element := range elements {
		switch element {
		case ".":
			escaped[i] = "%2E"
		case "..":
			escaped[i] = "%2E%2E"
		default:
			escaped[i] = url.PathEscape(element)
		}
	}
	return strings.Join(escaped, "/")
}

// ID is the ID of the object that the answer shows. An answer without one is an error.
func (a Answer) ID() (string, error) {
	var shown struct{ ID string }
	if err := json.Unmarshal(a.Body, &shown); err != nil || shown.ID == "" {
		return "", fmt.Errorf("the server's answer has no ID: %s", Printable(string(a.Body), false))
	}
	return shown.ID, nil
}
