// Package webhook is the area of webhook endpoints: who is told of events, and the secret with which that is signed. Its
// life is package object's. The area knows no other area, and decrypts nothing.
package webhook
