// Package chat is the chat completion area: what a completion is made of
// (schema.go), what its arguments must keep to (validate.go), "request in,
// answer out" (completion.go, stream.go), and one file for each Terraform kind.
//
// The kinds never build JSON and never touch HTTP; they ask completion.go. The
// area knows no other area.
package chat
