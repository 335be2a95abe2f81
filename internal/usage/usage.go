package usage

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

func counter(name, description string) kinds.Attribute {
	return kinds.Attribute{Name: name, Shape: kinds.Int64, Description: description}
}

// counters are what usage is counted in, and can be added up.
var counters = kinds.Declare(
	counter("num_model_requests", "Requests to the model."),
	counter("input_tokens", "Input tokens, those from and for the cache included."),
	counter("output_tokens", "Output tokens of all kinds."),
	counter("input_cached_tokens", "Input tokens that came from the cache."),
	counter("input_uncached_tokens", "Input tokens that did not come from the cache, without those written to it."),
	counter("input_cache_write_tokens", "Input tokens that were written to the cache."),
	counter("input_text_tokens", "Input tokens of text that did not come from the cache."),
	counter("output_text_tokens", "Output tokens of text."),
	counter("input_cached_text_tokens", "Input tokens of text that came from the cache."),
	counter("input_audio_tokens", "Input tokens of audio that did not come from the cache."),
	counter("input_cached_audio_tokens", "Input tokens of audio that came from the cache."),
	counter("output_audio_tokens", "Output tokens of audio."),
	counter("input_image_tokens", "Input tokens of images that did not come from the cache."),
	counter("input_cached_image_tokens", "Input tokens of images that came from the cache."),
	counter("output_image_tokens", "Output tokens of images."),
	counter("images", "Images, of the type `images`."),
	counter("characters", "Characters that were spoken, of the type `audio_speeches`."),
	counter("seconds", "Seconds of audio that were transcribed, of the type `audio_transcriptions`."),
	counter("num_sessions", "Sessions, of the type `code_interpreter_sessions`."),
	counter("num_requests", "Searches, of the types `file_search_calls` and `web_search_calls`."),
)

func group(name, what string) kinds.Attribute {
	return kinds.Attribute{Name: name, Shape: kinds.String, Description: what + ", if grouped by `" + name + "`. Otherwise null."}
}

var usageResult = kinds.Join(counters, kinds.Declare(
	counter("usage_bytes", "Storage in bytes, of the type `vector_stores`."),
	group("project_id", "The project"),
	group("user_id", "The user"),
	group("api_key_id", "The API key"),
	group("model", "The model"),
	kinds.Attribute{Name: "batch", Shape: kinds.Bool, Description: "Whether it came through the Batch API, if grouped by `batch`. Otherwise null."},
	group("service_tier", "The class of service"),
	group("size", "The size of images"),
	group("source", "How images were made"),
	group("vector_store_id", "The vector store"),
	group("context_level", "How much a search read"),
	group("api_source", "`agents_api` or `unlabeled`"),
	kinds.Attribute{Name: "extra", Shape: kinds.JSON, Extra: true, Except: []string{"object"},
		Description: "Anything else the server says of the result, as JSON. Null if there is nothing."},
))

// usageOfPage are the buckets that a page may have, by bucket_width.
var usageOfPage = map[string]int64{"1d": 31, "1h": 168, "1m": 1440}

var usageAttributes = kinds.Join(kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required, Local: true,
		Description: "What was used: `completions` (chat completions and responses), `embeddings`, `moderations`, `decisions`, `images`, `audio_speeches`, `audio_transcriptions`, `vector_stores`, `code_interpreter_sessions`, `file_search_calls` or `web_search_calls`. Any other name is passed on to the server.",
		Validators:  checks{kinds.NotEmpty()}},
), period, kinds.Declare(
	kinds.Attribute{Name: "bucket_width", Shape: kinds.String,
		Description: "The length of a bucket: `1m` (a minute), `1h` or `1d`. The API's default is `1d`.", Validators: checks{kinds.NotEmpty()}},
	filter("group_by", "What the usage is grouped by: `project_id`, or also `user_id`, `api_key_id`, `model`, `batch`, `service_tier`, `size`, `source`, `vector_store_id`, `context_level`, `api_source`, depending on `type`."),
	filter("project_ids", "Only the usage of these projects, by their IDs: `proj_…`."),
	filter("user_ids", "Only the usage of these users, by their IDs: `user-…`."),
	filter("api_key_ids", "Only the usage of these API keys, by their IDs: `key_…`."),
	filter("models", "Only the usage of these models."),
	kinds.Attribute{Name: "batch", Shape: kinds.Bool,
		Description: "`true`: only what came through the Batch API. `false`: only the rest. Of the types `completions` and `decisions`."},
	filter("sources", "Only images that were made like this: `image.generation`, `image.edit`, `image.variation`."),
	filter("sizes", "Only images of these sizes, such as `1024x1024`."),
	filter("vector_store_ids", "Only searches in these vector stores, by their IDs: `vs_…`. Of the type `file_search_calls`."),
	filter("context_levels", "Only searches that read so much: `low`, `medium`, `high`. Of the type `web_search_calls`."),
), most, kinds.Declare(
	buckets(usageResult),
	kinds.Attribute{Name: "total", Shape: kinds.Object, Mode: kinds.Computed, Local: true, Fields: counters,
		Description: "The sum over all buckets and results, of each number that can be added up. 0 where the report has none."},
))

var usage = &object.Query{
	Type: "usage", Failure: "Could not read usage",
	Description: "What the organization has used (tokens, requests, images, …), in buckets of time and by group. " +
		"It is read on each plan, costs nothing, and needs the provider's `admin_api_key`. What it comes to in money is in `openai_costs`.",
	Attributes: usageAttributes, Validate: inOrder,
	Read: func(ctx context.Context, c *client.Client, config wire.Fields) (wire.Values, error) {
		at := client.Path("organization", "usage", config.String("type"))
		values, results, err := read(ctx, c, usageAttributes, config, at, usageOfPage)
		if err != nil {
			return nil, err
		}
		values["total"] = count(results)
		return values, nil
	},
}

// count adds up each counter.
func count(results []wire.Fields) tftypes.Value {
	totals := wire.Values{}
	for i := range counters {
		name, whole := counters[i].Name, new(big.Int)
		for _, result := range results {
			if !result.Absent() {
				whole.Add(whole, big.NewInt(wire.Int(result.Get(name))))
			}
		}
		totals[name] = tftypes.NewValue(tftypes.Number, new(big.Float).SetInt(whole))
	}
	return tftypes.NewValue(counters.Type(), totals)
}
