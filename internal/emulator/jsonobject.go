package emulator

import (
	"regexp"
	"strings"
)

var (
	keyList = regexp.MustCompile(`(?i)\b(?:keys?|fields?|properties|property|attributes?)\b(?:\s+(?:named|called|are))?[\s:]+((?:["'` + "`" + `]?[A-Za-z_]\w*["'` + "`" + `]?(?:\s*,\s*(?:and\s+)?|\s+and\s+)?)+)`)
	comma   = regexp.MustCompile(`\s*,\s*(?:and\s+)?|\s+and\s+`)
	aKey    = regexp.MustCompile(`[A-Za-z_]\w*`)
)

// jsonObject is the answer in JSON mode: an object with the keys that the
// messages name, else with the text as its answer.
func (a *author) jsonObject(index int) string {
	out := map[string]any{}
	g := newGenerator(nil, a.talk, index)
	if m := keyList.FindStringSubmatch(a.talk.everything); m != nil {
		for _, key := range keysOf(m[1]) {
			out[key] = g.value(nil, key, 0)
		}
	}
	if len(out) == 0 {
		out["answer"] = g.madeUp(nil, "answer")
	}
	return compact(out)
}

// keysOf reads "name, age and city"; it ends where the list does.
func keysOf(list string) []string {
	var keys []string
	for _, item := range comma.Split(strings.TrimSpace(list), -1) {
		if key := aKey.FindString(item); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}
