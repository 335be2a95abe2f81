// Package job is the life of work that is submitted, waited for and collected: a batch of requests to one endpoint,
// which the server answers within a day.
//
//   - A batch is submitted once. A mark in its metadata tells it from any other, and is looked for among the newest
//     batches before one is submitted.
//   - To have waited in vain is no failure: [ErrPending] says that the batch is still under way.
//   - What was answered is collected, also of a batch that has expired or was cancelled, and is never in memory
//     as a whole; nor is what is submitted.
//
// It knows the API's batches and files, and nothing of what a request or an answer means, or of
// any schema.
package job
