// Package faults holds tests of what goes wrong between the provider and the
// API: on the wire, on the server, in a real proxy between the two, and with the
// processes themselves. Most run the provider as a program under the real CLI; all
// count what would have been paid for.
package faults
