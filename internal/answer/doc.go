// Package answer is the life of what is asked for once and kept: request in, answer
// out, no refresh. A [Kind] declares one sort of answer (a chat completion, an
// embedding, …), and its methods make Terraform's kinds of it: the managed resource,
// the data source, the ephemeral resource, the action.
//
// What it promises for every kind:
//
//   - A plan makes no call, unless generate_on = "plan" asks for that.
//   - A changed request is asked again in place: while the new answer is not there,
//     the old one and its arguments stay in the state.
//   - The request decides. Two ways of writing the same request ask nothing; what
//     cannot be compared in the plan is compared during the apply, before any call.
//   - With recordings, an answer is paid for once for all who ask the same.
//
// The package knows no area: no argument of a request and no member of an answer but
// those that it declares itself (settings.go).
package answer
