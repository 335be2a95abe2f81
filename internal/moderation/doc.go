// Package moderation is the area of moderations: whether texts and images may do
// harm, as OpenAI judges it. It is a declaration and the sum of several judgements;
// its life is package answer's. The area knows no other area.
package moderation
