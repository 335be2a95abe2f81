package serve_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// slow is a server with an action and a resource that end some time after they were canceled.
type slow struct {
	serve.Framework
	stop context.CancelFunc
	ctx  context.Context
}

func (s *slow) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.stop()
	return &tfprotov6.StopProviderResponse{}, nil
}

func (s *slow) InvokeAction(context.Context, *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		<-s.ctx.Done()
		time.Sleep(20 * time.Second)
		push(tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{}})
	}}, nil
}

func (s *slow) ApplyResourceChange(ctx context.Context, _ *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	<-ctx.Done()
	return &tfprotov6.ApplyResourceChangeResponse{}, nil
}

func (s *slow) PlanResourceChange(ctx context.Context, _ *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	<-ctx.Done()
	return &tfprotov6.PlanResourceChangeResponse{}, nil
}

// The protocol's server drops what an action says after StopProvider has returned, the error that it ended with
// included. Calls that the framework does not know of end, too, and at once.
func TestStopProvider_lastWordOfAnAction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := &slow{}
		inner.ctx, inner.stop = context.WithCancel(t.Context())
		server := serve.Stoppable(inner)
		ctx, dropped := context.WithCancel(t.Context()) // of the protocol's server
		said, ended := make(chan bool, 1), make(chan time.Duration, 2)
		start := time.Now()
		go func() {
			stream, err := server.InvokeAction(ctx, nil)
			if err != nil {
				t.Error(err)
			}
			for range stream.Events {
				said <- ctx.Err() == nil
			}
		}()
		go func() {
			_, _ = server.ApplyResourceChange(ctx, nil)
			ended <- time.Since(start)
		}()
		go func() {
			_, _ = server.PlanResourceChange(ctx, nil)
			ended <- time.Since(start)
		}()
		synctest.Wait()
		if _, err := server.StopProvider(t.Context(), nil); err != nil {
			t.Error(err)
		}
		dropped()
		if !<-said {
			t.Error("the last word of the action was dropped")
		}
		for range 2 {
			if after := <-ended; after != 0 {
				t.Errorf("a call ended %v after the stop", after)
			}
		}
	})
}
