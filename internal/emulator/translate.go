package emulator

import (
	"regexp"
	"strings"
)

// phrasebook holds translations by language and plain English phrase.
var phrasebook = map[string]map[string]string{
	"french": {
		"hello": "Bonjour", "hello, how are you": "Bonjour, comment allez-vous ?", "hello, world": "Bonjour, le monde !",
		"hello world": "Bonjour le monde", "how are you": "Comment allez-vous ?", "good morning": "Bonjour",
		"good evening": "Bonsoir", "good night": "Bonne nuit", "goodbye": "Au revoir", "thank you": "Merci",
		"thank you very much": "Merci beaucoup", "please": "S'il vous plaît", "yes": "Oui", "no": "Non",
		"i love you": "Je t'aime", "where is the station": "Où est la gare ?", "the weather is nice today": "Il fait beau aujourd'hui.",
		"what is your name": "Comment vous appelez-vous ?", "see you tomorrow": "À demain",
	},
	"german": {
		"hello": "Hallo", "hello, how are you": "Hallo, wie geht es Ihnen?", "hello, world": "Hallo, Welt!",
		"hello world": "Hallo Welt", "how are you": "Wie geht es Ihnen?", "good morning": "Guten Morgen",
		"goodbye": "Auf Wiedersehen", "thank you": "Danke", "yes": "Ja", "no": "Nein",
	},
	"spanish": {
		"hello": "Hola", "hello, how are you": "Hola, ¿cómo está usted?", "hello, world": "¡Hola, mundo!",
		"hello world": "Hola mundo", "how are you": "¿Cómo está usted?", "good morning": "Buenos días",
		"goodbye": "Adiós", "thank you": "Gracias", "yes": "Sí", "no": "No",
	},
	"italian": {
		"hello": "Ciao", "hello, how are you": "Ciao, come stai?", "hello, world": "Ciao, mondo!",
		"hello world": "Ciao mondo", "how are you": "Come stai?", "good morning": "Buongiorno",
		"goodbye": "Arrivederci", "thank you": "Grazie", "yes": "Sì", "no": "No",
	},
}

var (
	target = regexp.MustCompile(`(?s)\b(?i:translat\w*)\b.*?\b(?:in)?to\s+([A-Z][a-z]+|french|german|spanish|italian)\b`)
	quote  = regexp.MustCompile(`(?s)(?:^|[\s:(])(?:'(.+)'|"(.+)"|“(.+)”|«\s*(.+?)\s*»|` + "`(.+)`" + `)(?:[\s.,;:!?)]|$)`)
)

// translate answers if the instructions or the user ask for a translation.
func translate(c conversation) string {
	m := target.FindStringSubmatch(c.user)
	if m == nil {
		m = target.FindStringSubmatch(c.system)
	}
	if m == nil {
		return ""
	}
	text := sourceText(c.user)
	if known, ok := phrasebook[strings.ToLower(m[1])][phrase(text)]; ok {
		return known
	}
	return "[" + m[1] + "] " + text
}

// sourceText is what is to be translated: what stands in quotes, else what
// follows a colon, else everything.
func sourceText(text string) string {
	if m := quote.FindStringSubmatch(text); m != nil {
		return strings.Join(m[1:], "")
	}
	if strings.Contains(strings.ToLower(text), "translat") {
		if _, after, found := strings.Cut(text, ":"); found && strings.TrimSpace(after) != "" {
			return strings.TrimSpace(after)
		}
	}
	return strings.TrimSpace(text)
}

func phrase(text string) string {
	return strings.ToLower(strings.Trim(strings.Join(strings.Fields(text), " "), " .?!"))
}

func unquote(text string) string {
	for _, pair := range []string{`''`, `""`, "``"} {
		if len(text) > 1 && text[0] == pair[0] && text[len(text)-1] == pair[1] {
			return text[1 : len(text)-1]
		}
	}
	return text
}
