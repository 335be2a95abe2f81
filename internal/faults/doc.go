// Package faults holds tests of what goes wrong between the provider and the
// API: on the wire, on the server, and with the processes themselves. They run
// the provider as a program under the real CLI, and count what would have been paid for.
package faults
