package acctest

import (
	"context"
	"errors"
	"io/fs"
	"log"
	"os"
	"runtime"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// What tells a test program, through the CLI, to be the provider.
const (
	serveVariable = "ACCTEST_SERVE" // is the address where the process is watched
	killVariable  = "ACCTEST_KILL"  // names the file that says it has happened
	clockVariable = "ACCTEST_CLOCK" // names the file that waits are written to
	graceVariable = "ACCTEST_GRACE" // is how long a call that was sent is waited for after an interrupt
)

// serveIfAsked makes this process the provider, where Install's environment
// asks for that, and does not return then.
func serveIfAsked() {
	watched := os.Getenv(serveVariable)
	if watched == "" {
		return
	}
	lifeline := announce(watched)
	_ = os.Unsetenv(collectVariable) // it is for the CLI
	options := serve.Options{Address: provider.Address}
	if marker := os.Getenv(killVariable); marker != "" {
		options.Wrap = func(s tfprotov6.ProviderServer) tfprotov6.ProviderServer {
			return &mortal{s.(complete), marker} //nolint:forcetypeassert // serve.New returns all of it
		}
	}
	var adjust []func(*client.Settings)
	if waits := os.Getenv(clockVariable); waits != "" {
		clock := &hasty{file: waits}
		adjust = append(adjust, func(s *client.Settings) { s.Clock = clock })
	}
	if grace, err := time.ParseDuration(os.Getenv(graceVariable)); err == nil {
		adjust = append(adjust, func(s *client.Settings) { s.Grace = grace })
	}
	if err := serve.Serve(func() serve.Provider { return provider.New("test", adjust...) }, options); err != nil {
		log.Fatal(err)
	}
	runtime.KeepAlive(lifeline)
	os.Exit(0)
}

// KillOnceAnswered is a variable for Dir.With: the provider's process dies, as by
// SIGKILL, when it has the answer for the first resource that is created,
// changed or destroyed, and before it tells the CLI. marker is a file that is not there
// yet; once it is there, nothing dies any more.
func KillOnceAnswered(marker string) string { return killVariable + "=" + marker }

// Grace is a variable for Dir.With: how long the provider waits, after an interrupt, for
// the answer to a call that was sent.
func Grace(d time.Duration) string { return graceVariable + "=" + d.String() }

// complete is all that the server answers.
type complete interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

type mortal struct {
	complete
	marker string
}

func (m *mortal) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := m.complete.ApplyResourceChange(ctx, req)
	file, missing := os.OpenFile(m.marker, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(missing, fs.ErrExist) {
		return resp, err
	}
	_ = file.Close()
	self, _ := os.FindProcess(os.Getpid())
	_ = self.Kill()
	select {} // the signal takes a moment
}
