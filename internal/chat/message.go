package chat

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var cacheBreakpoint = kinds.Attribute{Name: "prompt_cache_breakpoint", Shape: kinds.Object, Block: true,
	Description: "Marks the end of a part of the prompt that is worth keeping in OpenAI's prompt cache (gpt-5.6 and later). At most four in each request.",
	Fields: kinds.Declare(
		kinds.Attribute{Name: "mode", Shape: kinds.String, Mode: kinds.Required,
			Description: "The type of breakpoint: `explicit`."},
	)}

// textPart is a content part where only text is allowed.
var textPart = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The type of part: `text`."},
	kinds.Attribute{Name: "text", Shape: kinds.String, Mode: kinds.Required,
		Description: "The text of this part."},
	cacheBreakpoint,
	partMembers,
)

var partMembers = generation.FurtherMembers("A JSON object with further members of this part, for what compatible servers add to the protocol: `jsonencode({ cache_control = { type = \"ephemeral\" } })`. It cannot contain anything that has an argument of its own.")

var contentPart = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The type of part, which is also the name of the argument or block that holds it: `text`, `image_url`, `input_audio`, `file` or `refusal`. Only a `user` message can have images, audio and files; only an `assistant` message can have a refusal. (Other servers may allow more: these rules are checked only for OpenAI and Azure.) For any other type, such as a compatible server's `video_url`, put the content in `extra`."},
	kinds.Attribute{Name: "text", Shape: kinds.String,
		Description: "The text, for the type `text`."},
	kinds.Attribute{Name: "image_url", Shape: kinds.Object, Block: true,
		Description: "The image, for the type `image_url`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "url", Shape: kinds.String, Mode: kinds.Required, Rewrite: wire.DataURL,
				Description: "Where the image is: an `https://` or `data:` URL, or the image itself in base64, as `filebase64(\"photo.png\")` gives it. PNG, JPEG, GIF and WebP are recognised."},
			kinds.Attribute{Name: "detail", Shape: kinds.String,
				Description: "How closely the model looks: `auto`, `low` or `high`. More detail costs more tokens."},
		)},
	kinds.Attribute{Name: "input_audio", Shape: kinds.Object, Block: true,
		Description: "The audio, for the type `input_audio`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "data", Shape: kinds.String, Mode: kinds.Required,
				Description: "The audio in base64, as `filebase64(\"question.mp3\")` gives it."},
			kinds.Attribute{Name: "format", Shape: kinds.String, Mode: kinds.Required,
				Description: "The audio format: `wav` or `mp3`."},
		)},
	kinds.Attribute{Name: "file", Shape: kinds.Object, Block: true,
		Description: "The file, for the type `file`: either the ID of an uploaded file, or the file itself.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "filename", Shape: kinds.String,
				Description: "The name of the file in `file_data`. The model sees it."},
			kinds.Attribute{Name: "file_data", Shape: kinds.String, Rewrite: wire.DataURL,
				Description: "The file as a `data:` URL or in base64, as `filebase64(\"report.pdf\")` gives it. PDF is recognised."},
			kinds.Attribute{Name: "file_id", Shape: kinds.String,
				Description: "The ID of a file that has been uploaded."},
		)},
	kinds.Attribute{Name: "refusal", Shape: kinds.String,
		Description: "What the model said when it refused, for the type `refusal`."},
	cacheBreakpoint,
	partMembers,
)

var message = kinds.Declare(
	kinds.Attribute{Name: "role", Shape: kinds.String, Mode: kinds.Required,
		Description: "Who is speaking: `system` or `developer` (instructions for the model), `user`, `assistant` (an earlier answer), `tool` (the result of a tool call), or the legacy `function`.",
		Validators:  checks{kinds.OneOf("system", "developer", "user", "assistant", "tool", "function")}},
	kinds.Attribute{Name: "content", Shape: kinds.String,
		Description: "The text of the message. Required if there is no `content_part`, except for an `assistant` message with `tool_calls`, `function_call`, `audio`, `refusal` or `reasoning_content`, for a message with `extra`, and for the legacy role `function`."},
	kinds.Attribute{Name: "content_wo", Wire: "content", Shape: kinds.String, WriteOnly: true,
		Description: "Like `content`, for text that contains a secret: it is sent, but stored neither in the plan nor in the state. Changes are detected through `content_wo_version`. The model may repeat the secret in its answer, which is stored. Terraform 1.11 or OpenTofu 1.11 and later."},
	kinds.Attribute{Name: "content_part", Wire: "content", Shape: kinds.Objects, Fields: contentPart, Block: true,
		Description: "The message in parts, instead of `content`: text, images, audio, files."},
	kinds.Attribute{Name: "name", Shape: kinds.String,
		Description: "The name of the speaker, to tell apart several with the same role. Required for the legacy role `function`, where it is the name of the function whose result this is."},
	kinds.Attribute{Name: "tool_call_id", Shape: kinds.String,
		Description: "The ID of the tool call that this message answers. Only for the role `tool`, where OpenAI requires it."},
	kinds.Attribute{Name: "tool_calls", Shape: kinds.Objects, Fields: generation.ToolCalls,
		Description: "The tool calls of an earlier answer, for the role `assistant`. It has the same type as `choices[*].message.tool_calls`, so that you can pass on the answer of another completion as it is: `tool_calls = openai_chat_completion.ask.choices[0].message.tool_calls`."},
	kinds.Attribute{Name: "function_call", Shape: kinds.Object, Fields: generation.Called,
		Description: "The legacy function call of an earlier answer, for the role `assistant`. It has the same type as `choices[*].message.function_call`."},
	kinds.Attribute{Name: "audio", Shape: kinds.Object,
		Description: "An earlier spoken answer, for the role `assistant`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Required,
				Description: "The ID of the answer's audio: `choices[*].message.audio.id`. The server keeps it until `expires_at`."},
		)},
	kinds.Attribute{Name: "refusal", Shape: kinds.String,
		Description: "What the model said when it refused, in an earlier answer, for the role `assistant`."},
	kinds.Attribute{Name: "reasoning_content", Shape: kinds.String,
		Description: "What the model thought in an earlier answer, for the role `assistant`: `choices[*].message.reasoning_content`. Some servers, such as DeepSeek, reject the result of a tool call without it; OpenAI does not have it."},
	generation.FurtherMembers("A JSON object with further members of this message, for what compatible servers add to the protocol: `jsonencode({ prefix = true })`. It cannot contain anything that has an argument of its own."),
)
