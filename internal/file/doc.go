// Package file is the area of files: what is uploaded once, for vector stores, batches and requests. Its life is
// package object's; what is odd about a file is its content, which the server does not show. The area knows no
// other area.
package file
