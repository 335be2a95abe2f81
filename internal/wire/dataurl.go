package wire

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// DataURL turns a file in base64, as filebase64 gives it, into the data: URL
// that the API asks for. Anything else stays as it is: an address, or a kind of
// file that its first bytes do not tell.
func DataURL(s string) string {
	const enough = 684 // characters of base64 that hold the 512 bytes that are looked at
	start := s[:min(len(s), enough)]
	head, err := base64.StdEncoding.DecodeString(start[:len(start)/4*4])
	if err != nil || len(head) == 0 {
		return s
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch {
	case strings.HasPrefix(kind, "image/"), kind == "application/pdf":
		return "data:" + kind + ";base64," + s
	default:
		return s
	}
}
