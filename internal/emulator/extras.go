package emulator

import (
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// audio is a spoken answer.
type audio struct {
	ID         string `json:"id"`
	ExpiresAt  int64  `json:"expires_at"`
	Data       string `json:"data"`
	Transcript string `json:"transcript"`
}

// speak gives a text as audio: a moment of silence in the format asked for,
// if that is wav or pcm16; other formats are not worth an encoder and get
// bytes that no player will take.
func (a *author) speak(index int, text string) *audio {
	return &audio{
		ID:         "audio_" + token(24, a.seed, []byte{byte(index)}),
		ExpiresAt:  a.now.Add(time.Hour).Unix(),
		Data:       base64.StdEncoding.EncodeToString(silence(a.req.Audio.Format)),
		Transcript: text,
	}
}

func silence(format string) []byte {
	const rate, samples = 24000, 240 // 10 ms
	pcm := make([]byte, 2*samples)
	switch format {
	case "pcm16":
		return pcm
	case "wav":
		wav := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(36+len(pcm)))...)
		wav = append(wav, "WAVEfmt "...)
		wav = binary.LittleEndian.AppendUint32(wav, 16)
		wav = binary.LittleEndian.AppendUint16(wav, 1) // PCM
		wav = binary.LittleEndian.AppendUint16(wav, 1) // mono
		wav = binary.LittleEndian.AppendUint32(wav, rate)
		wav = binary.LittleEndian.AppendUint32(wav, 2*rate)
		wav = binary.LittleEndian.AppendUint16(wav, 2)
		wav = binary.LittleEndian.AppendUint16(wav, 16)
		wav = append(wav, "data"...)
		wav = binary.LittleEndian.AppendUint32(wav, uint32(len(pcm)))
		return append(wav, pcm...)
	}
	return []byte("emulated " + format)
}

type annotation struct {
	Type        string   `json:"type"`
	URLCitation citation `json:"url_citation"`
}

// citation says which characters of a text come from a page.
type citation struct {
	StartIndex int    `json:"start_index"`
	EndIndex   int    `json:"end_index"`
	URL        string `json:"url"`
	Title      string `json:"title"`
}

const citedHost = "example.com"

// source is the mention of the page that a web search made up.
func source(query string) string {
	return "([" + citedHost + "](https://" + citedHost + "/search?q=" + url.QueryEscape(brief(query, 60)) + "))"
}

// citations finds the mention of a source in a text; there is none if the
// text was cut off before it.
func citations(text string) []annotation {
	start := strings.LastIndex(text, "(["+citedHost+"](")
	if start < 0 || !strings.HasSuffix(text, "))") {
		return []annotation{}
	}
	mention := text[start:]
	page := strings.TrimSuffix(strings.TrimPrefix(mention, "(["+citedHost+"]("), "))")
	first := utf8.RuneCountInString(text[:start])
	return []annotation{{"url_citation", citation{
		StartIndex: first,
		EndIndex:   first + utf8.RuneCountInString(mention),
		URL:        page,
		Title:      "Emulated search result",
	}}}
}

// moderation is the verdict on request and answer.
type moderation struct {
	Input  verdicts `json:"input"`
	Output verdicts `json:"output"`
}

type verdicts struct {
	Type    string    `json:"type"`
	Model   string    `json:"model"`
	Results []verdict `json:"results"`
}

type verdict struct {
	Type  string `json:"type"`
	Model string `json:"model"`
	classification
}

// moderate classifies what the user said last, and all choices together.
func moderate(model, user string, choices []choice) *moderation {
	var answers []string
	for _, c := range choices {
		if c.Message.Content != nil {
			answers = append(answers, *c.Message.Content)
		}
	}
	on := func(text string) verdicts {
		return verdicts{"moderation_results", model, []verdict{{"moderation_result", model, classify([]string{text}, nil)}}}
	}
	return &moderation{on(user), on(strings.Join(answers, "\n"))}
}
