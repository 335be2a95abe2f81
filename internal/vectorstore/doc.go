// Package vectorstore is the area of vector stores: the stores, the files in them, and the search in a store. Its life is
// package object's. The area knows no other area.
package vectorstore
