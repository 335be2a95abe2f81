package response_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

// part is a message with one part.
func part(fields object) object {
	return telling(object{"role": "user", "content_part": []any{fields}})
}

// format is text.format.
func format(fields object) object { return asking(object{"text": object{"format": fields}}) }

func tools(list ...object) object {
	var all []any
	for _, t := range list {
		all = append(all, t)
	}
	return asking(object{"tool": all})
}

func TestResource_refusesBadArgumentsWhereTheyAre(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	unknown := acctest.Unknown{}
	function := object{"type": "function", "function": object{"name": "f", "parameters": `{"type":"object"}`}}
	const strict = `{"type":"object","properties":{},"required":[]}`
	for name, test := range map[string]struct {
		config object
		want   string // attribute and a piece of the text; "" = nothing to say
	}{
		"valid":                     {asking(), ""},
		"model missing":             {asking(object{"model": nil}), "model: "},
		"model empty":               {asking(object{"model": ""}), "model: must not be empty"},
		"model of any name":         {asking(object{"model": "my-own/model:7b"}), ""},
		"no input":                  {asking(object{"input": nil}), "input: Missing input: A response needs something to answer. Add an input"},
		"no messages":               {telling(), "input: Missing input"},
		"empty input":               {asking(object{"input": ""}), ""},
		"input unknown":             {asking(object{"input": unknown}), ""},
		"messages unknown":          {asking(object{"input": nil, "message": unknown}), ""},
		"only a previous response":  {asking(object{"input": nil, "previous_response_id": "resp_1"}), ""},
		"only a conversation":       {asking(object{"input": nil, "conversation_id": unknown}), ""},
		"two inputs":                {asking(object{"message": []any{said("user", "x")}}), "message: input"},
		"text and items":            {asking(object{"input_items": `[]`}), "input_items: input"},
		"two inputs, one unknown":   {asking(object{"input_items": unknown}), ""},
		"two predecessors":          {asking(object{"previous_response_id": "a", "conversation_id": "b"}), "conversation_id: previous_response_id"},
		"items that are no JSON":    {itemsOf(`[{`), "input_items: the text is not valid JSON"},
		"items that are no list":    {itemsOf(`{}`), "input_items: the JSON must be a list of items"},
		"items that are no objects": {itemsOf(`[{},"x"]`), "input_items: [1] is not an object, as each of the items must be"},

		"role missing":              {telling(object{"content": "x"}), "message[0].role: "},
		"role unknown":              {telling(object{"role": unknown}), ""},
		"role that is none":         {telling(said("robot", "x")), `message[0].role: must be "system", "developer", "user", "assistant" or "tool", not "robot"`},
		"content missing":           {telling(object{"role": "user"}), `message[0].content: A message with the role "user" needs content`},
		"assistant without content": {telling(object{"role": "assistant"}), `message[0].content: A message with the role "assistant" needs content`},
		"assistant that calls":      {telling(object{"role": "assistant", "tool_calls": calls}), ""},
		"extra in place of content": {telling(object{"role": "user", "extra": `{"parts":[]}`}), ""},
		"content empty":             {telling(said("user", "")), ""},
		"content unknown":           {telling(object{"role": "user", "content": unknown}), ""},
		"two contents":              {telling(object{"role": "user", "content": "x", "content_part": []any{object{"type": "input_text", "text": "x"}}}), "message[0].content_part: content"},
		"two contents, secret":      {telling(object{"role": "user", "content": "x", "content_wo": "y"}), "message[0].content_wo: content"},
		"result without call":       {telling(object{"role": "tool", "content": "x"}), `message[0].tool_call_id: answers a tool call and needs its ID: tool_call_id = openai_response`},
		"result of no tool":         {telling(object{"role": "user", "content": "x", "tool_call_id": "y"}), `message[0].tool_call_id: Only a message with the role "tool" can have tool_call_id; this one has the role "user"`},
		"calls of a user":           {telling(object{"role": "user", "content": "x", "tool_calls": calls}), `message[0].tool_calls: Only a message with the role "assistant" can have tool_calls`},
		"phase of a user":           {telling(object{"role": "user", "content": "x", "phase": "commentary"}), `message[0].phase: Only a message with the role "assistant" can have phase`},
		"perhaps a phase":           {telling(object{"role": "user", "content": "x", "phase": unknown, "tool_calls": unknown}), ""},
		"second message":            {telling(said("user", "x"), object{"role": "user"}), `message[1].content: needs content`},
		"extra that repeats":        {telling(object{"role": "user", "content": "x", "extra": `{"role":"y"}`}), `message[0].extra: must not contain "role"`},

		"part without type":    {part(object{"text": "x"}), "message[0].content_part[0].type: "},
		"part of its own kind": {part(object{"type": "input_audio", "extra": `{"input_audio":{}}`}), ""},
		"part without text":    {part(object{"type": "input_text"}), `message[0].content_part[0].text: A part of the type "input_text" needs text`},
		"part without image":   {part(object{"type": "input_image"}), `message[0].content_part[0].image_url: needs image_url or file_id`},
		"part without file":    {part(object{"type": "input_file"}), `message[0].content_part[0].file_id: needs file_id, file_url or file_data`},
		"part of two files":    {part(object{"type": "input_file", "file_id": "a", "file_url": "b"}), `message[0].content_part[0].file_url: file_id`},
		"text with an image":   {part(object{"type": "input_text", "text": "x", "image_url": "u"}), `message[0].content_part[0].image_url: The type is "input_text", so image_url does not belong here`},
		"image with a text":    {part(object{"type": "input_image", "image_url": "u", "text": "x"}), `message[0].content_part[0].text: The type is "input_image", so text does not belong here`},
		"part perhaps":         {part(object{"type": "input_image", "image_url": unknown}), ""},
		"part that repeats":    {part(object{"type": "input_text", "text": "x", "extra": `{"text":"y"}`}), `message[0].content_part[0].extra: must not contain "text"`},

		"tool of another type":     {tools(object{"type": "shell"}), `tool[0].type: A tool block has one of the types function, custom, web_search, file_search, code_interpreter or mcp, not "shell". Write other tools in tool_json: tool_json = jsonencode([{ type = "shell" }])`},
		"tool with two blocks":     {tools(object{"type": "web_search", "mcp": object{"server_label": "s", "server_url": "u"}}), `tool[0].mcp: The type is "web_search", so mcp does not belong here. Remove it, or set type = "mcp"`},
		"tool without block":       {tools(object{"type": "function"}), `tool[0].function: The type is "function", so a block function is required here`},
		"search without block":     {tools(object{"type": "file_search"}), `tool[0].file_search: so a block file_search is required here`},
		"tools without blocks":     {tools(object{"type": "web_search"}, object{"type": "code_interpreter"}), ""},
		"tool type unknown":        {tools(object{"type": unknown}), ""},
		"tools unknown":            {asking(object{"tool": unknown, "tool_choice": "required"}), ""},
		"function without name":    {tools(object{"type": "function", "function": object{"parameters": "{}"}}), `tool[0].function.name: `},
		"parameters no object":     {tools(object{"type": "function", "function": object{"name": "f", "parameters": "[]"}}), "tool[0].function.parameters: must be an object"},
		"parameters no schema":     {tools(object{"type": "function", "function": object{"name": "f", "parameters": `{"type":"string"}`}}), `tool[0].function.parameters: its "type" must be "object"`},
		"parameters not strict":    {tools(object{"type": "function", "function": object{"name": "f", "parameters": strict, "strict": true}}), "tool[0].function.parameters: Schema that strict mode does not accept"},
		"parameters by the server": {tools(object{"type": "function", "function": object{"name": "f", "parameters": strict}}), ""},
		"grammar missing":          {tools(object{"type": "custom", "custom": object{"name": "c", "format": object{"type": "grammar"}}}), `tool[0].custom.format.grammar: A format of the type "grammar" needs a grammar block`},
		"container and files":      {tools(object{"type": "code_interpreter", "code_interpreter": object{"container_id": "c", "file_ids": []any{"f"}}}), "tool[0].code_interpreter.file_ids: container_id names a container that is there, and file_ids is for a new one"},
		"container and memory":     {tools(object{"type": "code_interpreter", "code_interpreter": object{"container_id": "c", "memory_limit": "4g"}}), "tool[0].code_interpreter.memory_limit: and memory_limit is for a new one"},
		"container and network":    {tools(object{"type": "code_interpreter", "code_interpreter": object{"container_id": "c", "network_policy": "{}"}}), "tool[0].code_interpreter.network_policy: and network_policy is for a new one"},
		"network no object":        {tools(object{"type": "code_interpreter", "code_interpreter": object{"network_policy": "off"}}), "tool[0].code_interpreter.network_policy: JSON"},
		"server missing":           {tools(object{"type": "mcp", "mcp": object{"server_label": "s"}}), "tool[0].mcp.server_url: An mcp tool needs server_url, connector_id or tunnel_id"},
		"server label missing":     {tools(object{"type": "mcp", "mcp": object{"server_url": "u"}}), "tool[0].mcp.server_label: "},
		"two servers":              {tools(object{"type": "mcp", "mcp": object{"server_label": "s", "server_url": "u", "connector_id": "c"}}), "tool[0].mcp.connector_id: server_url"},
		"server unknown":           {tools(object{"type": "mcp", "mcp": object{"server_label": "s", "server_url": unknown}}), ""},
		"approval no JSON":         {tools(object{"type": "mcp", "mcp": object{"server_label": "s", "server_url": "u", "require_approval": "{always"}}), "tool[0].mcp.require_approval: not valid JSON"},
		"approval of a word":       {tools(object{"type": "mcp", "mcp": object{"server_label": "s", "server_url": "u", "require_approval": "of_tomorrow"}}), ""},
		"stores missing":           {tools(object{"type": "file_search", "file_search": object{}}), "tool[0].file_search.vector_store_ids: "},
		"filters no object":        {tools(object{"type": "file_search", "file_search": object{"vector_store_ids": []any{"v"}, "filters": "[]"}}), "tool[0].file_search.filters: must be an object"},
		"score above":              {tools(object{"type": "file_search", "file_search": object{"vector_store_ids": []any{"v"}, "ranking_options": object{"score_threshold": 1.5}}}), "tool[0].file_search.ranking_options.score_threshold: must be a number from 0 to 1"},
		"tool_json no list":        {asking(object{"tool_json": `{}`}), "tool_json: the JSON must be a list of tools"},
		"tool_json no objects":     {asking(object{"tool_json": `[1]`}), "tool_json: [0] is not an object, as each of the tools must be"},

		"choice that is no JSON":      {asking(object{"tool_choice": "{type"}), "tool_choice: not valid JSON"},
		"choice without tools":        {asking(object{"tool_choice": "required"}), `tool_choice: tool_choice = "required" needs at least one tool`},
		"choice, tools before":        {asking(object{"tool_choice": "required", "previous_response_id": "resp_1"}), ""},
		"choice, tools in JSON":       {asking(object{"tool_choice": "required", "tool_json": `[{"type":"shell"}]`}), ""},
		"choice of an absent":         {asking(tools(function), object{"tool_choice": `{"type":"function","name":"g"}`}), `tool_choice: tool_choice names "g", but no tool block declares it`},
		"choice of an absent custom":  {asking(tools(function), object{"tool_choice": `{"type":"custom","name":"g"}`}), `tool_choice: tool_choice names "g"`},
		"choice of a tool":            {asking(tools(function), object{"tool_choice": `{"type":"function","name":"f"}`}), ""},
		"choice of a hosted one":      {asking(tools(function), object{"tool_choice": `{"type":"file_search"}`}), ""},
		"choice, unknown name":        {asking(tools(object{"type": "function", "function": object{"name": unknown, "parameters": "{}"}}), object{"tool_choice": `{"type":"function","name":"g"}`}), ""},
		"choice unknown":              {asking(object{"tool_choice": unknown}), ""},
		"format that is none":         {format(object{"type": "xml"}), `text.format.type: must be "text", "json_object" or "json_schema", not "xml"`},
		"format without type":         {format(object{}), "text.format.type: "},
		"schema without name":         {format(object{"type": "json_schema", "schema": "{}"}), `text.format.name: The type is "json_schema", so name is required here`},
		"schema missing":              {format(object{"type": "json_schema", "name": "n"}), `text.format.schema: so schema is required here`},
		"schema of text":              {format(object{"type": "text", "schema": "{}"}), `text.format.schema: The type is "text", so schema does not belong here. Remove it, or set type = "json_schema"`},
		"name of an object":           {format(object{"type": "json_object", "name": "n"}), `text.format.name: The type is "json_object", so name does not belong here`},
		"strict of an object":         {format(object{"type": "json_object", "strict": true}), "text.format.strict: does not belong here"},
		"description of text":         {format(object{"type": "text", "description": "d"}), "text.format.description: does not belong here"},
		"schema no object":            {format(object{"type": "json_schema", "name": "n", "schema": "[]"}), "text.format.schema: must be an object"},
		"schema that is none":         {format(object{"type": "json_schema", "name": "n", "schema": `{"type":"objekt"}`}), "text.format.schema: Invalid JSON Schema"},
		"schema not strict":           {format(object{"type": "json_schema", "name": "n", "strict": true, "schema": strict}), "text.format.schema: Schema that strict mode does not accept"},
		"schema unknown":              {format(object{"type": "json_schema", "name": "n", "schema": unknown}), ""},
		"stream options":              {asking(object{"stream": false, "stream_options": object{"include_obfuscation": true}}), "stream_options: stream_options needs stream = true"},
		"stream options alone":        {asking(object{"stream_options": object{"include_obfuscation": true}}), "stream_options: stream_options needs stream = true"},
		"stream options, unknown":     {asking(object{"stream": unknown, "stream_options": object{"include_obfuscation": true}}), ""},
		"temperature above":           {asking(object{"temperature": 2.1}), "temperature: must be a number from 0 to 2, not 2.1"},
		"top_p above":                 {asking(object{"top_p": 1.5}), "top_p: must be a number from 0 to 1"},
		"top_logprobs below":          {asking(object{"top_logprobs": -1}), "top_logprobs: must be a whole number of at least 0"},
		"tokens with a fraction":      {asking(object{"max_output_tokens": 16.5}), "max_output_tokens: must be a whole number"},
		"moderation without model":    {asking(object{"moderation": object{}}), "moderation.model: "},
		"management without type":     {asking(object{"context_management": []any{object{"compact_threshold": 1000}}}), "context_management[0].type: "},
		"extra body that repeats":     {asking(object{"extra_body": `{"model":"x"}`}), `extra_body: must not contain "model"`},
		"extra body, input":           {asking(object{"extra_body": `{"input":"x"}`}), `extra_body: must not contain "input"`},
		"extra body, conversation":    {asking(object{"extra_body": `{"conversation":"x"}`}), `extra_body: must not contain "conversation"`},
		"timeout that is none":        {asking(object{"timeouts": object{"create": "soon"}}), `timeouts.create: "soon" is not a duration`},
		"generate_on that is none":    {asking(object{"generate_on": "never"}), `generate_on: must be "apply" or "plan", not "never"`},
		"fail_on of nothing":          {asking(object{"fail_on": []any{""}}), "fail_on[0]: must not be empty"},
		"words that the API may know": {asking(object{"service_tier": "x", "truncation": "x", "include": []any{"x"}, "prompt_cache_retention": "x", "reasoning": object{"effort": "x"}}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tf := p.Schema.ResourceSchemas[typeName].ValueType()
			resp, err := p.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: typeName, Config: acctest.Dynamic(t, acctest.Value(tf, test.config, blocks...)),
				ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
			})
			if err != nil {
				t.Fatal(err)
			}
			refused(t, acctest.Texts(resp.Diagnostics), test.want)
		})
	}
}

