package emulator

import "regexp"

// The shape of a request for a response, as the API's reference has it.

var includable = []string{
	"file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url",
	"computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs",
}

// responseInputShape is looked into item by item, since each has a shape of its own.
var responseInputShape = &shape{kind: kindText, null: true, maxLength: 10 << 20, or: &shape{kind: kindList, items: &shape{kind: kindObject}}}

// responseShapes is every argument of POST /responses but model.
var responseShapes = map[string]*shape{
	"background": nullable(aBoolean),
	"context_management": {kind: kindList, null: true, minItems: 1, items: fields([]string{"type"}, map[string]*shape{
		"type": aString, "compact_threshold": number(kindInteger, "1000", ""),
	})},
	"conversation":         {kind: kindText, null: true, or: fields([]string{"id"}, map[string]*shape{"id": aString})},
	"include":              {kind: kindList, null: true, items: oneOf(includable...)},
	"input":                responseInputShape,
	"instructions":         nullable(aString),
	"max_output_tokens":    number(kindInteger, "16", ""),
	"max_tool_calls":       number(kindInteger, "1", ""),
	"metadata":             metadataShape,
	"moderation":           requestShapes["moderation"],
	"parallel_tool_calls":  nullable(aBoolean),
	"previous_response_id": nullable(aString),
	"prompt": nullable(fields([]string{"id"}, map[string]*shape{
		"id": aString, "version": nullable(aString), "variables": {kind: kindObject, null: true},
	})),
	"prompt_cache_key":       requestShapes["prompt_cache_key"],
	"prompt_cache_options":   requestShapes["prompt_cache_options"],
	"prompt_cache_retention": requestShapes["prompt_cache_retention"],
	"reasoning": nullable(fields(nil, map[string]*shape{
		"effort": requestShapes["reasoning_effort"], "mode": nullable(aString),
		"summary": nullable(oneOf("auto", "concise", "detailed")), "generate_summary": nullable(oneOf("auto", "concise", "detailed")),
		"context": nullable(oneOf("auto", "current_turn", "all_turns")),
	})),
	"safety_identifier": requestShapes["safety_identifier"],
	"service_tier":      nullable(oneOf("auto", "default", "flex", "scale", "priority", "fast", "ultrafast")),
	"store":             nullable(aBoolean),
	"stream":            nullable(aBoolean),
	"stream_options":    nullable(fields(nil, map[string]*shape{"include_obfuscation": aBoolean})),
	"temperature":       number(kindDecimal, "0", "2"),
	"text": nullable(fields(nil, map[string]*shape{
		"verbosity": requestShapes["verbosity"],
		"format": nullable(variants("type", []string{"json_object", "json_schema", "text"}, map[string]*shape{
			"text":        fields([]string{"type"}, map[string]*shape{"type": aString}),
			"json_object": fields([]string{"type"}, map[string]*shape{"type": aString}),
			"json_schema": fields([]string{"type", "name", "schema"}, map[string]*shape{
				"type": aString, "name": aName, "description": nullable(aString), "schema": aSchema, "strict": nullable(aBoolean),
			}),
		})),
	})),
	"tool_choice":  responseChoiceShape,
	"tools":        {kind: kindList, null: true, maxItems: 128, items: &shape{kind: kindObject}},
	"top_logprobs": number(kindInteger, "0", "20"),
	"top_p":        number(kindDecimal, "0", "1"),
	"truncation":   nullable(oneOf("auto", "disabled")),
	"user":         nullable(aString),
}

// countShapes is every argument of POST /responses/input_tokens.
var countShapes = func() map[string]*shape {
	out := map[string]*shape{"model": nullable(aString), "personality": aString}
	for _, name := range []string{
		"input", "previous_response_id", "tools", "text", "reasoning", "truncation", "instructions", "conversation", "tool_choice", "parallel_tool_calls",
	} {
		out[name] = responseShapes[name]
	}
	return out
}()

