package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// complete makes the last changes to what is sent.
func complete(arguments wire.Fields) wire.Fields { return withUsage(withWholeCalls(arguments)) }

// withUsage asks for the final chunk that says what a stream cost, unless the
// user has decided that. Not to ask for it is not to send the member, which is null
// elsewhere: some servers refuse it.
func withUsage(arguments wire.Fields) wire.Fields {
	if !arguments.True("stream") {
		return arguments
	}
	declared := Request.Find("stream_options")
	options := wire.Values{}
	for _, a := range declared.Fields {
		options[a.Name] = tftypes.NewValue(a.Type(), nil)
		if given := arguments.Open("stream_options"); !given.Absent() {
			options[a.Name] = given.Get(a.Name)
		}
	}
	if options["include_usage"].IsNull() {
		options["include_usage"] = truth(true)
	}
	if options["include_usage"].Equal(truth(false)) && options["include_obfuscation"].IsNull() {
		return arguments.With(wire.Values{"stream_options": tftypes.NewValue(declared.Type(), nil)})
	}
	return arguments.With(wire.Values{"stream_options": tftypes.NewValue(declared.Type(), options)})
}

// send makes the call and puts the events of a stream together to what the same
// request without `stream` would have answered. Whether it is answered by a stream is the
// server's to decide. What has arrived is returned also with an error.
func send(ctx context.Context, c *client.Client, _ wire.Fields, request client.Request, progress func(string)) (client.Answer, error) {
	whole := assembly{progress: progress}
	answer, err := c.Stream(ctx, request, whole.add)
	if answer.Body != nil {
		if err == nil { // in one piece
			answer.Body = wholeAnswer(answer.Body)
		}
		return answer, err
	}
	if err == nil && !answer.Complete && !whole.finished() {
		err = errors.New("the stream ended before the answer was complete")
		if answer.Remark != "" {
			err = fmt.Errorf("%w; the last that came is: %s", err, answer.Remark)
		}
	}
	answer.Body = c.Redact(request, whole.completion())
	return answer, err
}

// read completes a decoded answer.
func read(arguments wire.Fields, _ []byte, answer wire.Values) {
	sound := arguments.Has("include_audio_data") && arguments.True("include_audio_data")
	answer["choices"] = normalizeChoices(answer["choices"], sound)
	answer["content"] = firstContent(answer["choices"])
	answer["output"] = output(arguments, answer["content"])
}

// absent are the attributes that will be null.
func absent(arguments wire.Fields) []string {
	var names []string
	format := arguments.Open("response_format")
	_, known := format.Text("type")
	if _, wants := wantsJSON(arguments); !wants && (known || arguments.Get("response_format").IsNull()) {
		names = append(names, "output")
	}
	if arguments.Get("moderation").IsNull() {
		names = append(names, "response_moderation")
	}
	return names
}

// withoutAudioData is an answer that is there, as include_audio_data asks for it now.
func withoutAudioData(arguments, answer wire.Fields) (wire.Values, bool) {
	wants, values := arguments.True("include_audio_data"), answer.Values()
	for _, choice := range answer.Items("choices") {
		audio := wire.Open(choice).Open("message").Open("audio")
		if wants && !audio.Absent() && audio.Get("data").IsNull() {
			return nil, false
		}
	}
	values["choices"] = normalizeChoices(values["choices"], wants)
	return values, true
}

// firstContent is the text of the first choice; null where it has none.
func firstContent(choices tftypes.Value) tftypes.Value {
	if items := wire.Items(choices); len(items) > 0 {
		if text, ok := wire.Open(items[0]).Open("message").Text("content"); ok {
			return tftypes.NewValue(tftypes.String, text)
		}
	}
	return tftypes.NewValue(tftypes.String, nil)
}

