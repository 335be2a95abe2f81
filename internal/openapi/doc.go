// Package openapi holds HTTP traffic seen in tests against OpenAI's own OpenAPI document.
//
// The document is not part of the repository. Where it is missing, [Shared] says so in the test's log
// and every check passes, so the project builds and tests without it.
//
// The document's schemas are open: a misspelt property would validate. The checks therefore also report
// each property that no applicable schema declares.
//
// The package is for tests only and must not know what it checks: it imports nothing of this repository.
package openapi
