package response

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/openapi"
)

// leftOut are the properties of OpenAI's document that have no argument or attribute, with the reason.
var leftOut = map[string]string{
	"request.prompt":                "prompts that are stored at OpenAI are on their way out",
	"request.user":                  "safety_identifier and prompt_cache_key replace it",
	"reasoning.generate_summary":    "summary replaces it",
	"message.type":                  "it is always the same",
	"part.prompt_cache_breakpoint":  "it goes into extra",
	"function.allowed_callers":      "the tool goes into tool_json with it",
	"function.defer_loading":        "the tool goes into tool_json with it",
	"function.output_schema":        "the tool goes into tool_json with it",
	"function.type":                 "it is the tool's",
	"custom.allowed_callers":        "the tool goes into tool_json with it",
	"custom.defer_loading":          "the tool goes into tool_json with it",
	"custom.type":                   "it is the tool's",
	"grammar.type":                  "it is the format's",
	"web_search.type":               "it is the tool's",
	"file_search.type":              "it is the tool's",
	"ranking_options.hybrid_search": "the tool goes into tool_json with it",
	"container.type":                "it is always the same",
	"container.skills":              "the tool goes into tool_json with them",
	"mcp.allowed_callers":           "the tool goes into tool_json with it",
	"mcp.defer_loading":             "the tool goes into tool_json with it",
	"mcp.type":                      "it is the tool's",
	"response.object":               "it is always the same",
	"response.output":               "output_json has it",
	"response.output_text":          "content has it",
	"response.incomplete_details":   "incomplete_reason has it",
	"response.prompt":               "it repeats the request",
	"response.user":                 "it repeats the request",
	"count.personality":             "it is for other products of OpenAI's",
}

// added are names that the document does not have there, with the reason.
var added = map[string]string{
	"message.tool_calls":         "they become items of their own",
	"message.tool_call_id":       "the message becomes an item of its own",
	"part.refusal":               "it is in parts of answers",
	"container.container":        "it takes the place of what a new container has",
	"response.content":           "it is made of output",
	"response.refusal":           "it is made of output",
	"response.tool_calls":        "it is made of output",
	"response.citations":         "it is made of output",
	"response.incomplete_reason": "it is made of incomplete_details",
}

// schemas are those of OpenAI's document.
type schemas map[string]any

// properties are the members of an object, or of the elements of a list of them, in any variant.
func (s schemas) properties(schema any, into map[string]map[string]any) {
	of, _ := schema.(map[string]any)
	if name, ok := of["$ref"].(string); ok {
		s.properties(s[name[strings.LastIndex(name, "/")+1:]], into)
		return
	}
	for _, union := range []string{"oneOf", "anyOf", "allOf"} {
		members, _ := of[union].([]any)
		for _, member := range members {
			s.properties(member, into)
		}
	}
	s.eachProperty(of, into)
	if items := of["items"]; items != nil {
		s.properties(items, into)
	}
}

func (s schemas) eachProperty(of map[string]any, into map[string]map[string]any) {
	members, _ := of["properties"].(map[string]any)
	for name, member := range members {
		m, _ := member.(map[string]any)
		into[name] = m
	}
}

// TestSchema_isOpenAIs compares the declarations with OpenAI's document, name by name: what is missing on either side
// has a reason above.
func TestSchema_isOpenAIs(t *testing.T) {
	t.Parallel()
	file, ok := openapi.Find()
	if !ok {
		t.Skip("OpenAI's document is not at hand")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct{ Components struct{ Schemas schemas } }
	if err := json.Unmarshal(text, &parsed); err != nil {
		t.Fatal(err)
	}
	all := parsed.Components.Schemas
	inside := func(as kinds.Attributes, names ...string) kinds.Attributes {
		for _, name := range names {
			as = as.Find(name).Fields
		}
		return as
	}
	var missing, extra []string
	for _, test := range []struct {
		at      string
		ours    kinds.Attributes
		schemas []string
	}{
		{"request", Request, []string{"CreateResponse"}},
		{"count", counted, []string{"TokenCountsBody"}},
		{"reasoning", inside(Request, "reasoning"), []string{"Reasoning"}},
		{"text", inside(Request, "text"), []string{"ResponseTextParam"}},
		{"format", inside(Request, "text", "format"), []string{"TextResponseFormatJsonSchema"}},
		{"message", message, []string{"EasyInputMessage"}},
		{"part", contentPart, []string{"InputTextContent", "InputImageContent", "InputFileContent"}},
		{"context_management", inside(Request, "context_management"), []string{"ContextManagementParam"}},
		{"moderation", inside(Request, "moderation"), []string{"ModerationParam"}},
		{"prompt_cache_options", inside(Request, "prompt_cache_options"), []string{"PromptCacheOptionsParam"}},
		{"function", inside(tool, "function"), []string{"FunctionTool"}},
		{"custom", inside(tool, "custom"), []string{"CustomToolParam"}},
		{"grammar", inside(tool, "custom", "format", "grammar"), []string{"CustomGrammarFormatParam"}},
		{"web_search", webSearch, []string{"WebSearchTool"}},
		{"user_location", inside(webSearch, "user_location"), []string{"WebSearchApproximateLocation"}},
		{"file_search", fileSearch, []string{"FileSearchTool"}},
		{"ranking_options", inside(fileSearch, "ranking_options"), []string{"RankingOptions"}},
		{"container", codeInterpreter, []string{"AutoCodeInterpreterToolParam", "ContainerAutoParam"}},
		{"mcp", mcp, []string{"MCPTool"}},
		{"response", Answer, []string{"Response"}},
		{"usage", inside(Answer, "usage"), []string{"ResponseUsage"}},
	} {
		theirs, known := map[string]map[string]any{}, map[string]bool{}
		for _, name := range test.schemas {
			if all[name] == nil {
				t.Errorf("there is no schema %s", name)
			}
			all.properties(all[name], theirs)
		}
		for i := range test.ours {
			a := &test.ours[i]
			if a.Local || a.Extra {
				continue
			}
			known[a.WireName()] = true
			schema, there := theirs[a.WireName()]
			switch words := strings.ToLower(a.Description); {
			case !there && a.Name != "tool_json":
				extra = append(extra, test.at+"."+a.WireName())
			case schema["deprecated"] == true && !strings.Contains(words, "deprecated"):
				t.Errorf("%s.%s is deprecated, and its description does not say so", test.at, a.Name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(theirs)) {
			repeated := test.at == "response" && slices.ContainsFunc(Request, func(a kinds.Attribute) bool { return a.WireName() == name })
			if !known[name] && !repeated {
				missing = append(missing, test.at+"."+name)
			}
		}
	}
	settle(t, "has no argument or attribute", missing, leftOut)
	settle(t, "is not in the document", extra, added)
}

// settle holds what was found against the reasons that there are.
func settle(t *testing.T, what string, found []string, reasons map[string]string) {
	t.Helper()
	for _, at := range found {
		if reasons[at] == "" {
			t.Errorf("%s %s", at, what)
		}
	}
	for at := range reasons {
		if !slices.Contains(found, at) {
			t.Errorf("the reason for %s is out of date", at)
		}
	}
}
