package response

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// toolTypes are the types of tools that have a block.
var toolTypes = []string{"function", "custom", "web_search", "file_search", "code_interpreter", "mcp"}

var webSearch = kinds.Declare(
	kinds.Attribute{Name: "search_context_size", Shape: kinds.String,
		Description: "How much of the search results the model reads: `low`, `medium` or `high`. The API's default is `medium`."},
	kinds.Attribute{Name: "external_web_access", Shape: kinds.Bool,
		Description: "Whether pages are fetched from the web; otherwise only what OpenAI has cached is read. The API's default is `true`."},
	kinds.Attribute{Name: "filters", Shape: kinds.Object, Block: true,
		Description: "Which pages count.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "allowed_domains", Shape: kinds.Strings, Description: "Only pages of these domains, such as `openai.com`, and of those below them."},
			kinds.Attribute{Name: "blocked_domains", Shape: kinds.Strings, Description: "No pages of these domains."},
		)},
	kinds.Attribute{Name: "user_location", Shape: kinds.Object, Block: true,
		Description: "The location of the user that the search is for, as precisely as you like.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Description: "The type of location: `approximate`, which the provider sends if it is left out."},
			kinds.Attribute{Name: "country", Shape: kinds.String, Description: "The two-letter country code (ISO 3166-1), such as `US`."},
			kinds.Attribute{Name: "region", Shape: kinds.String, Description: "The region, such as `California`."},
			kinds.Attribute{Name: "city", Shape: kinds.String, Description: "The city, such as `San Francisco`."},
			kinds.Attribute{Name: "timezone", Shape: kinds.String, Description: "The IANA time zone, such as `America/Los_Angeles`."},
		)},
)

var fileSearch = kinds.Declare(
	kinds.Attribute{Name: "vector_store_ids", Shape: kinds.Strings, Mode: kinds.Required,
		Description: "The IDs of the vector stores to search: `[openai_vector_store.x.id]`."},
	kinds.Attribute{Name: "max_num_results", Shape: kinds.Int64,
		Description: "How many passages the model gets at most. At OpenAI, from 1 to 50."},
	kinds.Attribute{Name: "filters", Shape: kinds.JSON,
		Description: "Which files count, by their attributes, as JSON: `jsonencode({ type = \"eq\", key = \"team\", value = \"ops\" })`.",
		Validators:  checks{kinds.JSONObject()}},
	kinds.Attribute{Name: "ranking_options", Shape: kinds.Object, Block: true,
		Description: "How what was found is ranked.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "ranker", Shape: kinds.String, Description: "The ranker: `auto` or a dated one."},
			kinds.Attribute{Name: "score_threshold", Shape: kinds.Float64, Description: "Leave out what scores less, from `0` to `1`.",
				Validators: checks{kinds.Between(0, 1)}},
		)},
)

var codeInterpreter = kinds.Declare(
	kinds.Attribute{Name: "container_id", Wire: "container", Shape: kinds.String,
		Description: "The ID of a container that is there. Left out, OpenAI makes one."},
	kinds.Attribute{Name: "file_ids", Shape: kinds.Strings,
		Description: "The IDs of files that are put into the new container: `[openai_file.x.id]`."},
	kinds.Attribute{Name: "memory_limit", Shape: kinds.String,
		Description: "The memory of the new container: `1g`, `4g`, `16g` or `64g`. It decides the price."},
	kinds.Attribute{Name: "network_policy", Shape: kinds.JSON,
		Description: "What the new container may reach, as JSON: `jsonencode({ type = \"disabled\" })`.",
		Validators:  checks{kinds.JSONObject()}},
)

var mcp = kinds.Declare(
	kinds.Attribute{Name: "server_label", Shape: kinds.String, Mode: kinds.Required,
		Description: "A name for the server, which its calls are labelled with."},
	kinds.Attribute{Name: "server_url", Shape: kinds.String,
		Description: "The URL of the MCP server. Use this, `connector_id` or `tunnel_id`."},
	kinds.Attribute{Name: "connector_id", Shape: kinds.String,
		Description: "A connector of OpenAI's, such as `connector_googledrive`, instead of a server of your own."},
	kinds.Attribute{Name: "tunnel_id", Shape: kinds.String,
		Description: "The ID of a secure tunnel to a server that is not reachable otherwise."},
	kinds.Attribute{Name: "server_description", Shape: kinds.String,
		Description: "What the server is for, so that the model can use it well."},
	kinds.Attribute{Name: "authorization", Shape: kinds.String, WriteOnly: true, Credential: true,
		Description: "An OAuth access token for the server. It is sent, and stored nowhere: neither in plan, state nor recordings. Another token asks nothing again. In the resource, Terraform 1.11 or OpenTofu 1.11 and later."},
	kinds.Attribute{Name: "headers", Shape: kinds.StringMap, WriteOnly: true, Credential: true,
		Description: "Headers that are sent to the server, such as an API key. Like `authorization`, they are stored nowhere."},
	kinds.Attribute{Name: "allowed_tools", Shape: kinds.Strings,
		Description: "The names of the tools that the model may use. All, if it is left out."},
	kinds.Attribute{Name: "require_approval", Shape: kinds.JSONOrString,
		Description: "Which calls need your approval: `always` (the API's default), `never`, or JSON, `jsonencode({ never = { tool_names = [\"…\"] } })`. A call that needs it is in `output_json` as an `mcp_approval_request`, and ends the answer; a pipeline usually wants `never` together with `allowed_tools`.",
		Validators:  checks{generation.WordOrJSON("require_approval")}},
)

var tool = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The type of tool, which is also the name of the block that describes it: `function`, `custom`, `web_search`, `file_search`, `code_interpreter` or `mcp`. For any other type, use `tool_json`."},
	kinds.Attribute{Name: "function", Shape: kinds.Object, Block: true,
		Description: "A function that the model may call, for the type `function`. A call is in `tool_calls`.",
		Fields: kinds.Join(generation.Function, kinds.Attributes{
			{Name: "strict", Shape: kinds.Bool,
				Description: "Make the model follow `parameters` exactly. They must then follow the rules of Structured Outputs; `provider::openai::strict_schema` converts an ordinary schema. **Unlike with chat completions, the API's default is strict**: where this is left out, it rewrites the parameters into that form if it can, and every property is then required. `false` leaves optional ones optional."},
		})},
	kinds.Attribute{Name: "custom", Shape: kinds.Object, Block: true,
		Description: "A tool that takes free-form text, for the type `custom`. A call is in `tool_calls`.",
		Fields:      generation.CustomTool},
	kinds.Attribute{Name: "web_search", Shape: kinds.Object, Block: true, Fields: webSearch,
		Description: "Search of the web, for the type `web_search`. The block can be left out if there is nothing to say. What was found is in `citations`."},
	kinds.Attribute{Name: "file_search", Shape: kinds.Object, Block: true, Fields: fileSearch,
		Description: "Search of vector stores, for the type `file_search`. The files that were found are in `citations`."},
	kinds.Attribute{Name: "code_interpreter", Shape: kinds.Object, Block: true, Fields: codeInterpreter,
		Description: "Python in a container at OpenAI, for the type `code_interpreter`. The block can be left out if there is nothing to say. Files that it made are in `citations`."},
	kinds.Attribute{Name: "mcp", Shape: kinds.Object, Block: true, Fields: mcp,
		Description: "The tools of an MCP server, which OpenAI calls, for the type `mcp`."},
)
