package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

func TestHasStatus(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err    error
		status int
		want   bool
		gone   bool
	}{
		"no error":                 {nil, http.StatusNotFound, false, false},
		"not found":                {&client.Problem{Kind: client.API, Status: 404}, http.StatusNotFound, true, true},
		"not found, wrapped":       {fmt.Errorf("could not read: %w", &client.Problem{Kind: client.API, Status: 404}), http.StatusNotFound, true, true},
		"another status":           {&client.Problem{Kind: client.API, Status: 405}, http.StatusNotFound, false, false},
		"the status asked for":     {&client.Problem{Kind: client.API, Status: 405}, http.StatusMethodNotAllowed, true, false},
		"404 inside of an answer":  {&client.Problem{Kind: client.API, Status: 200, Code: "404"}, http.StatusNotFound, false, false},
		"no answer of the server":  {&client.Problem{Kind: client.NotSent, Status: 404}, http.StatusNotFound, false, false},
		"an error of another kind": {errors.New("404"), http.StatusNotFound, false, false},
	} {
		if got := client.HasStatus(tt.err, tt.status); got != tt.want {
			t.Errorf("%s: HasStatus is %v", name, got)
		}
		if got := client.IsGone(tt.err); got != tt.gone {
			t.Errorf("%s: IsGone is %v", name, got)
		}
	}
	conflict := &client.Problem{Kind: client.API, Status: 409}
	if !client.HasStatus(conflict, http.StatusNotFound, http.StatusConflict) || client.HasStatus(conflict) {
		t.Error("one of several statuses is not found")
	}
	if client.IsGone(&client.Problem{Kind: client.API, Status: 410}) {
		t.Error("an API that was switched off takes its objects for gone")
	}
}

func TestDo_longErrors(t *testing.T) {
	t.Parallel()
	for _, size := range []int{60 << 10, 70 << 10, 1 << 20, 3 << 20} {
		body := `{"error":{"message":"Too bad","code":"c","param":"messages","details":"` + strings.Repeat("x y ", size/4) + `"}}`
		base, _ := serve(t, answer(400, jsonType, body))
		_, err := newClient(t, client.Settings{BaseURL: base, APIKey: testKey}).Do(t.Context(), chat)
		p := problem(t, err, client.API)
		if p.Message != "Too bad" || p.Param != "messages" {
			t.Errorf("%d bytes: %.300s", size, p.Detail())
		}
	}
}
