package client

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// refuse returns why a call is not made at all; nil = it may be.
func (k *call) refuse() *Problem {
	base, settings := k.client.base, k.client.settings
	key := k.request.APIKey != "" || settings.APIKey != "" || k.client.entra != nil
	_, local := transport.LoopbackHost(base.Hostname())
	p := &Problem{}
	switch path := strings.TrimPrefix(k.request.Path, "/"); {
	case path == "" || strings.Contains("/"+path+"/", "//"):
		p.Kind, p.Message = NotSent, "Nothing was sent, because an element of the request's path is empty."
		p.next = "Give the ID of the object."
	case k.request.Form != nil && (hasControl(k.request.Form.ContentType) || k.request.Form.Size < 0):
		p.Kind, p.Message = NotSent, "Nothing was sent: the content type of the file contains a line break or another control character, or its size is negative."
	case k.request.Admin && settings.Azure != nil:
		p.Kind, p.Message = NotSent, "Nothing was sent: the call is about an organization of OpenAI's, which Azure does not have."
		p.next = "Use a provider block without an azure block, with an alias, for this."
	case k.request.Admin && k.request.APIKey == "":
		p.Kind, p.Message = NoKey, "Nothing was sent: there is no admin API key, and the call is about the organization, for which no other key is used."
		p.next = "Set admin_api_key in the provider block, or the environment variable OPENAI_ADMIN_KEY. " + adminKeys
	case hasControl(k.request.APIKey):
		p.Kind, p.Message = NotSent, "Nothing was sent: the API key contains a line break or another control character."
		p.next = "Remove it, for example with trimspace()."
	case base.Scheme == "http" && !local && (key || len(settings.Headers) > 0):
		p.Kind = InsecureURL
		p.Message = fmt.Sprintf("Nothing was sent: %s is %s, and the API key, or a header that may be secret, would travel over plain HTTP, where others can read it.", k.client.address(), k.base())
		p.next = "Use an address that starts with https://. Secrets are sent over plain HTTP only to this machine (localhost, 127.0.0.1, ::1), for example through a tunnel."
		if settings.Azure == nil && settings.APIKey != "" && !k.request.Admin {
			p.next += ` A server that needs no key can be reached over plain HTTP: set api_key = "" if the key comes from OPENAI_API_KEY.`
		}
	case !key && settings.Azure != nil:
		p.Kind, p.Message = NoKey, "Nothing was sent: there is neither an API key nor a token for Azure."
		p.next = "Set api_key in the azure block or the environment variable AZURE_OPENAI_API_KEY, or leave out use_entra_id = false."
	case !key && k.isOpenAI() && !settings.hasAuthentication():
		p.Kind, p.Message = NoKey, "Nothing was sent: there is no API key."
		p.next = "Set api_key in the provider block, or the environment variable OPENAI_API_KEY."
	default:
		return nil
	}
	return p
}

// adminKeys says where admin API keys come from.
const adminKeys = "An owner of the organization makes admin API keys at https://platform.openai.com/settings/organization/admin-keys."

// hasAuthentication reports whether a header takes the place of the key.
func (s Settings) hasAuthentication() bool {
	for name := range s.Headers {
		if authenticates(name) {
			return true
		}
	}
	return false
}

func authenticates(header string) bool {
	switch http.CanonicalHeaderKey(header) {
	case "Authorization", "Api-Key", "X-Api-Key":
		return true
	}
	return false
}

// problem starts a Problem with what is known of the call.
func (k *call) problem(kind Kind) *Problem {
	return &Problem{Kind: kind, Attempts: k.wire.Sent(), tries: k.wire.Tries()}
}

// at adds what the headers of an answer told; res may be nil.
func (k *call) at(res *http.Response, p *Problem) *Problem {
	if res != nil {
		p.Status, p.RequestID = res.StatusCode, k.requestID(res)
	}
	return p
}

