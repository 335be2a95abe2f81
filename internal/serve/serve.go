// Package serve is the protocol server: the framework's, with short cuts in
// front of it, and the tuning of the process. It knows the framework and the
// protocol, and nothing of what a resource does.
package serve

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// Provider is what can be served. Data is what its Configure handed to
// resources, nil before that.
type Provider interface {
	provider.Provider
	Data() any
}

// FrameworkOnly is the environment variable that turns the short cuts off, to find out whether they are
// to blame for something: with "1" (or "true"), New returns the framework's server as it is.
const FrameworkOnly = "OPENAI_PROVIDER_FRAMEWORK_ONLY"

// New returns the server for one provider. It panics if a [Record] of the provider has what the
// short cuts do not honour.
func New(p Provider) tfprotov6.ProviderServer { return newServer(p) }

func newServer(p Provider) *stoppable {
	inner := providerserver.NewProtocol6(p)().(framework) //nolint:forcetypeassert // the framework's server is all of it; every test would show
	if only, _ := strconv.ParseBool(os.Getenv(FrameworkOnly)); only {
		return newStoppable(inner)
	}
	return newStoppable(withShortCuts(p, inner))
}

// Options are the flags of the program.
type Options struct {
	Address string // the provider's address in a registry
	Debug   bool   // keep running for a debugger to attach (TF_REATTACH_PROVIDERS)
	Profile string // directory for profiles; "" = none

	// Wrap puts something in front of the server; nil = nothing. For tests.
	Wrap func(tfprotov6.ProviderServer) tfprotov6.ProviderServer
}

// Serve answers Terraform until it closes the connection, or is gone. For a debugger it goes on.
func Serve(newProvider func() Provider, o Options) error {
	tune()
	stop, err := profile(o.Profile)
	if err != nil {
		return err
	}
	defer stop()
	inner := newServer(newProvider())
	server := tfprotov6.ProviderServer(inner)
	if o.Wrap != nil {
		server = o.Wrap(server)
	}
	serve := func(opts ...tf6server.ServeOpt) error {
		return tf6server.Serve(o.Address, func() tfprotov6.ProviderServer { return server }, opts...)
	}
	if o.Debug {
		return serve(tf6server.WithManagedDebug())
	}
	signal.Ignore(syscall.SIGPIPE) // a line for the log of a CLI that is gone ends no call
	ended := make(chan error, 1)
	go func() { ended <- serve() }()
	select {
	case err := <-ended:
		return err
	case <-orphaned(parentGone(), inner.idle):
		return nil
	}
}

// framework is all that the framework's server answers.
type framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}
