// Package conversation is the area of conversations: what is said in them belongs to whoever talks, and only how
// they begin and their labels to Terraform. Its life is package object's. The area knows no other area.
package conversation