// normalizeChoices makes the choices the same from every server, and streamed or not:
// an empty list of tool calls or annotations is null. Unless it is wanted, the
// sound of a spoken answer is left out.
func normalizeChoices(choices tftypes.Value, sound bool) tftypes.Value {
	items := wire.Items(choices)
	if items == nil {
		return choices
	}
	out, changed := slices.Clone(items), false
	for i, choice := range items {
		message := wire.Open(choice).Open("message")
		if message.Absent() {
			continue
		}
		with := func(value tftypes.Value, names ...string) {
			out[i], changed = wire.With(out[i], value, append([]string{"message"}, names...)...), true
		}
		for _, name := range []string{"tool_calls", "annotations"} {
			if list := message.Get(name); !list.IsNull() && len(wire.Items(list)) == 0 {
				with(tftypes.NewValue(list.Type(), nil), name)
			}
		}
		if !sound && !message.Get("audio").IsNull() {
			with(tftypes.NewValue(tftypes.String, nil), "audio", "data")
		}
	}
	if !changed {
		return choices
	}
	return tftypes.NewValue(choices.Type(), out)
}

// usage is what the server counted of an answer.
func usage(answer wire.Fields) (prompt, completion int) {
	counts := answer.Open("usage")
	if counts.Absent() {
		return 0, 0
	}
	return int(wire.Int(counts.Get("prompt_tokens"))), int(wire.Int(counts.Get("completion_tokens")))
}

// answerText is an answer as people read it: its texts, refusals and tool calls.
func answerText(answer wire.Fields) string {
	var parts []string
	choices := answer.Items("choices")
	for i, choice := range choices {
		message := wire.Open(choice).Open("message")
		if message.Absent() {
			continue
		}
		var lines []string
		for _, name := range []string{"content", "refusal"} {
			if text := message.String(name); text != "" {
				lines = append(lines, text)
			}
		}
		for _, call := range message.Items("tool_calls") {
			for _, kind := range []string{"function", "custom"} {
				if called := wire.Open(call).Open(kind); !called.Absent() {
					input := map[string]string{"function": "arguments", "custom": "input"}[kind]
					lines = append(lines, fmt.Sprintf("calls %s with %s", called.String("name"), called.String(input)))
				}
			}
		}
		if len(lines) > 0 && len(choices) > 1 {
			lines[0] = fmt.Sprintf("choices[%d]: %s", i, lines[0])
		}
		parts = append(parts, lines...)
	}
	return strings.Join(parts, "\n")
}

// textPaths lead to what answerText shows, and to the texts that some servers have elsewhere.
var textPaths = []string{
	"choices[*].message.content", "choices[*].message.content[*].text", "choices[*].message.refusal",
	"choices[*].message.audio.transcript", "choices[*].message.function_call.arguments",
	"choices[*].message.tool_calls[*].function.arguments", "choices[*].message.tool_calls[*].custom.input",
}

// describe names a request without quoting it.
func describe(arguments wire.Fields) string {
	var roles []string
	for _, name := range []string{"message", "messages"} {
		for _, item := range arguments.Items(name) {
			roles = append(roles, wire.Open(item).String("role"))
		}
	}
	if text, ok := arguments.Text("messages_json"); ok {
		roles, _ = parseMessages(text) // it is valid, or is not sent
	}
	return fmt.Sprintf("The request: model %s, messages: %s.", arguments.String("model"), strings.Join(roles, ", "))
}

// readingStored says how a completion can be read that cannot be imported.
func readingStored(id string) string {
	return fmt.Sprintf(`A completion that was made with store = true can be read with the data sources openai_chat_completion (the answer) and openai_chat_completion_messages (the conversation):

  data "openai_chat_completion" "example" {
    completion_id = %q
  }`, id)
}

// relabel gives a stored completion other metadata, and no label where it is null.
func relabel(ctx context.Context, c *client.Client, id string, arguments wire.Fields, apiKey string) error {
	body, err := wire.Encode(kinds.Attributes{*Request.Find("metadata")}, arguments)
	if err != nil {
		return err
	}
	if arguments.Get("metadata").IsNull() {
		body = []byte(`{"metadata":null}`)
	}
	_, err = c.Do(ctx, client.Request{
		Method: http.MethodPost, Path: client.Path("chat", "completions", id), Body: body, APIKey: apiKey, Existing: true, Repeatable: true,
	})
	return err
}
