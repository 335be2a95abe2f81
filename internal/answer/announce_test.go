package answer

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
)

func TestAnnouncement(t *testing.T) {
	t.Parallel()
	chat := area.Call{Input: 410, Output: 100}
	changed := area.Call{Input: 410, Output: 100, Again: true, Changed: []string{"model", "messages[0].content"}}
	many := func(n int, c area.Call) []area.Call {
		var all []area.Call
		for range n {
			all = append(all, c)
		}
		return all
	}
	for name, test := range map[string]struct {
		calls   []area.Call
		summary string
		detail  string
	}{
		"one": {
			many(1, chat), "Applying this plan makes 1 call to the model",
			"Applying it takes 1 call for 1 resource, with about 410 tokens of input and at most 100 of output. Each call is billed.",
		},
		"many": {
			many(30, chat), "Applying this plan makes 30 calls to the model",
			"Applying it takes 30 calls for 30 resources, with about 12,000 tokens of input and at most 3,000 of output. Each call is billed.",
		},
		"some not limited": {
			append(many(2, chat), area.Call{Input: 5}), "Applying this plan makes 3 calls to the model",
			"Applying it takes 3 calls for 3 resources, with about 830 tokens of input. Each call is billed.",
		},
		"the same request": {
			many(3, area.Call{Input: 1, Output: 2, Request: "x"}), "Applying this plan makes 1 call to the model",
			"Applying it takes 1 call for 3 resources, with about 1 token of input and at most 2 of output. Each call is billed.",
		},
		"partly known": {
			[]area.Call{{Input: 7, Partly: true}}, "Applying this plan makes 1 call to the model",
			"Applying it takes 1 call for 1 resource, with about 7 tokens of input, not counting values that are not known yet. Each call is billed.",
		},
		"free": {
			[]area.Call{{Free: true}}, "Applying this plan makes 1 call to the model",
			"Applying it takes 1 call for 1 resource.",
		},
		"partly free": {
			[]area.Call{{Free: true}, {Input: 7}}, "Applying this plan makes 2 calls to the model",
			"Applying it takes 2 calls for 2 resources, with about 7 tokens of input. Each call is billed, except for the 1 resource whose calls are free.",
		},
		"changed": {
			append(many(2, changed), area.Call{Input: 1, Again: true, Changed: []string{"model"}}), "Applying this plan makes 3 calls to the model",
			"Applying it takes 3 calls for 3 resources, with about 820 tokens of input. Each call is billed.\n\n" +
				"What changed in the requests: model (3 resources), messages[0].content (2 resources). The old answer stays in the state until the new one is there.",
		},
		"perhaps": {
			[]area.Call{{From: area.MayBeAsked, Input: 20, Again: true, Open: []string{"messages"}}}, "Applying this plan may make 1 call to the model",
			"Applying it may take 1 call for 1 resource, with about 20 tokens of input. Each call is billed. The plan does not know: messages. " +
				"A request that turns out to be the same as before, or that a recording answers, takes no call. The old answer stays in the state until the new one is there.",
		},
		"asked in the plan": {
			[]area.Call{{From: area.AskedInPlan, Input: 1234, Output: 99}}, "The plan made 1 call to the model",
			"The plan took 1 call for 1 resource, with 1,234 tokens of input and 99 of output. The answers are recorded and shown in the plan. Applying it makes no call for them.",
		},
		"recorded": {
			[]area.Call{{From: area.Recorded, Again: true, Changed: []string{"seed"}}}, "Recordings answer 1 changed request",
			"Recordings answer 1 resource, without a call.\n\nWhat changed in the requests: seed. The old answer stays in the state until the plan is applied.",
		},
		"replayed": {
			[]area.Call{{From: area.Recorded, Again: true, Open: []string{"message[0].content"}}}, "Recordings answer 1 changed request",
			"Recordings answer 1 resource, without a call. In the mode \"replay\" there must be one for each request; the plan does not know: message[0].content. " +
				"The old answer stays in the state until the plan is applied.",
		},
		"all sorts": {
			[]area.Call{{From: area.Recorded}, {From: area.AskedInPlan, Input: 1, Output: 1}, {From: area.MayBeAsked, Open: []string{"a"}}, {Input: 9}}, "Applying this plan makes 1 call to the model",
			"Applying it takes 1 call for 1 resource, with about 9 tokens of input. Each call is billed.\n\n" +
				"Applying it may take 1 call for 1 resource. Each call is billed. The plan does not know: a. A request that turns out to be the same as before, or that a recording answers, takes no call.\n\n" +
				"The plan took 1 call for 1 resource, with 1 token of input and 1 of output. The answers are recorded and shown in the plan. Applying it makes no call for them.\n\n" +
				"Recordings answer 1 resource, without a call.",
		},
		"many places": {
			[]area.Call{{Again: true, Changed: strings.Fields("a b c d e f g h")}}, "Applying this plan makes 1 call to the model",
			"Applying it takes 1 call for 1 resource. Each call is billed.\n\nWhat changed in the requests: a, b, c, d, e, f and others. The old answer stays in the state until the new one is there.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			summary, detail := announcement(test.calls, false)
			if summary != test.summary || detail != test.detail {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", summary, detail, test.summary, test.detail)
			}
		})
	}
}

// The CLI shows warnings of one summary as one, so that what comes later must have another.
func TestAnnouncement_laterOnesSayMore(t *testing.T) {
	t.Parallel()
	for first, calls := range map[string][]area.Call{
		"Applying this plan makes 2 more calls to the model":   {{}, {}},
		"Applying this plan may make 1 more call to the model": {{From: area.MayBeAsked}},
		"The plan made 1 more call to the model":               {{From: area.AskedInPlan}},
	} {
		if summary, _ := announcement(calls, true); summary != first {
			t.Errorf("got %q, want %q", summary, first)
		}
	}
}
