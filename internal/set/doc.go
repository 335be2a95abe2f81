// Package set holds the answers to many requests in one resource: a request as the template,
// and what differs in each. It asks only for what is missing, and keeps what it was
// given although others fail. A set is of one kind of answer (package answer), which says what a
// request is, and what an answer; an area declares the rest in a [Kind].
//
// Requests are told apart by what reaches the model: by the name of their recording, whether or not there
// is one. The state has the names in request_hashes, so that each answer has that of the request
// that it answers, also where an update was only partly done.
//
// The state of a set is a record (package serve): nothing is read back from a server. It uses no private state,
// because the framework, which would have to be asked then, takes minutes for values with thousands of members.
package set
