package client

import "errors"

// ErrUnconfigured is what a call meets where there is no client yet, because a value
// in the provider's block is not known, as can happen during a plan.
var ErrUnconfigured = errors.New("the provider is not configured yet, because a value in its block is not known. " +
	"Apply the resources that it depends on first, for example with -target")
