package response

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// background is how a response is waited for that is made in the background.
var background = &answer.Deferred{
	Wanted: func(arguments wire.Fields) bool { return arguments.True("background") },
	ID: func(body []byte) (id, status string) {
		var shown struct{ ID, Status string }
		if json.Unmarshal(body, &shown) != nil || shown.Status != "queued" && shown.Status != "in_progress" {
			return "", ""
		}
		return shown.ID, shown.Status
	},
	Get: func(ctx context.Context, c *client.Client, id, apiKey string) (client.Answer, error) {
		return c.Do(ctx, client.Request{Method: http.MethodGet, Path: client.Path("responses", id), APIKey: apiKey, Existing: true})
	},
	Cancel: func(ctx context.Context, c *client.Client, id, apiKey string) error {
		_, err := c.Do(ctx, client.Request{Method: http.MethodPost, Path: client.Path("responses", id, "cancel"), APIKey: apiKey, Existing: true, Repeatable: true})
		if client.HasStatus(err, http.StatusBadRequest, http.StatusConflict) { // it has ended
			return nil
		}
		return err
	},
}

// kept reports whether the server keeps the response to a request: it does by default.
func kept(arguments wire.Fields) bool {
	store := arguments.Get("store")
	return store.IsNull() || wire.True(store)
}

// unowned asks the server to keep nothing that nobody would delete, unless the user says otherwise.
func unowned(arguments wire.Fields) wire.Fields {
	if !arguments.Get("store").IsNull() || arguments.True("background") || !arguments.Get("background").IsKnown() {
		return arguments
	}
	return arguments.With(wire.Values{"store": truth(false)})
}

// stored reads a response that the server keeps, and its input items, oldest first.
func stored(ctx context.Context, c *client.Client, id string) (client.Answer, []json.RawMessage, error) {
	got, err := background.Get(ctx, c, id, "")
	if err != nil {
		return got, nil, err
	}
	items, err := inputItems(ctx, c, id)
	return got, items, err
}

func inputItems(ctx context.Context, c *client.Client, id string) ([]json.RawMessage, error) {
	return c.List(ctx, client.Request{Path: client.Path("responses", id, "input_items"), Query: url.Values{"order": {"asc"}, "limit": {"100"}}, Existing: true}, 0)
}

// importStored makes arguments of a response that the server keeps.
func importStored(ctx context.Context, c *client.Client, id string) (wire.Values, client.Answer, error) {
	got, items, err := stored(ctx, c, id)
	if err != nil {
		return nil, got, err
	}
	shown, err := wire.ParseObject(got.Body)
	if err != nil {
		return nil, got, err
	}
	if _, status := background.ID(got.Body); status != "" {
		return nil, got, fmt.Errorf("the response %s is still being made (status %q). Import it when it is there", id, status)
	}
	if previous, ok := shown["previous_response_id"].(string); ok {
		if items, err = without(ctx, c, items, previous); err != nil {
			return nil, got, err
		}
	}
	values := wire.Values{}
	for _, name := range []string{"model", "instructions", "previous_response_id", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier", "truncation"} {
		if text, ok := shown[name].(string); ok && text != usual[name] {
			values[name] = tftypes.NewValue(tftypes.String, text)
		}
	}
	maps.Copy(values, wire.Reconcile(repeated, echoed(shown), wire.Fields{}))
	for name, value := range map[string]any{"tool_json": shown["tools"], "tool_choice": shown["tool_choice"]} {
		switch value := value.(type) {
		case string:
			if value != usual[name] {
				values[name] = tftypes.NewValue(tftypes.String, value)
			}
		case []any, map[string]any:
			if !jsontext.Empty(value) {
				values[name] = tftypes.NewValue(tftypes.String, string(jsontext.Canonical(value)))
			}
		}
	}
	if conversation, ok := shown["conversation"].(object); ok {
		text, _ := conversation["id"].(string)
		values["conversation_id"] = tftypes.NewValue(tftypes.String, text)
	}
	name, text, err := asInput(items)
	if err != nil {
		return nil, got, err
	}
	if name != "" {
		values[name] = tftypes.NewValue(tftypes.String, text)
	}
	return values, got, nil
}

