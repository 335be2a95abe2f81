package vectorstore

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var result = kinds.Declare(
	kinds.Attribute{Name: "file_id", Shape: kinds.String, Description: "The ID of the file."},
	kinds.Attribute{Name: "filename", Shape: kinds.String, Description: "The name of the file."},
	kinds.Attribute{Name: "score", Shape: kinds.Float64, Description: "How well it fits the query, from 0 to 1."},
	kinds.Attribute{Name: "attributes", Shape: kinds.StringMap, Description: "The attributes of the file in the store, all of them as text."},
	kinds.Attribute{Name: "content", Shape: kinds.Strings, Description: "The chunks that were found, as text."},
)

var searched = kinds.Declare(
	kinds.Attribute{Name: "vector_store_id", Shape: kinds.String, Mode: kinds.Required, Local: true,
		Description: "The ID of the vector store.", Validators: checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "query", Shape: kinds.String, Mode: kinds.Required,
		Description: "What to look for.", Validators: checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "max_num_results", Shape: kinds.Int64,
		Description: "How many results there are at most, 1 to 50. The API's default is 10.", Validators: checks{kinds.AtLeast(1)}},
	kinds.Attribute{Name: "filters", Shape: kinds.JSON,
		Description: "A filter by the attributes of files, as JSON: `jsonencode({ type = \"eq\", key = \"language\", value = \"en\" })`. Types: `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in`, `nin`; and `and` or `or` with a list of `filters`.",
		Validators:  checks{kinds.JSONObject()}},
	kinds.Attribute{Name: "ranking_options", Shape: kinds.Object,
		Description: "How results are ranked.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "ranker", Shape: kinds.String, Description: "The ranker, such as `auto` or `none`."},
			kinds.Attribute{Name: "score_threshold", Shape: kinds.Float64, Description: "Leaves out results with a lower score, 0 to 1.", Validators: checks{kinds.Between(0, 1)}},
		)},
	kinds.Attribute{Name: "rewrite_query", Shape: kinds.Bool,
		Description: "Whether a model may rewrite the query so that it finds more."},
	kinds.Attribute{Name: "search_query", Shape: kinds.Strings, Mode: kinds.Computed,
		Description: "The query that was really used."},
	kinds.Attribute{Name: "results", Wire: "data", Shape: kinds.Objects, Fields: result, Mode: kinds.Computed,
		Description: "The results, best first."},
)

var search = &object.Query{
	Type: "vector_store_search", Failure: "Could not search vector store",
	Description: "Searches a vector store for what comes closest to a query. It does so on each plan, so that a `check` or a `postcondition` can tell whether the store answers a question. OpenAI bills searches by the call.",
	Attributes:  searched,
	Limits: func(config wire.Fields) diag.Diagnostics {
		var diags diag.Diagnostics
		rules.Within(&diags, config, 1, 50, "max_num_results")
		return diags
	},
	Read: readSearch,
}

func readSearch(ctx context.Context, c *client.Client, config wire.Fields) (wire.Values, error) {
	body, err := wire.Encode(searched, config)
	if err != nil {
		return nil, err
	}
	answer, err := c.Do(ctx, client.Request{
		Method: http.MethodPost, Path: client.Path("vector_stores", config.String("vector_store_id"), "search"),
		Body: body, Existing: true, Costs: true, Unkept: true,
	})
	if err != nil {
		return nil, err
	}
	shown, err := wire.ParseObject(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("the server's answer could not be read: %w", err)
	}
	texts(shown)
	values := wire.DecodeObject(searched, shown)
	if values["results"].IsNull() {
		return nil, fmt.Errorf("the server's answer has no results: %s", client.Printable(string(answer.Body), false))
	}
	return values, nil
}

// texts makes the chunks of each result plain text.
func texts(shown map[string]any) {
	data, _ := shown["data"].([]any)
	for _, item := range data {
		found, ok := item.(map[string]any)
		if !ok {
			continue
		}
		content, _ := found["content"].([]any)
		chunks := make([]any, 0, len(content))
		for _, part := range content {
			if chunk, ok := part.(map[string]any); ok {
				chunks = append(chunks, chunk["text"])
			}
		}
		found["content"] = chunks
	}
}
