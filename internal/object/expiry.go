package object

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// The API's names for an end that was planned.
const (
	endAttribute     = "expires_at"
	startAttribute   = "created_at"
	statusAttribute  = "status"
	expired          = "expired"
	shortestWarning  = 24 * time.Hour // before the end, of what lives long
	partOfLifeWarned = 4              // the last quarter, of what does not
)

// end is when the object expires; false = never, as far as is known.
func (k *Kind) end(fields wire.Fields) (time.Time, bool) {
	if k.Lasting || k.Attributes.Find(endAttribute) == nil {
		return time.Time{}, false
	}
	at := wire.Int(fields.Get(endAttribute))
	return time.Unix(at, 0), at > 0
}

// expired reports whether the object is still there, but of no use any more.
func (k *Kind) expired(fields wire.Fields) bool {
	return !k.Lasting && k.Attributes.Find(statusAttribute) != nil && fields.String(statusAttribute) == expired
}

// warnOfGone says why an object may not be there any more.
func (k *Kind) warnOfGone(diags *diag.Diagnostics, prior wire.Fields, now time.Time) {
	if end, ok := k.end(prior); ok && !now.Before(end) {
		diags.AddWarning(kinds.UpperFirst(k.Noun)+" has expired",
			fmt.Sprintf("%s expired on %s, as was planned, and the server has deleted it. The plan creates it again. Remove it from the configuration if it is not needed any more.",
				kinds.UpperFirst(k.name(prior)), day(end)))
		return
	}
	diags.AddWarning(kinds.UpperFirst(k.Noun)+" is gone",
		fmt.Sprintf("%s is not on the server any more, or belongs to a different project than the API key. It leaves the state, and the plan creates it again.", kinds.UpperFirst(k.name(prior))))
}

// warnOfEnd says that an object will not be there for long.
func (k *Kind) warnOfEnd(diags *diag.Diagnostics, state wire.Fields, now time.Time) {
	end, ok := k.end(state)
	if !ok || k.expired(state) || !now.Before(end) {
		return
	}
	before := shortestWarning
	if a := k.Attributes.Find(startAttribute); a != nil {
		if start := wire.Int(state.Get(startAttribute)); start > 0 {
			before = min(before, end.Sub(time.Unix(start, 0))/partOfLifeWarned)
		}
	}
	if left := end.Sub(now); left < before {
		diags.AddWarning(kinds.UpperFirst(k.Noun)+" expires soon",
			fmt.Sprintf("%s expires on %s, in %s. After that, Terraform plans to create it again.", kinds.UpperFirst(k.name(state)), day(end), left.Round(time.Minute)))
	}
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
