package answer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// request is a request, and what is needed to read its answer.
type request struct {
	kind      *Kind
	arguments wire.Fields
	call      client.Request

	input, output int // about how many tokens it takes, and its answer as far as that is limited
}

// newRequest writes arguments as the request's JSON. It fails for arguments that are
// not known yet.
func (k *Kind) newRequest(arguments wire.Fields) (request, error) {
	r := request{kind: k, arguments: arguments}
	body, err := k.body(k.Request, arguments)
	if err != nil {
		return r, fmt.Errorf("the request could not be written as JSON: %w", err)
	}
	r.call = client.Request{
		Method: http.MethodPost, Path: client.Path(k.Endpoint...), Body: body,
		APIKey: apiKey(arguments), Secrets: k.secretTexts(arguments), Credentials: k.credentials(arguments),
		Costs: !k.Free, Repeatable: k.Free,
	}
	if k.Tokens != nil {
		r.input, r.output = k.Tokens(body)
		r.call.Tokens = r.input + r.output
	}
	return r, nil
}

// body is the JSON of a request that has some of the arguments.
func (k *Kind) body(as kinds.Attributes, arguments wire.Fields) ([]byte, error) {
	body, err := wire.Encode(as, k.completed(arguments))
	if err != nil {
		return nil, err
	}
	if k.Compose != nil {
		if body, err = rewritten(body, func(object map[string]any) { k.Compose(arguments, object) }); err != nil {
			return nil, err
		}
	}
	if extra, ok := arguments.Text("extra_body"); ok {
		body = withMembers(body, extra)
	}
	return body, nil
}

// rewritten is a JSON object that has been changed. Texts in it stay readable.
func rewritten(body []byte, change func(object map[string]any)) ([]byte, error) {
	object, err := wire.ParseObject(body)
	if err != nil {
		return nil, err
	}
	change(object)
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// named is the JSON that a recording is named by, and shows: what is asked, whoever asks it and however it is written.
func (r request) named() ([]byte, error) {
	body, k := r.call.Body, r.kind
	if len(k.credentials(r.arguments)) > 0 {
		var err error
		if body, err = k.body(k.declare().named, r.arguments); err != nil {
			return nil, err
		}
	}
	if k.Alike == nil {
		return body, nil
	}
	return rewritten(body, k.Alike)
}

// completed are the arguments as they are sent, and as two requests are compared.
func (k *Kind) completed(arguments wire.Fields) wire.Fields {
	if k.Complete == nil {
		return arguments
	}
	return k.Complete(arguments)
}

// givenArguments are those that the user wrote, so that what the server says of
// an argument is reported at the one of its names that is there.
func (k *Kind) givenArguments(arguments wire.Fields) kinds.Attributes {
	var given kinds.Attributes
	for _, a := range k.Request {
		if arguments.Has(a.Name) && rules.Given(arguments.Get(a.Name)) {
			given = append(given, a)
		}
	}
	return given
}

// withMembers adds the members of one JSON object to another.
func withMembers(body []byte, object string) []byte {
	members := bytes.TrimSpace([]byte(object))
	members = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimPrefix(members, []byte("{")), []byte("}")))
	if len(members) == 0 {
		return body
	}
	start := bytes.TrimSuffix(body, []byte("}"))
	if len(start) > 1 {
		start = slices.Concat(start, []byte(","))
	}
	return slices.Concat(start, members, []byte("}"))
}

// apiKey is the key that a block gives itself; "" leaves the provider's.
func apiKey(arguments wire.Fields) string {
	if arguments.Has("api_key_wo") {
		if key, ok := arguments.Text("api_key_wo"); ok {
			return key
		}
	}
	if !arguments.Has("api_key") { // an action's plan would show it
		return ""
	}
	return arguments.String("api_key")
}

// question is what a recording of the answer is found by, and how people see it.
func (a asker) question(r request) (recording.Question, error) {
	body, err := r.named()
	if err != nil {
		return recording.Question{}, err
	}
	q, err := recording.NewQuestion(r.kind.recordedEndpoint(), body, r.kind.Delivery, r.kind.triggers(r.arguments))
	return q.Presented(recording.Presentation{Label: r.arguments.String("label"), Text: r.kind.TextPaths, Stateless: a.stateless}), err
}

func (k *Kind) recordedEndpoint() string {
	if k.UnnamedEndpoint {
		return ""
	}
	return strings.Join(k.Endpoint, "/")
}

// triggers are the values of the argument, where null counts as "". nil = there are none.
func (k *Kind) triggers(arguments wire.Fields) map[string]string {
	if !arguments.Has("triggers") { // only the managed resource has it
		return nil
	}
	var triggers map[string]string
	for name, value := range wire.Entries(arguments.Get("triggers")) {
		if triggers == nil {
			triggers = map[string]string{}
		}
		triggers[name], _ = wire.Text(value)
	}
	return triggers
}

// describe names the request without quoting it.
func (r request) describe() string {
	if r.kind.Describe != nil {
		return r.kind.Describe(r.arguments)
	}
	if model, ok := r.arguments.Text("model"); ok {
		return fmt.Sprintf("The request: %s, model %s.", r.kind.Noun, model)
	}
	return fmt.Sprintf("The request: %s.", r.kind.Noun)
}

// defaultCreateTimeout is how long an answer may take in all, retries included.
const defaultCreateTimeout = 20 * time.Minute

func withCreateTimeout(ctx context.Context, timeouts tftypes.Value) (context.Context, context.CancelFunc) {
	limit := defaultCreateTimeout
	if fields := wire.Open(timeouts); !fields.Absent() {
		if d, err := time.ParseDuration(fields.String("create")); err == nil {
			limit = d
		}
	}
	return client.WithTimeLimit(ctx, "timeouts.create", limit)
}
