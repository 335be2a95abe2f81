// Package batch is the area of batches: many requests to one endpoint, which the server answers within a day and at half
// the price. A batch lives on the server as package object has it, and is submitted, waited for and collected by package
// job. The area knows no other area, and nothing of what the requests mean.
package batch
