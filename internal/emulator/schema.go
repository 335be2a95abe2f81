package emulator

import (
	"encoding/json"
	"regexp"
)

// The shape of a request, as the API's reference has it.

var (
	aString     = &shape{kind: kindText}
	aBoolean    = &shape{kind: kindBoolean}
	aSchema     = &shape{kind: kindObject}
	namePattern = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)
	aName       = &shape{kind: kindText, maxLength: 64, pattern: namePattern}

	breakpointShape = fields([]string{"mode"}, map[string]*shape{"mode": oneOf("explicit")})
)

func oneOf(values ...string) *shape { return &shape{kind: kindText, enum: values} }

func nullable(s *shape) *shape {
	or := *s
	or.null = true
	return &or
}

func fields(required []string, of map[string]*shape) *shape {
	return &shape{kind: kindObject, required: required, fields: of}
}

// variants is an object whose field tag is one of the names, in the order of
// the API's error message.
func variants(tag string, order []string, of map[string]*shape) *shape {
	return &shape{kind: kindObject, tag: tag, order: order, variants: of}
}

func number(k kind, low, high string) *shape {
	return &shape{kind: k, null: true, min: json.Number(low), max: json.Number(high)}
}

// Content parts.
var partShapes = map[string]*shape{
	"text": fields([]string{"type", "text"}, map[string]*shape{
		"type": aString, "text": aString, "prompt_cache_breakpoint": breakpointShape,
	}),
	"image_url": fields([]string{"type", "image_url"}, map[string]*shape{
		"type": aString, "prompt_cache_breakpoint": breakpointShape,
		"image_url": fields([]string{"url"}, map[string]*shape{"url": aString, "detail": oneOf("auto", "low", "high")}),
	}),
	"input_audio": fields([]string{"type", "input_audio"}, map[string]*shape{
		"type": aString, "prompt_cache_breakpoint": breakpointShape,
		"input_audio": fields([]string{"data", "format"}, map[string]*shape{"data": aString, "format": oneOf("wav", "mp3")}),
	}),
	"file": fields([]string{"type", "file"}, map[string]*shape{
		"type": aString, "prompt_cache_breakpoint": breakpointShape,
		"file": fields(nil, map[string]*shape{"filename": aString, "file_data": aString, "file_id": aString}),
	}),
	"refusal": fields([]string{"type", "refusal"}, map[string]*shape{"type": aString, "refusal": aString}),
}

// contentShape is a string or a list of parts of the types namedShape.
func contentShape(types ...string) *shape {
	allowed := map[string]*shape{}
	for _, t := range types {
		allowed[t] = partShapes[t]
	}
	return &shape{kind: kindText, or: &shape{kind: kindList, minItems: 1, items: variants("type", types, allowed)}}
}

// Messages.
var (
	roles = []string{"system", "assistant", "user", "function", "tool", "developer"}

	instructionShape = fields([]string{"role", "content"}, map[string]*shape{
		"role": aString, "content": contentShape("text"), "name": aString,
	})

	functionCallShape = fields([]string{"name", "arguments"}, map[string]*shape{"name": aString, "arguments": aString})

	messageShape = variants("role", roles, map[string]*shape{
		"system":    instructionShape,
		"developer": instructionShape,
		"user": fields([]string{"role", "content"}, map[string]*shape{
			"role": aString, "content": contentShape("text", "image_url", "input_audio", "file"), "name": aString,
		}),
		"assistant": fields([]string{"role"}, map[string]*shape{
			"role": aString, "content": nullable(contentShape("text", "refusal")), "name": aString,
			"refusal":       nullable(aString),
			"audio":         nullable(fields([]string{"id"}, map[string]*shape{"id": aString})),
			"tool_calls":    {kind: kindList, minItems: 1, items: toolCallShape},
			"function_call": nullable(functionCallShape),
			// What the API itself put into an answer may be sent back to it.
			"annotations": {kind: kindList, items: &shape{kind: kindObject}},
		}),
		"tool": fields([]string{"role", "content", "tool_call_id"}, map[string]*shape{
			"role": aString, "content": contentShape("text"), "tool_call_id": aString,
		}),
		"function": fields([]string{"role", "content", "name"}, map[string]*shape{
			"role": aString, "content": nullable(aString), "name": aString,
		}),
	})

	toolCallShape = variants("type", []string{"function", "custom"}, map[string]*shape{
		"function": fields([]string{"id", "type", "function"}, map[string]*shape{
			"id": aString, "type": aString, "function": functionCallShape,
		}),
		"custom": fields([]string{"id", "type", "custom"}, map[string]*shape{
			"id": aString, "type": aString,
			"custom": fields([]string{"name", "input"}, map[string]*shape{"name": aString, "input": aString}),
		}),
	})
)