// repeated are arguments that a response repeats as they were, but for their defaults.
var repeated = func() kinds.Attributes {
	var as []kinds.Attribute
	for _, name := range []string{"max_output_tokens", "max_tool_calls", "temperature", "top_p", "top_logprobs", "parallel_tool_calls", "background", "reasoning", "text", "metadata", "prompt_cache_options"} {
		as = append(as, *Request.Find(name))
	}
	return kinds.Declare(as...)
}()

// usual is what the server shows of an argument that was left out.
var usual = map[string]string{"service_tier": "default", "truncation": "disabled", "tool_choice": "auto"}

// echoed are the members of a response that repeat its request, without those that were left out, as far as their
// values tell.
func echoed(shown object) object {
	out := object{}
	for name, value := range shown {
		text := strings.TrimSpace(string(jsontext.Canonical(value)))
		switch {
		case jsontext.Empty(value), defaults[name] == text:
		case name == "text":
			inside, _ := value.(object)
			kept := object{}
			if format, ok := inside["format"].(object); ok && format["type"] != "text" {
				kept["format"] = format
			}
			if verbosity := inside["verbosity"]; verbosity != nil && verbosity != "medium" {
				kept["verbosity"] = verbosity
			}
			if len(kept) > 0 {
				out[name] = kept
			}
		default:
			out[name] = value
		}
	}
	return out
}

// defaults are those of the API, as canonical JSON.
var defaults = map[string]string{"temperature": canonical("1"), "top_p": canonical("1"), "top_logprobs": canonical("0"), "parallel_tool_calls": "true", "background": "false"}

func canonical(number string) string { return string(jsontext.Canonical(json.Number(number))) }

// without leaves out the items that a response has from the one that it goes on from.
func without(ctx context.Context, c *client.Client, items []json.RawMessage, previous string) ([]json.RawMessage, error) {
	got, before, err := stored(ctx, c, previous)
	if client.IsGone(err) {
		return items, nil // nothing can be said of them
	}
	if err != nil {
		return nil, err
	}
	var made struct{ Output []json.RawMessage }
	_ = json.Unmarshal(got.Body, &made) // else it has none
	known := map[string]bool{}
	for _, item := range append(before, made.Output...) {
		if id, err := (client.Answer{Body: item}).ID(); err == nil {
			known[id] = true
		}
	}
	var own []json.RawMessage
	for _, item := range items {
		if id, err := (client.Answer{Body: item}).ID(); err != nil || !known[id] {
			own = append(own, item)
		}
	}
	return own, nil
}

// asInput is the argument that says the same as input items, and its value; "" = there are none.
func asInput(items []json.RawMessage) (name, text string, err error) {
	var list []any
	for _, raw := range items {
		item, err := wire.ParseObject(raw)
		if err != nil {
			return "", "", err
		}
		list = append(list, alikeItem(item))
	}
	if len(list) == 0 {
		return "", "", nil
	}
	if only := list[0].(object); len(list) == 1 { //nolint:forcetypeassert // alikeItem gives objects
		parts, _ := only["content"].([]any)
		if part, ok := first(parts).(object); ok && only["role"] == "user" && len(parts) == 1 && len(part) == 2 && part["type"] == "input_text" {
			text, _ := part["text"].(string)
			return "input", text, nil
		}
	}
	return "input_items", string(jsontext.Canonical(list)), nil
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// dated is the end of the name of a model that another name, without it, stands for.
var dated = regexp.MustCompile(`^-\d{4}-\d{2}-\d{2}$`)

// filledIn reports whether the server shows more of a request than was asked: the dated name of a model, how much it
// reasons, or members of a tool that were left out.
func filledIn(place string, shown, given any) bool {
	switch {
	case place == "model":
		long, _ := shown.(string)
		short, _ := given.(string)
		return short != "" && dated.MatchString(strings.TrimPrefix(long, short))
	case given != nil:
		return false
	}
	return place == "reasoning" || strings.HasPrefix(place, "reasoning.") || strings.HasPrefix(place, "tools[") && strings.Contains(place, ".")
}
