package serve

import (
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Framework is what the short cuts stand in front of.
type Framework = framework

// Inner is the framework's server for a provider.
func Inner(p Provider) Framework { return providerserver.NewProtocol6(p)().(framework) }

// WithShortCuts is New, whatever the environment says.
func WithShortCuts(p Provider, inner Framework) tfprotov6.ProviderServer {
	return withShortCuts(p, inner)
}

// Stoppable puts in front of a server what New does.
func Stoppable(inner Framework) Framework { return newStoppable(inner) }

// Behind is what New puts behind that.
func Behind(server tfprotov6.ProviderServer) Framework { return server.(*stoppable).framework }

// Orphaned is closed when the parent is gone and nothing is under way in a server of Stoppable.
func Orphaned(gone func() bool, server Framework) <-chan struct{} {
	return orphaned(gone, server.(*stoppable).idle)
}

// Tune is what Serve does to the process.
func Tune() { tune() }

// MemoryLimit is the limit for what lives and what is no heap, in bytes.
func MemoryLimit(live, other uint64) int64 { return memoryLimit(live, other) }