// fail explains an error of sending a request or of reading an answer.
func (k *call) fail(err error) *Problem {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err // without the URL, whose query may hold a secret
	}
	var (
		redirect *redirectError
		token    *tokenError
		timeout  *transport.TimeoutError
		source   *transport.BodyError
		large    *transport.TooLargeError
		lost     *transport.LostError
		limit    *transport.LimitError
		unsent   *transport.UnsentError
		p        *Problem
	)
	switch {
	case errors.As(err, &redirect):
		p = k.redirected(redirect)
	case k.ctx.Err() != nil && !k.failedByItself(err):
		return k.ended(err)
	case errors.As(err, &token):
		p = k.noToken(token)
	case errors.As(err, &timeout):
		p = k.timedOut(timeout)
	case errors.As(err, &source):
		p = k.noSource(source.Err)
	case errors.As(err, &large):
		return k.tooLong(err)
	case errors.As(err, &lost):
		p = k.lost(lost.Err)
	case errors.As(err, &limit):
		p = k.late(limit)
	case errors.As(err, &unsent):
		p = k.notSent(unsent.Err)
	case k.wire.MaybeAnswered():
		p = k.lost(err)
	default:
		p = k.notSent(err)
	}
	p.cause = &veiled{text: p.Message, err: err}
	return p
}

// failedByItself reports whether the error of a call whose caller gave up is another than that.
func (k *call) failedByItself(err error) bool {
	if errors.As(err, new(*transport.TooLargeError)) || errors.As(err, new(*transport.TimeoutError)) {
		return true
	}
	return errors.As(err, new(*transport.LostError)) && !errors.Is(err, context.Cause(k.ctx))
}

// ended explains that the caller gave up. err is what the call ended with.
func (k *call) ended(err error) *Problem {
	p := k.problem(Canceled)
	what := "The operation was canceled"
	p.next = "Run the operation again."
	if errors.Is(k.ctx.Err(), context.DeadlineExceeded) {
		p.Kind = Deadline
		what = "The time allowed for the operation ran out"
		p.next = k.moreTime()
	}
	cause := context.Cause(k.ctx)
	var own timeLimit
	switch {
	case errors.As(cause, &own):
		what = "The time allowed for the operation, " + own.String() + ", ran out"
	case !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded):
		what += " (" + k.text(cause.Error(), 300) + ")"
	}
	var limit *transport.LimitError
	var grace *transport.GraceError
	switch {
	case errors.As(err, &grace):
		p.Message = fmt.Sprintf("%s after the request was sent, and its answer was not complete within %s after that.", what, grace.After)
		k.mayHaveWorked(p)
	case errors.As(err, &limit):
		p.Message = what + " while the request waited for " + limit.Limit + "."
		if p.Kind == Deadline {
			p.next = sooner(limit.Limit)
		}
	case k.wire.Partial():
		p.Message = what + " while the file was being sent."
	case k.wire.MaybeAnswered():
		p.Message = what + " after the request was sent and before its answer was complete."
		k.mayHaveWorked(p)
	case k.wire.Sent() > 0:
		p.Message = what + " while waiting to send the request again; the server had refused it so far."
	default:
		p.Message = what + " before the request was sent."
	}
	p.cause = &veiled{text: p.Message, err: errors.Join(cause, k.ctx.Err())}
	return p
}

// moreTime is the next thing to do when the time ran out. Fewer or shorter attempts leave more time only where there
// were several.
func (k *call) moreTime() string {
	switch {
	case k.wire.Tries() > 1:
		return "Allow more time in the timeouts block, or lower max_retries or request_timeout so that fewer or shorter attempts fit into it."
	case k.wire.MaybeAnswered():
		return "Allow more time in the timeouts block: a long answer can take minutes."
	}
	return "Allow more time in the timeouts block."
}

func (k *call) timedOut(err *transport.TimeoutError) *Problem {
	p := k.problem(Timeout)
	if !err.Sent {
		p.Message = fmt.Sprintf("No connection to %s was made within request_timeout (%s); nothing was sent.", k.client.base.Host, err.After)
		p.next = k.reach()
		return p
	}
	p.Message = fmt.Sprintf("No complete answer came within request_timeout (%s).", err.After)
	p.next = "Raise request_timeout in the provider block: a long answer can take minutes."
	if err.Stalled {
		p.Message = fmt.Sprintf("The transfer stopped: no byte was sent or received for as long as request_timeout (%s).", err.After)
		p.next = "Run the operation again. If this keeps happening, check the connection, or raise request_timeout in the provider block."
	}
	k.mayHaveWorked(p)
	switch {
	case p.MaybeBilled:
		p.Message += " The request was not sent again, so that you do not pay for it twice."
	case p.MaybeCreated:
		p.Message += " The request was not sent again, so that nothing is created twice."
	}
	return p
}