// refused checks for one error at an attribute with a piece of text; "" = nothing is said.
func refused(t *testing.T, got []string, want string) {
	t.Helper()
	if want == "" {
		acctest.Quiet(t, got)
		return
	}
	attribute, text, _ := strings.Cut(want, ": ")
	found := slices.ContainsFunc(got, func(d string) bool {
		return strings.HasPrefix(d, "error at "+attribute+": ") && strings.Contains(strings.ToLower(d), strings.ToLower(text))
	})
	if !found || len(got) != 1 {
		t.Errorf("got:\n%s\nwant one error at %s with %q", strings.Join(got, "\n"), attribute, text)
	}
}

// What OpenAI refuses is refused by the plan, where the server is OpenAI's; others may take it.
func TestLimits_holdForOpenAI(t *testing.T) {
	t.Parallel()
	ours := acctest.Speak(t)
	resp, err := ours.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: acctest.Dynamic(t, acctest.Value(ours.Schema.Provider.ValueType(), object{"api_key": acctest.Key})),
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, acctest.Texts(resp.Diagnostics))
	}
	labels := object{}
	for n := range 17 {
		labels[strings.Repeat("k", n+1)] = "v"
	}
	search := func(most int) object {
		return asking(tool("file_search", object{"vector_store_ids": []any{"v"}, "max_num_results": most}))
	}
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"few tokens":         {asking(object{"max_output_tokens": 15}), "max_output_tokens: "},
		"tokens":             {asking(object{"max_output_tokens": 16}), ""},
		"no calls":           {asking(object{"max_tool_calls": 0}), "max_tool_calls: "},
		"calls":              {asking(object{"max_tool_calls": 1}), ""},
		"many logprobs":      {asking(object{"top_logprobs": 21}), "top_logprobs: "},
		"logprobs":           {asking(object{"top_logprobs": 20}), ""},
		"many labels":        {asking(object{"metadata": labels}), "metadata: "},
		"long label":         {asking(object{"metadata": object{"a": strings.Repeat("x", 513)}}), `metadata["a"]: `},
		"long identifier":    {asking(object{"safety_identifier": strings.Repeat("x", 65)}), "safety_identifier: "},
		"background":         {asking(object{"background": true, "store": false}), "background: For OpenAI, a response that is made in the background must be stored. Remove store = false, or background"},
		"stored background":  {asking(object{"background": true, "store": true}), ""},
		"perhaps stored":     {asking(object{"background": true, "store": acctest.Unknown{}}), ""},
		"function's name":    {asking(tool("function", object{"name": "a b", "parameters": "{}"})), "tool[0].function.name: "},
		"format's name":      {format(object{"type": "json_schema", "name": "a b", "schema": "{}"}), "text.format.name: "},
		"no results":         {search(0), "tool[0].file_search.max_num_results: For OpenAI, max_num_results must be from 1 to 50, not 0."},
		"many results":       {search(51), "tool[0].file_search.max_num_results: not 51"},
		"results":            {search(50), ""},
		"tokens, not known":  {asking(object{"max_output_tokens": acctest.Unknown{}}), ""},
		"results, not known": {asking(tool("file_search", object{"vector_store_ids": []any{"v"}, "max_num_results": acctest.Unknown{}})), ""},
	} {
		refusals := errorsOf(ours.Instance(typeName, blocks...).Plan(t, test.config).Diags)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, refusals, test.want)
		})
	}
	w := acctest.Server{URL: "http://127.0.0.1:1/v1"}
	theirs := acctest.Speak(t)
	theirs.Connect(t, &w)
	acctest.Quiet(t, theirs.Instance(typeName, blocks...).Plan(t, asking(object{"max_output_tokens": 1, "background": true, "store": false})).Diags)
}

// What validates the resource validates the count, and the set's template.
func TestSet_refusesBadArguments(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	set := func(requests object, changes object) object {
		config := object{"model": "gpt-5.4", "requests": requests}
		for name, value := range changes {
			config[name] = value
		}
		return config
	}
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"valid":            {set(object{"a": object{"content": "x"}}, nil), ""},
		"nothing asked":    {set(object{"a": object{"temperature": 1}}, nil), "requests: Missing input"},
		"stream options":   {set(object{"a": object{"content": "x"}}, object{"stream_options": object{"include_obfuscation": true}}), `requests: requests["a"].stream_options: stream_options needs stream = true`},
		"tool of no block": {set(object{"a": object{"content": "x"}}, object{"tool": []any{object{"type": "function"}}}), `requests: so a block function is required here`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tf := p.Schema.ResourceSchemas[setType].ValueType()
			resp, err := p.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: setType, Config: acctest.Dynamic(t, acctest.Value(tf, test.config, blocks...))})
			if err != nil {
				t.Fatal(err)
			}
			got := acctest.Texts(resp.Diagnostics)
			refused(t, got, test.want)
		})
	}
}
