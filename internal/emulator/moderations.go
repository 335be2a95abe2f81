package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// moderators are the moderation models; the first is the default.
var moderators = []string{"omni-moderation-latest", "omni-moderation-2024-09-26"}

// moderationShapes is every argument of POST /moderations.
var moderationShapes = map[string]*shape{
	"input": {kind: kindText, or: &shape{
		kind: kindList, minItems: 1, items: aString,
		orItems: []*shape{variants("type", []string{"text", "image_url"}, map[string]*shape{
			"text": fields([]string{"type", "text"}, map[string]*shape{"type": aString, "text": aString}),
			"image_url": fields([]string{"type", "image_url"}, map[string]*shape{
				"type": aString, "image_url": fields([]string{"url"}, map[string]*shape{"url": aString}),
			}),
		})},
	}},
	"model": aString,
}

type moderationAnswer struct {
	ID      string           `json:"id"`
	Model   string           `json:"model"`
	Results []classification `json:"results"`
}

// classification is what was found in an input.
type classification struct {
	Flagged    bool                `json:"flagged"`
	Categories map[string]bool     `json:"categories"`
	Scores     map[string]float64  `json:"category_scores"`
	InputTypes map[string][]string `json:"category_applied_input_types"`
}

// createModeration serves POST /moderations.
func (s *Server) createModeration(w http.ResponseWriter, r *http.Request, body []byte) {
	if !s.ponder(r.Context()) {
		return
	}
	rateLimits(w.Header())
	root, e := decodeObject(body)
	if e == nil {
		e = s.checkModeration(root)
	}
	if e != nil {
		fail(w, e)
		return
	}
	model, given := root["model"].(string)
	if !given {
		model = moderators[0]
	}
	count := s.answering(r.Context(), &s.classified, body)
	respond(w, http.StatusOK, moderationAnswer{
		ID:      "modr-" + token(29, digest(string(body)), count),
		Model:   model,
		Results: classifyInput(root["input"]),
	})
}

// checkModeration returns the error that the API gives for a request.
func (s *Server) checkModeration(root map[string]any) *apiError {
	if e := checkNames(root, moderationShapes, "input"); e != nil {
		return e
	}
	if e := checkShapes(root, moderationShapes); e != nil {
		return e
	}
	model, given := root["model"].(string)
	if given && !s.models.known[model] && strings.HasPrefix(model, "text-moderation-") {
		return invalid("model", "", "please request %s", moderators[0]) // those were switched off
	}
	if given {
		if e := s.checkModel(root, moderating); e != nil {
			return e
		}
	}
	images := 0
	for i, part := range objects(root, "input") {
		if part["type"] != "image_url" {
			continue
		}
		images++
		if !isImageURL(imageOf(part)) {
			return invalid(fmt.Sprintf("input[%d].image_url.url", i), "invalid_image_url", "Invalid image URL.")
		}
	}
	if images > 1 {
		return invalid("input", "too_many_images", "Number of images (%d) exceeds maximum of 1", images)
	}
	return nil
}

func imageOf(part map[string]any) string {
	image, _ := part["image_url"].(map[string]any)
	address, _ := image["url"].(string)
	return address
}

func isImageURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && ((u.Scheme == "http" || u.Scheme == "https") && u.Host != "" || strings.HasPrefix(text, "data:image/"))
}

// classifyInput gives each text its result, and parts a common one.
func classifyInput(input any) []classification {
	list, ok := input.([]any)
	if !ok {
		list = []any{input}
	}
	var results []classification
	var texts, images []string
	for _, item := range list {
		switch item := item.(type) {
		case string:
			results = append(results, classify([]string{item}, nil))
		case map[string]any:
			if text, ok := item["text"].(string); ok {
				texts = append(texts, text)
			} else {
				images = append(images, imageOf(item))
			}
		}
	}
	if len(texts)+len(images) > 0 {
		results = append(results, classify(texts, images))
	}
	return results
}