// Tools.
var (
	toolShape = variants("type", []string{"function", "custom"}, map[string]*shape{
		"function": fields([]string{"type", "function"}, map[string]*shape{
			"type": aString,
			"function": fields([]string{"name"}, map[string]*shape{
				"name": aName, "description": aString, "parameters": aSchema, "strict": nullable(aBoolean),
			}),
		}),
		"custom": fields([]string{"type", "custom"}, map[string]*shape{
			"type": aString,
			"custom": fields([]string{"name"}, map[string]*shape{
				"name": aName, "description": aString,
				"format": variants("type", []string{"text", "grammar"}, map[string]*shape{
					"text": fields([]string{"type"}, map[string]*shape{"type": aString}),
					"grammar": fields([]string{"type", "grammar"}, map[string]*shape{
						"type": aString,
						"grammar": fields([]string{"definition", "syntax"}, map[string]*shape{
							"definition": aString, "syntax": oneOf("lark", "regex"),
						}),
					}),
				}),
			}),
		}),
	})

	namedShape = fields([]string{"name"}, map[string]*shape{"name": aString})

	toolChoiceShape = &shape{kind: kindText, enum: []string{"none", "auto", "required"},
		or: variants("type", []string{"function", "allowed_tools", "custom"}, map[string]*shape{
			"function": fields([]string{"type", "function"}, map[string]*shape{"type": aString, "function": namedShape}),
			"custom":   fields([]string{"type", "custom"}, map[string]*shape{"type": aString, "custom": namedShape}),
			"allowed_tools": fields([]string{"type", "allowed_tools"}, map[string]*shape{
				"type": aString,
				"allowed_tools": fields([]string{"mode", "tools"}, map[string]*shape{
					"mode": oneOf("auto", "required"), "tools": {kind: kindList, items: &shape{kind: kindObject}},
				}),
			}),
		})}

	functionShape = fields([]string{"name"}, map[string]*shape{"name": aName, "description": aString, "parameters": aSchema})

	responseFormatShape = variants("type", []string{"json_object", "json_schema", "text"}, map[string]*shape{
		"text":        fields([]string{"type"}, map[string]*shape{"type": aString}),
		"json_object": fields([]string{"type"}, map[string]*shape{"type": aString}),
		"json_schema": fields([]string{"type", "json_schema"}, map[string]*shape{
			"type": aString,
			"json_schema": fields([]string{"name"}, map[string]*shape{
				"name": aName, "description": aString, "schema": aSchema, "strict": nullable(aBoolean),
			}),
		}),
	})
)

var metadataShape = &shape{kind: kindObject, null: true, values: &shape{kind: kindText, maxLength: 512}}

// requestShapes is every argument of POST /chat/completions but model, whose
// absence has an error of its own.
var requestShapes = map[string]*shape{
	"audio": nullable(fields([]string{"voice", "format"}, map[string]*shape{
		"voice":  {kind: kindText, or: fields([]string{"id"}, map[string]*shape{"id": aString})},
		"format": oneOf("wav", "aac", "mp3", "flac", "opus", "pcm16"),
	})),
	"frequency_penalty":     number(kindDecimal, "-2", "2"),
	"function_call":         {kind: kindText, enum: []string{"none", "auto"}, or: namedShape},
	"functions":             {kind: kindList, minItems: 1, maxItems: 128, items: functionShape},
	"logit_bias":            {kind: kindObject, null: true, values: &shape{kind: kindInteger, min: "-100", max: "100"}},
	"logprobs":              nullable(aBoolean),
	"max_completion_tokens": number(kindInteger, "1", ""),
	"max_tokens":            number(kindInteger, "1", ""),
	"messages":              {kind: kindList, minItems: 1, items: messageShape},
	"metadata":              metadataShape,
	"modalities":            {kind: kindList, null: true, minItems: 1, items: oneOf("text", "audio")},
	"moderation": nullable(fields([]string{"model"}, map[string]*shape{
		"model": aString,
		"policy": nullable(fields(nil, map[string]*shape{
			"input":  nullable(fields([]string{"mode"}, map[string]*shape{"mode": oneOf("score", "block")})),
			"output": nullable(fields([]string{"mode"}, map[string]*shape{"mode": oneOf("score", "block")})),
		})),
	})),
	"n":                   number(kindInteger, "1", "128"),
	"parallel_tool_calls": aBoolean,
	"prediction": nullable(fields([]string{"type", "content"}, map[string]*shape{
		"type": oneOf("content"), "content": contentShape("text"),
	})),
	"presence_penalty": number(kindDecimal, "-2", "2"),
	"prompt_cache_key": nullable(aString),
	"prompt_cache_options": fields(nil, map[string]*shape{
		"ttl": oneOf("30m"), "mode": oneOf("implicit", "explicit"),
	}),
	"prompt_cache_retention": nullable(oneOf("in_memory", "24h")),
	"reasoning_effort":       nullable(oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")),
	"response_format":        responseFormatShape,
	"safety_identifier":      {kind: kindText, null: true, maxLength: 64},
	"seed":                   number(kindInteger, "-9223372036854775808", "9223372036854775807"),
	"service_tier":           nullable(oneOf("auto", "default", "flex", "scale", "priority", "fast")),
	"stop":                   {kind: kindText, null: true, or: &shape{kind: kindList, minItems: 1, maxItems: 4, items: aString}},
	"store":                  nullable(aBoolean),
	"stream":                 nullable(aBoolean),
	"stream_options": nullable(fields(nil, map[string]*shape{
		"include_usage": aBoolean, "include_obfuscation": aBoolean,
	})),
	"temperature":  number(kindDecimal, "0", "2"),
	"tool_choice":  toolChoiceShape,
	"tools":        {kind: kindList, minItems: 1, maxItems: 128, items: toolShape},
	"top_logprobs": number(kindInteger, "0", "20"),
	"top_p":        number(kindDecimal, "0", "1"),
	"user":         aString,
	"verbosity":    nullable(oneOf("low", "medium", "high")),
	"web_search_options": fields(nil, map[string]*shape{
		"search_context_size": oneOf("low", "medium", "high"),
		"user_location": nullable(fields([]string{"type", "approximate"}, map[string]*shape{
			"type": oneOf("approximate"),
			"approximate": fields(nil, map[string]*shape{
				"country": aString, "region": aString, "city": aString, "timezone": aString,
			}),
		})),
	}),
}
