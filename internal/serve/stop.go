package serve

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// stoppable ends what is under way when Terraform stops the provider, as it does when
// the user interrupts it, and has the last word of each action arrive.
//
// The protocol's server calls StopProvider and ends its own contexts when that returns.
// From then on it drops what an action still says: an interrupted action would pass for one
// that went well. So StopProvider returns when the actions have ended.
type stoppable struct {
	framework

	mu      sync.Mutex
	stopped bool // since it was configured last: what begins now has to end at once
	cancels map[*context.CancelFunc]struct{}
	actions map[chan struct{}]struct{} // each is closed when its action has ended
}

func newStoppable(inner framework) *stoppable {
	return &stoppable{framework: inner, cancels: map[*context.CancelFunc]struct{}{}, actions: map[chan struct{}]struct{}{}}
}

// track returns a context that ends when the provider is stopped; done is called at the end of a call.
// The framework does so for what it answers itself, but does not say what is under way.
func (s *stoppable) track(ctx context.Context) (tracked context.Context, done func()) {
	tracked, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancels[&cancel] = struct{}{}
	if s.stopped {
		cancel()
	}
	return tracked, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.cancels, &cancel)
		cancel()
	}
}

// idle reports whether no call is under way that may ask for an answer.
func (s *stoppable) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.cancels) == 0 && len(s.actions) == 0
}

// ConfigureProvider is the inner server's. A provider that is run for a debugger serves one
// run after another.
func (s *stoppable) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.mu.Lock()
	s.stopped = false
	s.mu.Unlock()
	return s.framework.ConfigureProvider(ctx, req)
}

// PlanResourceChange is the inner server's.
func (s *stoppable) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx, done := s.track(ctx)
	defer done()
	return s.framework.PlanResourceChange(ctx, req)
}

// ApplyResourceChange is the inner server's.
func (s *stoppable) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	ctx, done := s.track(ctx)
	defer done()
	return s.framework.ApplyResourceChange(ctx, req)
}

// ReadDataSource is the inner server's.
func (s *stoppable) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	ctx, done := s.track(ctx)
	defer done()
	return s.framework.ReadDataSource(ctx, req)
}

// OpenEphemeralResource is the inner server's.
func (s *stoppable) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	ctx, done := s.track(ctx)
	defer done()
	return s.framework.OpenEphemeralResource(ctx, req)
}

// InvokeAction is the framework's, and known to StopProvider while it lasts.
func (s *stoppable) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.framework.InvokeAction(ctx, req)
	if err != nil || stream == nil {
		return stream, err
	}
	events := stream.Events
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		ended := make(chan struct{})
		s.mu.Lock()
		s.actions[ended] = struct{}{}
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.actions, ended)
			close(ended)
		}()
		events(push)
	}}, nil
}

// StopProvider ends what is under way, and returns when the actions have ended.
func (s *stoppable) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.mu.Lock()
	s.stopped = true
	for cancel := range s.cancels {
		(*cancel)()
	}
	var actions []chan struct{}
	for ended := range s.actions {
		actions = append(actions, ended)
	}
	s.mu.Unlock()
	resp, err := s.framework.StopProvider(ctx, req)
	for _, ended := range actions {
		select {
		case <-ended:
		case <-ctx.Done():
			return resp, err
		}
	}
	return resp, err
}
