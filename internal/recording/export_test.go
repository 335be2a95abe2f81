package recording

// Tests reach the limits with small files.
func init() {
	maxSize = 1 << 20
	limits.Values = 10_000
}
