package generation

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// moderationConfig is the policy for what goes in, and for what comes out.
var moderationConfig = kinds.Declare(
	kinds.Attribute{Name: "mode", Shape: kinds.String, Mode: kinds.Required,
		Description: "What to do: `score` only reports, `block` also stops flagged content."},
)

// Moderation asks for the moderation of what goes in, and of what comes out.
var Moderation = kinds.Attribute{Name: "moderation", Shape: kinds.Object, Block: true,
	Description: "Run OpenAI's moderation on the prompt and the answer. The results are in `response_moderation`.",
	Fields: kinds.Declare(
		kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required,
			Description: "The moderation model, such as `omni-moderation-latest`."},
		kinds.Attribute{Name: "policy", Shape: kinds.Object, Block: true,
			Description: "What to do with flagged content.",
			Fields: kinds.Declare(
				kinds.Attribute{Name: "input", Shape: kinds.Object, Fields: moderationConfig, Block: true,
					Description: "The policy for the prompt."},
				kinds.Attribute{Name: "output", Shape: kinds.Object, Fields: moderationConfig, Block: true,
					Description: "The policy for the answer."},
			)},
	)}

// moderated is the judgement of what went in, or of what came out.
var moderated = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Description: "The type of result: `moderation_results` or `error`."},
	kinds.Attribute{Name: "model", Shape: kinds.String, Description: "The moderation model that was used."},
	kinds.Attribute{Name: "results", Shape: kinds.Objects, Description: "The results. Null for an error.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Description: "The type of result: `moderation_result`."},
			kinds.Attribute{Name: "model", Shape: kinds.String, Description: "The moderation model of this result."},
			kinds.Attribute{Name: "flagged", Shape: kinds.Bool, Description: "Whether the content was flagged in any category."},
			kinds.Attribute{Name: "categories", Shape: kinds.BoolMap, Description: "Whether the content was flagged, by category."},
			kinds.Attribute{Name: "category_scores", Shape: kinds.Float64Map, Description: "How confident the model is, by category, from 0 to 1."},
			kinds.Attribute{Name: "category_applied_input_types", Shape: kinds.StringsMap, Description: "Which types of input were checked, by category."},
		)},
	kinds.Attribute{Name: "code", Shape: kinds.String, Description: "The error code, if the moderation failed."},
	kinds.Attribute{Name: "message", Shape: kinds.String, Description: "The error message, if the moderation failed."},
)

// ResponseModeration are the results of Moderation.
var ResponseModeration = kinds.Attribute{Name: "response_moderation", Wire: "moderation", Shape: kinds.Object, Mode: kinds.Computed,
	Description: "The results of `moderation`. Null unless the request asked for it.",
	Fields: kinds.Declare(
		kinds.Attribute{Name: "input", Shape: kinds.Object, Fields: moderated, Description: "The results for the prompt."},
		kinds.Attribute{Name: "output", Shape: kinds.Object, Fields: moderated, Description: "The results for the answer."},
	)}
