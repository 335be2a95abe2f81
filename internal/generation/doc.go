// Package generation is what the APIs that generate text have in common, chat completions and responses: tools and
// their calls, moderation beside an answer, Structured Outputs and what becomes of them, about how many tokens
// a request takes. It knows no area.
package generation
