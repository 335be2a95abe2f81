package serve_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// patient is a server whose calls take ten seconds, canceled or not.
type patient struct{ serve.Framework }

const patience = 10 * time.Second

func (patient) PlanResourceChange(context.Context, *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	time.Sleep(patience)
	return &tfprotov6.PlanResourceChangeResponse{}, nil
}

func (patient) ApplyResourceChange(context.Context, *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	time.Sleep(patience)
	return &tfprotov6.ApplyResourceChangeResponse{}, nil
}

func (patient) ReadDataSource(context.Context, *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	time.Sleep(patience)
	return &tfprotov6.ReadDataSourceResponse{}, nil
}

func (patient) OpenEphemeralResource(context.Context, *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	time.Sleep(patience)
	return &tfprotov6.OpenEphemeralResourceResponse{}, nil
}

func (patient) InvokeAction(context.Context, *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: func(func(tfprotov6.InvokeActionEvent) bool) { time.Sleep(patience) }}, nil
}

// A provider whose CLI was killed ends by itself, but not before the answers that were asked for are there.
func TestServe_endsWithTheCLI(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		call func(ctx context.Context, s serve.Framework)
		ends time.Duration
	}{
		"nothing under way": {call: func(context.Context, serve.Framework) {}, ends: 5 * time.Second},
		"plan":              {call: func(ctx context.Context, s serve.Framework) { _, _ = s.PlanResourceChange(ctx, nil) }, ends: patience},
		"apply":             {call: func(ctx context.Context, s serve.Framework) { _, _ = s.ApplyResourceChange(ctx, nil) }, ends: patience},
		"data source":       {call: func(ctx context.Context, s serve.Framework) { _, _ = s.ReadDataSource(ctx, nil) }, ends: patience},
		"ephemeral":         {call: func(ctx context.Context, s serve.Framework) { _, _ = s.OpenEphemeralResource(ctx, nil) }, ends: patience},
		"action": {call: func(ctx context.Context, s serve.Framework) {
			stream, err := s.InvokeAction(ctx, nil)
			if err != nil {
				t.Error(err)
			}
			for range stream.Events {
				t.Error("an event")
			}
		}, ends: patience},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				gone := func() bool { return time.Since(start) > 4*time.Second }
				server := serve.Stoppable(patient{})
				go tt.call(t.Context(), server)
				synctest.Wait()
				<-serve.Orphaned(gone, server)
				if took := time.Since(start); took < tt.ends || took > tt.ends+time.Second {
					t.Errorf("it ended after %v, not %v", took, tt.ends)
				}
			})
		})
	}
}
