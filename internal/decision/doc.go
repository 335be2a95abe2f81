// Package decision is the area of decisions: questions about a text or a picture that
// have a typed answer, which is how likely a statement is, one of some choices, or a
// score. It is a declaration (schema.go), how its arguments fit together (validate.go),
// and what is made of the answers so that a condition can use them (read.go); its life
// is package answer's. The area knows no other area.
package decision
