// Package object is the life of what lives on the server: it is created, read, updated, deleted, imported and
// listed, and it drifts. A Kind declares one sort of object; the package makes Terraform's kinds of it.
//
// What holds for each of them:
//
//   - The ID is in the state before anything is waited for.
//   - A 404 within a minute of a create is "not yet", and later "gone".
//   - A deletion is believed on 2xx and 404 only.
//   - What the plan knew is in the state after the apply; what the server makes of it is drift, and the next
//     plan shows it.
//   - An object that has expired is told from one that was deleted, and its end is warned of.
//
// It knows no area of the API.
package object
