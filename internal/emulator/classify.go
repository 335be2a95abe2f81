package emulator

import (
	"math"
	"net/url"
	"regexp"
	"strings"
)

// category is one of the kinds of harm that moderation knows, with some plain
// words for it. A category "a/b" that is found makes "a" found as well.
type category struct {
	name    string
	images  bool // looked for in images too
	pattern *regexp.Regexp
}

const peoples = `(?:foreigners|immigrants|refugees|women|men|jews|muslims|christians|gays)`

var categories = []category{
	{"harassment", false, phrases(`idiots?|morons?|imbeciles?|losers?|worthless|pathetic|shut up|you(?:'re| are)(?: so)? (?:stupid|ugly|disgusting)`)},
	{"harassment/threatening", false, phrases(`(?:kill|hurt|murder|stab|shoot|strangle) (?:you|him|her|them|your \w+)|you(?:'ll| will) regret`)},
	{"hate", false, phrases(`subhumans?|vermin|(?:hate|despise) (?:all |these |those )?` + peoples)},
	{"hate/threatening", false, phrases(`(?:exterminate|kill|hang|shoot) (?:all |these |those |the )?` + peoples)},
	{"illicit", false, phrases(`shoplift\w*|launder(?:ing)? money|counterfeit(?:ing)? money|(?:steal|hotwire) (?:a|the|someone's) \w+|forge (?:a|an) \w+|(?:cook|make|sell) (?:meth|heroin|cocaine)`)},
	{"illicit/violent", false, phrases(`(?:build|building|make|making) (?:an? )?(?:pipe )?(?:bombs?|explosives?)|(?:illegal|untraceable) (?:guns?|weapons?)|hire a hitman`)},
	{"self-harm", true, phrases(`suicid(?:e|al)|self-harm|(?:kill|killing|cut|cutting|hurt|hurting|starve|starving) (?:myself|yourself|oneself)|end my life`)},
	{"self-harm/intent", true, phrases(`I(?:'m|'ll)?\b[^.!?]{0,30} (?:end my life|(?:kill|cut|hurt|starve|killing|cutting|hurting|starving) myself)`)},
	{"self-harm/instructions", true, phrases(`(?:how|ways?|steps) (?:to|do I|can I)\b[^.!?]{0,30} (?:commit suicide|end my life|(?:kill|cut|hurt|starve) (?:myself|yourself|oneself))`)},
	{"sexual", true, phrases(`porn\w*|erotica?|orgasms?|nudes?|naked|(?:have|having) sex`)},
	{"sexual/minors", false, phrases(`(?:child|children|minors?|underage)\b[^.!?]{0,20} (?:porn\w*|sex)`)},
	{"violence", true, phrases(`(?:kill|kills|killed|killing|shoot|shooting|beat|beating) (?:you|him|her|them|me|myself|yourself|people|everyone|someone|all)|murder\w*|stab|stabs|stabbed|stabbing|massacre\w*|tortur\w+|strangl\w+`)},
	{"violence/graphic", true, phrases(`gore|gory|dismember\w*|decapitat\w*|mutilat\w*|disembowel\w*|severed (?:heads?|hands?|limbs?)`)},
}

func phrases(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:` + alternatives + `)\b`)
}

// classify looks for the words of each category in texts and images. Of an image
// it sees the address only: "https://example.com/gory-scene.png" is gory.
func classify(texts, images []string) classification {
	text := strings.Join(texts, "\n")
	shown := describeImages(images)
	out := classification{Categories: map[string]bool{}, Scores: map[string]float64{}, InputTypes: map[string][]string{}}
	for _, c := range categories {
		out.Categories[c.name] = false
	}
	for _, c := range categories {
		types := []string{}
		if len(texts) > 0 {
			types = append(types, "text")
			out.find(c, text)
		}
		if len(images) > 0 && c.images {
			types = append(types, "image")
			out.find(c, shown)
		}
		out.InputTypes[c.name] = types
	}
	for _, c := range categories {
		out.Scores[c.name] = score(text+shown, c.name, out.Categories[c.name])
	}
	return out
}

// find notes whether a text has the words of a category.
func (r *classification) find(c category, text string) {
	if !c.pattern.MatchString(text) {
		return
	}
	r.Flagged, r.Categories[c.name] = true, true
	if parent, _, below := strings.Cut(c.name, "/"); below {
		r.Categories[parent] = true
	}
}

// score is between 0.8 and 1 for what was found, and below 0.01 for what was not.
func score(text, category string, found bool) float64 {
	noise := (float64(digest(text, category)[0]) + 1) / 257
	if found {
		return round(0.8+noise/5, 6)
	}
	return round(noise/100, 6)
}

func round(n float64, digits int) float64 {
	power := math.Pow10(digits)
	return math.Round(n*power) / power
}

// describeImages is the words in the addresses of images. An image that is
// sent as data has none.
func describeImages(addresses []string) string {
	var out []string
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.Scheme != "data" {
			out = append(out, strings.Join(strings.FieldsFunc(u.Path, notInWord), " "))
		}
	}
	return strings.Join(out, "\n")
}
