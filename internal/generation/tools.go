package generation

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// checks keeps the declarations short.
type checks = []validator.Describer

// Function is what the model may call.
var Function = kinds.Declare(
	kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
		Description: "The name of the function. At OpenAI, 1 to 64 letters, digits, underscores and dashes."},
	kinds.Attribute{Name: "description", Shape: kinds.String,
		Description: "What the function does. The model uses this to decide when and how to call it."},
	kinds.Attribute{Name: "parameters", Shape: kinds.JSON, Mode: kinds.Required,
		Description: "The arguments of the function, as a JSON Schema of an object, usually written with `jsonencode`. Schemas are compared by value: key order and white space do not matter.",
		Validators:  checks{kinds.JSONSchemaOfObject()}},
)

// CustomTool is a tool that takes text in a form of its own.
var CustomTool = kinds.Declare(
	kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
		Description: "The name of the tool."},
	kinds.Attribute{Name: "description", Shape: kinds.String,
		Description: "What the tool does. The model uses this to decide when and how to call it."},
	kinds.Attribute{Name: "format", Shape: kinds.Object, Block: true,
		Description: "The format of the tool's input. Any text, if it is left out.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
				Description: "The type of format: `text` for any text, or `grammar`."},
			kinds.Attribute{Name: "grammar", Shape: kinds.Object, Block: true,
				Description: "The grammar, for the type `grammar`.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "definition", Shape: kinds.String, Mode: kinds.Required,
						Description: "The grammar that the input must follow."},
					kinds.Attribute{Name: "syntax", Shape: kinds.String, Mode: kinds.Required,
						Description: "The language of the definition: `lark` or `regex`."},
				)},
		)},
)

// Called is what a model writes when it calls a function: an argument of an
// assistant message and a part of the answer, with one type for both.
var Called = kinds.Declare(
	kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
		Description: "The name of the function to call."},
	kinds.Attribute{Name: "arguments", Shape: kinds.String,
		Description: "The arguments as JSON text, as the model wrote it. If a server gives none, `\"\"` is sent back. It may not be valid JSON and may not match the function's schema: check it, for example with `can(jsondecode(…))`."},
)

// ToolCalls are the calls that a model makes: an argument that gives them back, and a part of the answer, with one type for both.
var ToolCalls = kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String,
		Description: "The ID of the call. The `tool` message that answers it repeats it as `tool_call_id`. Some servers do not give one; OpenAI requires it."},
	kinds.Attribute{Name: "type", Shape: kinds.String,
		Description: "The type of tool that is called: `function` or `custom`. If a server does not say, it is taken from what the call contains."},
	kinds.Attribute{Name: "function", Shape: kinds.Object, Fields: Called,
		Description: "The function that is called. Null for a custom tool."},
	kinds.Attribute{Name: "custom", Shape: kinds.Object,
		Description: "The custom tool that is called. Null for a function.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
				Description: "The name of the custom tool to call."},
			kinds.Attribute{Name: "input", Shape: kinds.String,
				Description: "The input for the tool, as the model wrote it."},
		)},
	callMembers,
)

// callMembers are what a server adds to a call. The index only says where in the list
// the call stands.
var callMembers = func() kinds.Attribute {
	a := FurtherMembers("Anything else the server says about the call, as JSON, such as Gemini's `extra_content` with its thought signature. It is sent back with the call, because some servers reject the result of a call without it. Null if there is nothing.")
	a.Except = []string{"index"}
	return a
}()

// functionName is OpenAI's rule for the names of functions and schemas.
var functionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// LimitName holds the name of a function, or of a schema, against OpenAI's rule.
func LimitName(diags *diag.Diagnostics, at path.Path, object wire.Fields) {
	if name, ok := object.Text("name"); ok && !functionName.MatchString(name) {
		rules.Refuse(diags, at, "name", "Invalid name", "For OpenAI, name must have from 1 to 64 characters: letters, digits, underscores and dashes.")
	}
}

// WordOrJSON accepts any word, and JSON. Which words there are, and what the JSON says, differs from server to server.
func WordOrJSON(argument string) validator.String {
	return kinds.Text("a word, or a JSON object", "Invalid "+argument, func(s string) error {
		if !kinds.Embedded(s) {
			return nil
		}
		if _, err := kinds.ParseObject(s); err != nil {
			return err
		}
		return kinds.Unambiguous(s)
	})
}
