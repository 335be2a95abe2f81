// Package wire turns a Terraform value into JSON and JSON into a Terraform
// value, walking each beside its declaration (package kinds).
//
// Attribute names are JSON names unless the declaration says otherwise; null is
// left out; text of JSON shape is embedded as JSON. The package knows nothing
// of chat, of HTTP or of what Terraform does with a value.
package wire