// Tools, of which those that are not here are taken as they are.
var (
	aNameOfTool  = &shape{kind: kindText, maxLength: 128, pattern: namePattern}
	locatedShape = nullable(fields(nil, map[string]*shape{
		"type": oneOf("approximate"), "country": nullable(aString), "region": nullable(aString), "city": nullable(aString), "timezone": nullable(aString),
	}))
	webSearchShape = fields([]string{"type"}, map[string]*shape{
		"type": aString, "external_web_access": nullable(aBoolean), "user_location": locatedShape,
		"filters":             nullable(fields(nil, map[string]*shape{"allowed_domains": {kind: kindList, null: true, items: aString}})),
		"search_context_size": nullable(oneOf("low", "medium", "high")), "search_content_types": {kind: kindList, items: oneOf("text", "image")},
	})
	toolFilterShape = fields(nil, map[string]*shape{"tool_names": {kind: kindList, items: aString}, "read_only": aBoolean})
	connectorShape  = oneOf("connector_dropbox", "connector_gmail", "connector_googlecalendar", "connector_googledrive",
		"connector_microsoftteams", "connector_outlookcalendar", "connector_outlookemail", "connector_sharepoint")
	callersShape = &shape{kind: kindList, null: true, items: aString}

	responseToolShapes = map[string]*shape{
		"function": fields([]string{"type", "name"}, map[string]*shape{
			"type": aString, "name": aNameOfTool, "description": nullable(aString), "parameters": nullable(aSchema), "output_schema": nullable(aSchema),
			"strict": nullable(aBoolean), "defer_loading": aBoolean, "allowed_callers": callersShape,
		}),
		"custom": fields([]string{"type", "name"}, map[string]*shape{
			"type": aString, "name": aNameOfTool, "description": nullable(aString), "defer_loading": aBoolean, "allowed_callers": callersShape,
			"format": variants("type", []string{"grammar", "text"}, map[string]*shape{
				"text": fields([]string{"type"}, map[string]*shape{"type": aString}),
				"grammar": fields([]string{"type", "definition", "syntax"}, map[string]*shape{
					"type": aString, "definition": aString, "syntax": oneOf("lark", "regex"),
				}),
			}),
		}),
		"file_search": fields([]string{"type", "vector_store_ids"}, map[string]*shape{
			"type": aString, "vector_store_ids": {kind: kindList, items: aString, minItems: 1},
			"max_num_results": {kind: kindInteger, min: "1", max: "50"}, "filters": nullable(newFilterShape()),
			"ranking_options": nullable(fields(nil, map[string]*shape{
				"ranker": oneOf("none", "auto", "default-2024-11-15"), "score_threshold": {kind: kindDecimal, min: "0", max: "1"},
				"hybrid_search": nullable(fields([]string{"embedding_weight", "text_weight"}, map[string]*shape{
					"embedding_weight": number(kindDecimal, "0", ""), "text_weight": number(kindDecimal, "0", ""),
				})),
			})),
		}),
		"web_search": webSearchShape, "web_search_2025_08_26": webSearchShape,
		"web_search_preview": webSearchShape, "web_search_preview_2025_03_11": webSearchShape,
		"code_interpreter": fields([]string{"type", "container"}, map[string]*shape{
			"type": aString, "allowed_callers": callersShape,
			"container": {kind: kindText, or: fields([]string{"type"}, map[string]*shape{
				"type": oneOf("auto"), "file_ids": {kind: kindList, null: true, items: aString, maxItems: 50},
				"memory_limit": nullable(oneOf("1g", "4g", "16g", "64g")), "network_policy": {kind: kindObject, null: true},
			})},
		}),
		"mcp": fields([]string{"type", "server_label"}, map[string]*shape{
			"type": aString, "server_label": aNameOfTool, "server_url": {kind: kindText, null: true, pattern: regexp.MustCompile(`^https?://.`)},
			"connector_id": nullable(connectorShape), "tunnel_id": {kind: kindText, null: true, pattern: regexp.MustCompile(`^tunnel_[a-z0-9]{32}$`)},
			"authorization": nullable(aString), "server_description": nullable(aString),
			"headers":       {kind: kindObject, null: true, values: aString},
			"allowed_tools": {kind: kindList, null: true, items: aString, or: toolFilterShape}, "allowed_callers": callersShape, "defer_loading": aBoolean,
			"require_approval": {kind: kindText, null: true, enum: []string{"always", "never"}, or: fields(nil, map[string]*shape{
				"always": nullable(toolFilterShape), "never": nullable(toolFilterShape),
			})},
		}),
	}
)

// toolTypes are the tools there are, as errors list them.
var toolTypes = []string{
	"function", "file_search", "computer", "computer_use_preview", "web_search", "web_search_2025_08_26", "mcp", "code_interpreter",
	"programmatic_tool_calling", "image_generation", "local_shell", "shell", "custom", "namespace", "tool_search", "web_search_preview",
	"web_search_preview_2025_03_11", "apply_patch",
}

var responseChoiceShape = &shape{kind: kindText, null: true, enum: []string{"none", "auto", "required"}, or: newChoiceShape()}

// newChoiceShape is a tool, or several to choose from.
func newChoiceShape() *shape {
	named := fields([]string{"type", "name"}, map[string]*shape{"type": aString, "name": aString})
	of := map[string]*shape{
		"function": named, "custom": named,
		"mcp": fields([]string{"type", "server_label"}, map[string]*shape{"type": aString, "server_label": aString, "name": nullable(aString)}),
		"allowed_tools": fields([]string{"type", "mode", "tools"}, map[string]*shape{
			"type": aString, "mode": oneOf("auto", "required"), "tools": {kind: kindList, items: &shape{kind: kindObject}},
		}),
	}
	order := []string{"function", "custom", "mcp", "allowed_tools"}
	for _, name := range toolTypes {
		if of[name] == nil {
			of[name] = fields([]string{"type"}, map[string]*shape{"type": aString})
			order = append(order, name)
		}
	}
	return variants("type", order, of)
}
