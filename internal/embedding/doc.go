// Package embedding is the area of embeddings: texts as vectors, for search and
// comparison. It is a declaration (schema.go) and what there is to do to a vector
// (vector.go); its life is package answer's. The area knows no other area.
package embedding