func (k *call) lost(err error) *Problem {
	p := k.problem(Lost)
	p.Message = "The request was sent, but the connection broke before the answer was complete: " + k.text(err.Error(), 300) + "."
	if k.wire.Partial() {
		p.Message = "The connection broke while the file was being sent: " + k.text(err.Error(), 300) + "."
	}
	p.next = "Run the operation again. If this keeps happening, look for a proxy or gateway that closes long connections."
	k.mayHaveWorked(p)
	switch {
	case p.MaybeBilled:
		p.Message += " It was not sent again, so that you do not pay for it twice."
		p.next = "Run the operation again to ask a second time. If this keeps happening, look for a proxy or gateway that closes long connections."
	case p.MaybeCreated:
		p.Message += " It was not sent again, so that nothing is created twice."
		p.next = "If this keeps happening, look for a proxy or gateway that closes long connections."
	}
	return p
}

func (k *call) notSent(err error) *Problem {
	p := k.problem(NotSent)
	p.Message = "The request could not be sent to " + k.client.base.Host + ": " + k.text(err.Error(), 300) + "."
	p.next = k.unreachable(err)
	return p
}

func (k *call) noToken(err *tokenError) *Problem {
	p := k.problem(NoToken)
	p.Message = "Nothing was sent, because Microsoft Entra ID did not issue a token: " + k.text(err.Error(), maxMessage)
	p.next = "Sign in with \"az login\"; or give a service principal in AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; or use a key: api_key in the azure block, or AZURE_OPENAI_API_KEY."
	return p
}

func (k *call) redirected(err *redirectError) *Problem {
	p := k.problem(Redirect)
	p.Message = k.text(err.Error(), 400) + ". It was not followed: the API key and the request are sent only to the server in " + k.client.address() + "."
	p.Message = strings.ToUpper(p.Message[:1]) + p.Message[1:]
	p.next = fmt.Sprintf("If %s is the right server, put its address in %s; it is %s now.%s",
		k.text(origin(err.target), 200), k.client.address(), k.base(), k.client.endsInV1(" For most servers it ends in /v1."))
	return p
}

// tooLong explains an answer, or one line of a stream, over the limit.
func (k *call) tooLong(err error) *Problem {
	p := k.problem(BadAnswer)
	p.Message = "The answer is too long to read: " + k.text(err.Error(), 300) + "."
	k.mayHaveWorked(p)
	p.next = "Ask for less at a time."
	p.cause = &veiled{text: p.Message, err: err}
	return p
}

// rejected explains that the caller's event function did not take an event.
func (k *call) rejected(err error) *Problem {
	p := k.problem(BadAnswer)
	p.Message = "The answer could not be read: " + k.text(err.Error(), maxMessage)
	k.mayHaveWorked(p)
	p.cause = &veiled{text: p.Message, err: err}
	return p
}

// text makes any text fit for a Problem. Secrets are looked for twice: as the text
// stands, and when what is not printable no longer hides them.
func (k *call) text(text string, limit int) string {
	text = printable(k.secrets.Start(text, maxText), math.MaxInt)
	return printable(k.private.String(k.secrets.String(text)), limit)
}

// costs reports whether an answer to the request is paid for.
func (k *call) costs() bool { return k.request.Costs }

// repeatable reports whether the request is sent again also where it may have been answered.
func (k *call) repeatable() bool {
	return transport.Repeatable(k.request.Method) || k.request.Repeatable && !k.request.Costs
}

// mayHaveWorked notes what the server may have done, since the request was sent and may
// have been carried out, though no answer to it could be read.
func (k *call) mayHaveWorked(p *Problem) {
	if k.wire.Partial() {
		return
	}
	p.MaybeBilled = k.costs()
	p.MaybeCreated = !k.costs() && !k.repeatable()
}
