package recording

import "errors"

// Tests reach the limits with small files.
func init() {
	maxSize = 1 << 20
	limits.Values = 10_000
}

// WriteAndRead is an answer that was written to a file, with its texts at some paths above it, and read
// again.
func WriteAndRead(body []byte, paths []string) ([]byte, error) {
	text, err := record{Label: "x", Request: []byte("{}"), Answer: body}.encode(paths)
	if err != nil {
		return nil, err
	}
	r, damage := parse(text)
	if damage != nil {
		return nil, errors.New(damage.Why)
	}
	return r.Answer, nil
}
