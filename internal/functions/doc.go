// Package functions has the provider's functions. They are pure: they work
// without a key, a network or a provider block, and the same arguments give the
// same result, in a plan as in an apply.
//
// Functions say what is wrong with an argument at that argument, and where in
// it, as a JSON pointer. They must not know areas or the API.
package functions
