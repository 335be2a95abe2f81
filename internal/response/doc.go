// Package response is the area of the Responses API: a model is asked, with tools that run at OpenAI if it
// likes, and its answer kept. It is a declaration (schema.go, tools.go, answer.go) and what is particular of this API:
// how its items are written (compose.go) and read (read.go), how its events make an answer (stream.go), and answers
// that are made in the background. The life of an answer is package answer's. The area knows no other area.
package response
