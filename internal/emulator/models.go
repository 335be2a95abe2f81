package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// catalogue is the models that exist, in the order in which they are listed.
type catalogue struct {
	ids   []string
	known map[string]bool
}

func newCatalogue(ids []string) catalogue {
	if ids == nil {
		ids = builtinModels()
	}
	c := catalogue{ids: ids, known: map[string]bool{}}
	for _, id := range ids {
		c.known[id] = true
	}
	return c
}

// use is what a request wants of a model.
type use int

const (
	chatting use = iota
	embedding
	moderating
	deciding
)

// uses says what each built-in model is for.
var uses = builtinUses()

func builtinUses() map[string]use {
	all := map[string]use{}
	for _, name := range undated {
		all[name] = chatting
	}
	for name, dated := range snapshots {
		all[name], all[dated] = chatting, chatting
	}
	for name := range embedders {
		all[name] = embedding
	}
	for _, name := range moderators {
		all[name] = moderating
	}
	for _, name := range deciders {
		all[name] = deciding
	}
	return all
}

func builtinModels() []string { return slices.Sorted(maps.Keys(uses)) }

// serves reports whether a model is for a use. One that only Options.Models
// names is for all of them.
func serves(model string, wanted use) bool {
	made, known := uses[model]
	return !known || made == wanted
}

// snapshots says which dated model answers for a name. A model that is not
// here answers in its own name.
var snapshots = map[string]string{
	"gpt-3.5-turbo":              "gpt-3.5-turbo-0125",
	"gpt-3.5-turbo-16k":          "gpt-3.5-turbo-16k-0613",
	"gpt-4":                      "gpt-4-0613",
	"gpt-4-turbo":                "gpt-4-turbo-2024-04-09",
	"gpt-4-turbo-preview":        "gpt-4-0125-preview",
	"gpt-4o":                     "gpt-4o-2024-08-06",
	"gpt-4o-mini":                "gpt-4o-mini-2024-07-18",
	"gpt-4o-audio-preview":       "gpt-4o-audio-preview-2025-06-03",
	"gpt-4o-mini-audio-preview":  "gpt-4o-mini-audio-preview-2024-12-17",
	"gpt-4o-search-preview":      "gpt-4o-search-preview-2025-03-11",
	"gpt-4o-mini-search-preview": "gpt-4o-mini-search-preview-2025-03-11",
	"gpt-audio":                  "gpt-audio-2025-08-28",
	"gpt-4.1":                    "gpt-4.1-2025-04-14",
	"gpt-4.1-mini":               "gpt-4.1-mini-2025-04-14",
	"gpt-4.1-nano":               "gpt-4.1-nano-2025-04-14",
	"gpt-5":                      "gpt-5-2025-08-07",
	"gpt-5-mini":                 "gpt-5-mini-2025-08-07",
	"gpt-5-nano":                 "gpt-5-nano-2025-08-07",
	"gpt-5.1":                    "gpt-5.1-2025-11-13",
	"gpt-5.2":                    "gpt-5.2-2025-12-11",
	"gpt-5.4":                    "gpt-5.4-2026-03-05",
	"gpt-5.4-mini":               "gpt-5.4-mini-2026-03-17",
	"o1":                         "o1-2024-12-17",
	"o3":                         "o3-2025-04-16",
	"o3-mini":                    "o3-mini-2025-01-31",
	"o4-mini":                    "o4-mini-2025-04-16",
}

// undated are the built-in chat models that answer in their own name.
var undated = []string{
	"chatgpt-4o-latest", "gpt-3.5-turbo-1106", "gpt-4-1106-preview", "gpt-4o-2024-05-13", "gpt-4o-2024-11-20",
	"gpt-5-chat-latest", "gpt-5.6",
}

// shutdowns are the days on which models are switched off.
var shutdowns = map[string]string{
	"gpt-3.5-turbo-1106": "2026-09-28",
	"gpt-4-1106-preview": "2026-03-26",
}

func snapshot(model string) string {
	if dated, ok := snapshots[model]; ok {
		return dated
	}
	return model
}

// reasons reports whether a model thinks before it answers, and therefore
// refuses the sampling parameters.
func reasons(model string) bool {
	for _, family := range []string{"o1", "o3", "o4", "gpt-5"} {
		rest, ok := strings.CutPrefix(model, family)
		if ok && (rest == "" || rest[0] == '-') {
			return !strings.HasPrefix(rest, "-chat")
		}
	}
	return false
}

type model struct {
	ID           string  `json:"id"`
	Object       string  `json:"object"`
	Created      int64   `json:"created"`
	OwnedBy      string  `json:"owned_by"`
	ShutdownDate *string `json:"shutdown_date"`
}

// modelEpoch is the creation time of every model, in Unix seconds: nothing
// depends on it, so it need not be true.
const modelEpoch = 1687882411

func describe(id string) model {
	m := model{ID: id, Object: "model", Created: modelEpoch, OwnedBy: "system"}
	if day, ok := shutdowns[id]; ok {
		m.ShutdownDate = &day
	}
	return m
}

func (s *Server) listModels(w http.ResponseWriter, _ *http.Request) {
	data := make([]model, 0, len(s.models.ids))
	for _, id := range s.models.ids {
		data = append(data, describe(id))
	}
	respond(w, http.StatusOK, map[string]any{"object": "list", "data": data})
}

func (s *Server) getModel(w http.ResponseWriter, id string) {
	if !s.models.known[id] {
		e := modelNotFound(id)
		e.Param = ptr("model")
		e.Message = "The model '" + id + "' does not exist"
		fail(w, e)
		return
	}
	respond(w, http.StatusOK, describe(id))
}
