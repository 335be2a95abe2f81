package emulator

import (
	"encoding/json"
	"maps"
	"net/url"
)

// echo is the request as the response shows it, with what was left out filled in.
func (r *responseRequest) echo() map[string]any {
	m := map[string]any{
		"background": false, "instructions": nil, "max_output_tokens": nil, "max_tool_calls": nil, "metadata": map[string]any{},
		"parallel_tool_calls": true, "previous_response_id": nil, "prompt_cache_key": nil, "prompt_cache_retention": nil, "safety_identifier": nil,
		"store": true, "temperature": json.Number("1.0"), "tool_choice": "auto", "top_logprobs": 0, "top_p": json.Number("1.0"),
		"truncation": "disabled", "user": nil,
	}
	for name := range m {
		if given := r.root[name]; given != nil {
			m[name] = given
		}
	}
	m["model"], m["service_tier"] = snapshot(r.Model), servedTier(r.ServiceTier)
	m["reasoning"], m["text"] = r.reasoningEcho(), r.textEcho()
	m["tools"] = r.toolsEcho()
	if r.Conversation != "" {
		m["conversation"] = map[string]any{"id": r.Conversation}
	}
	if options, ok := r.root["prompt_cache_options"].(map[string]any); ok {
		m["prompt_cache_options"] = filled(options, map[string]any{"ttl": "30m", "mode": "implicit"})
	}
	return m
}

// filled is an object with what it lacks, or has as null.
func filled(object, standard map[string]any) map[string]any {
	out := maps.Clone(standard)
	for name, value := range object {
		if value != nil || standard[name] == nil {
			out[name] = value
		}
	}
	return out
}

// present leaves out members that are null.
func present(object map[string]any, names ...string) {
	for _, name := range names {
		if object[name] == nil {
			delete(object, name)
		}
	}
}

func (r *responseRequest) reasoningEcho() map[string]any {
	standard := map[string]any{"effort": nil, "summary": nil}
	switch {
	case reasons(r.Model):
		standard["effort"] = "medium"
	case canReason(r.Model):
		standard["effort"] = "none"
	}
	given, _ := r.root["reasoning"].(map[string]any)
	return filled(given, standard)
}

func (r *responseRequest) textEcho() map[string]any {
	given, _ := r.root["text"].(map[string]any)
	out := filled(given, map[string]any{"format": map[string]any{"type": "text"}, "verbosity": "medium"})
	if format, ok := out["format"].(map[string]any); ok && format["type"] == "json_schema" {
		format = filled(format, map[string]any{"strict": false})
		present(format, "description")
		out["format"] = format
	}
	return out
}

// toolsEcho are the tools without their secrets.
func (r *responseRequest) toolsEcho() []any {
	out := make([]any, len(r.Tools))
	for i := range r.Tools {
		t, sent := &r.Tools[i], r.toolAsSent(i)
		switch t.Type {
		case "function":
			sent = filled(sent, map[string]any{"description": nil, "parameters": nil, "strict": t.strict()})
		case "custom":
			sent = filled(sent, map[string]any{"format": map[string]any{"type": "text"}})
			present(sent, "description")
		case "file_search":
			sent = filled(sent, map[string]any{"filters": nil, "max_num_results": 20})
			ranking, _ := sent["ranking_options"].(map[string]any)
			sent["ranking_options"] = filled(ranking, map[string]any{"ranker": "auto", "score_threshold": json.Number("0.0")})
		case "web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11":
			sent = filled(sent, map[string]any{"search_context_size": "medium"})
			location, _ := sent["user_location"].(map[string]any)
			sent["user_location"] = filled(location, map[string]any{
				"type": "approximate", "country": "US", "region": nil, "city": nil, "timezone": nil,
			})
		case "code_interpreter":
			if container, ok := sent["container"].(map[string]any); ok {
				sent = maps.Clone(sent)
				sent["container"] = filled(container, map[string]any{"file_ids": []any{}})
			}
		case "mcp":
			sent = publicServer(sent)
		}
		out[i] = sent
	}
	return out
}

// publicServer is an MCP server without its credentials, and without the path of its address.
func publicServer(sent map[string]any) map[string]any {
	out := filled(sent, map[string]any{"allowed_tools": nil, "headers": nil, "require_approval": "always"})
	delete(out, "authorization")
	present(out, "server_description", "server_url", "connector_id", "tunnel_id")
	if address, ok := out["server_url"].(string); ok {
		if u, err := url.Parse(address); err == nil {
			out["server_url"] = u.Scheme + "://" + u.Host + "/<redacted>"
		}
	}
	if headers, ok := out["headers"].(map[string]any); ok {
		hidden := map[string]any{}
		for name := range headers {
			hidden[name] = "<redacted>"
		}
		out["headers"] = hidden
	}
	return out
}
