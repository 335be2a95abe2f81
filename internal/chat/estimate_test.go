package chat

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestEstimate(t *testing.T) {
	t.Parallel()
	prompt := func(content any, more map[string]any) string {
		doc := map[string]any{"model": "m", "messages": []any{map[string]any{"role": "user", "content": content}}}
		for name, value := range more {
			doc[name] = value
		}
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	base64 := strings.Repeat("QUJD", 100_000)
	for name, tt := range map[string]struct {
		body        string
		least, most int
	}{
		"nothing":               {`{}`, 0, 1},
		"no JSON":               {`"\`, 0, 1},
		"a prompt":              {prompt(strings.Repeat("word ", 1000), nil), 1250, 1275},
		"with a limit":          {prompt("hello", map[string]any{"max_completion_tokens": 100}), 100, 130},
		"with the old limit":    {prompt("hello", map[string]any{"max_tokens": 100}), 100, 130},
		"with both":             {prompt("hello", map[string]any{"max_tokens": 100, "max_completion_tokens": 50}), 50, 90},
		"for each choice":       {prompt("hello", map[string]any{"n": 3, "max_completion_tokens": 100}), 300, 330},
		"several without limit": {prompt("hello", map[string]any{"n": 3}), 10, 30},
		"limits that are none":  {prompt("hello", map[string]any{"n": "3", "max_tokens": -5}), 10, 30},
		"limits beyond reason":  {prompt("hello", map[string]any{"n": int64(1 << 60), "max_tokens": int64(1 << 60)}), 1<<31 - 1, 1<<31 - 1},
		"an image":              {prompt([]any{map[string]any{"type": "image_url", "image_url": map[string]any{"url": "data:image/png;base64," + base64}}}, nil), 1000, 1050},
		"a sound":               {prompt([]any{map[string]any{"type": "input_audio", "input_audio": map[string]any{"data": base64, "format": "wav"}}}, nil), 1000, 1050},
		"a file":                {prompt([]any{map[string]any{"type": "file", "file": map[string]any{"file_data": base64}}}, nil), 1000, 1050},
		"talk of data":          {prompt(`"data": "`+strings.Repeat("word ", 1000), nil), 1250, 1280},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prompt, answers := estimate([]byte(tt.body))
			if got := prompt + answers; got < tt.least || got > tt.most {
				t.Errorf("%d tokens, want %d to %d", got, tt.least, tt.most)
			}
		})
	}
}
