// Package content is what is uploaded: the content of a file, which is in a file, in an argument as text or in base64.
// It reads a piece at a time, never the whole, and knows how the API takes it: at once or in parts.
package content
