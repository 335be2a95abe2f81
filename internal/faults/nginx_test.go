package faults_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// passing is what an nginx before a model server has in its configuration.
const passing = `proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection "";`

// behindNginx is one nginx, and all that follows from it for two resources that ask one after the other, of which the
// budget allows one.
type behindNginx struct {
	http      string // in its block http; "" = the model server as the upstream "model"
	location  string // "" = passing
	fault     func(s *site)
	arguments map[string]any
	seen      int    // requests of the first resource that reached the model server
	billed    int    // of those, how many it worked on
	says      string // of the first resource, a regular expression; "" = nothing went wrong
	content   string // what is kept of the first, a regular expression; "" = nothing
	counted   bool   // the first has used up the budget
}

func TestNginx(t *testing.T) {
	program := nginx(t)
	const page = `text/html page, not JSON; .*Its title is "%s"`
	maybe := func(title string) string {
		return fmt.Sprintf(page, title) + `.*` + mayBill + once + `.*sent once and not again`
	}
	whole := regexp.QuoteMeta(usual)
	fail := func(faults ...emulator.Fault) func(*site) { return func(s *site) { s.Fail(faults...) } }
	stream := map[string]any{"stream": true, "stream_options": map[string]any{"include_obfuscation": false}}
	for name, test := range map[string]behindNginx{
		"nothing wrong":          {seen: 1, billed: 1, content: whole, counted: true},
		"nothing wrong, stream":  {arguments: stream, seen: 1, billed: 1, content: whole, counted: true},
		"closed before the work": {fault: fail(emulator.Reset()), seen: 1, says: maybe("502 Bad Gateway"), counted: true},
		"closed after the work":  {fault: fail(emulator.Reset().AfterAnswer()), seen: 1, billed: 1, says: maybe("502 Bad Gateway"), counted: true},
		// nginx does not say that there was no connection, so that it reads like the two above.
		"nobody listens": {http: `upstream model { server 127.0.0.1:1; }`, says: maybe("502 Bad Gateway"), counted: true},
		"none is up":     {http: `upstream model { server 127.0.0.1:1 down; }`, says: maybe("502 Bad Gateway"), counted: true},
		"too slow": {location: passing + ` proxy_read_timeout 200ms;`, fault: fail(emulator.Hang().AfterAnswer()),
			seen: 1, billed: 1, says: maybe("504 Gateway Time-out"), counted: true},
		"closed for now": {location: `return 503;`, says: fmt.Sprintf(page, "503 Service Temporarily Unavailable") + `.*Status: 503.*Requests sent: [2-6]`},
		"too large":      {location: passing + ` client_max_body_size 100;`, says: fmt.Sprintf(page, "413 Request Entity Too Large") + `.*Status: 413` + once},
		"limited":        {location: `limit_except GET { deny all; } ` + passing, says: fmt.Sprintf(page, "403 Forbidden") + `.*Status: 403` + once},
		"answer cut": {fault: fail(emulator.CutBody(100)), seen: 1, billed: 1,
			says: `the connection broke before the answer was complete: .*` + mayBill + once, counted: true},
		"stream cut": {arguments: stream, fault: cutStream("green", 2, emulator.CutAbort), seen: 1, billed: 1,
			says: `the connection broke before the answer was complete: .*` + mayBill + once + `.*What had arrived`, content: `^Ten grey geese go over the ?(?:gr)?$`, counted: true},
		// Over HTTP/1.0, nginx's default, the end of a stream and its loss look the same to nginx, which ends it properly.
		"stream cut unnoticed": {location: `proxy_pass http://model;`, arguments: stream, fault: cutStream("green", 2, emulator.CutAbort), seen: 1, billed: 1,
			says: mayBill + `.*What had arrived`, content: `^Ten grey geese go over the ?(?:gr)?$`, counted: true},
		"stream cut between events": {location: `proxy_pass http://model;`, arguments: stream, fault: cutStream("data: [DONE]", -2, emulator.CutAbort), seen: 1, billed: 1,
			content: whole, counted: true},
		"buffers nothing":     {location: passing + ` proxy_buffering off;`, arguments: stream, seen: 1, billed: 1, content: whole, counted: true},
		"buffers in files":    {location: passing + ` proxy_buffers 2 1k; proxy_buffer_size 1k; proxy_busy_buffers_size 1k;`, seen: 1, billed: 1, content: whole, counted: true},
		"keeps no connection": {location: passing + ` keepalive_timeout 0;`, seen: 1, billed: 1, content: whole, counted: true},
		"compresses": {location: passing + ` gzip on; gzip_proxied any; gzip_min_length 1; gzip_types application/json;`,
			seen: 1, billed: 1, content: whole, counted: true},
		// What a proxy does by itself nobody can see: it is told to send a POST again, and the model works twice.
		"sends again by itself": {http: `upstream model { server %[1]s; server %[1]s; }`, location: passing + ` proxy_next_upstream error non_idempotent;`,
			fault: fail(emulator.Reset().AfterAnswer()), seen: 2, billed: 2, content: whole, counted: true},
	} {
		t.Run(name, func(t *testing.T) { test.check(t, program) })
	}
}

func (b behindNginx) check(t *testing.T, program string) {
	s := &site{t: t, Server: acctest.Start(t, emulator.Options{})}
	s.startNginx(program, b.http, b.location)
	if b.fault != nil {
		b.fault(s)
	}
	p := acctest.Speak(t, func(to *client.Settings) { to.Clock = patient{} })
	p.Connect(t, s.Server, map[string]any{"base_url": s.base, "limits": map[string]any{"max_requests": 1}})
	ask := func(prompt string) (said string, state any) {
		config := map[string]any{"model": "gpt-4", "message": []any{map[string]any{"role": "user", "content": prompt}}}
		for name, value := range b.arguments {
			config[name] = value
		}
		r := p.Instance("openai_chat_completion", "message", "tool", "functions", "content_part")
		return strings.Join(r.Apply(t, config), " "), r.State()
	}

	said, state := ask(prompt)
	if (said == "") != (b.says == "") || !regexp.MustCompile(b.says).MatchString(said) || strings.Contains(said, acctest.Key) {
		t.Errorf("the user reads %.2000s\nwant %s", said, b.says)
	}
	if seen, billed := len(s.Requests()), s.Made(); seen != b.seen || billed != b.billed {
		t.Errorf("the server saw %d requests and worked on %d, want %d and %d", seen, billed, b.seen, b.billed)
	}
	fields, there := state.(map[string]any)
	content, _ := fields["content"].(string)
	if there != (b.content != "") || !regexp.MustCompile(b.content).MatchString(content) {
		t.Errorf("kept is %t, %q, want %s", there, content, b.content)
	}
	said, _ = ask("another one")
	if spent := strings.Contains(said, "the budget of this run is used up: limits.max_requests is 1"); spent != b.counted {
		t.Errorf("the budget counted it: %t, want %t; %s", spent, b.counted, said)
	}
}

// nginx is the path of the program. A test that needs it is skipped where there is none.
func nginx(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} { // some users have no sbin on their PATH
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	t.Skip("there is no nginx (apt-get install nginx-light, for one): what real proxies answer is not tested")
	return ""
}

// startNginx puts an nginx before the server.
func (s *site) startNginx(program, http, location string) {
	s.t.Helper()
	model := strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/v1")
	if http == "" {
		http = "upstream model { server %[1]s; }"
	}
	if strings.Contains(http, "%") {
		http = fmt.Sprintf(http, model)
	}
	if location == "" {
		location = passing
	}
	l := s.listen()
	dir := s.t.TempDir()
	config := filepath.Join(dir, "nginx.conf")
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;" // it would be nobody, who may not write here
	}
	text := fmt.Sprintf(`daemon off; worker_processes 1; %[5]s pid %[1]s/pid; error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
  %[2]s
  server { listen %[3]s; location / { %[4]s } }
}
`, dir, http, l.Addr(), location, user)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	// The port is listened to before nginx is there, which takes it over as it does in an upgrade of itself. So it
	// cannot be taken meanwhile, and nobody has to wait for nginx.
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		s.t.Fatal(err)
	}
	var log bytes.Buffer
	ctx, kill := context.WithCancel(context.Background()) // the test's own ends before its clean-up
	cmd := exec.CommandContext(ctx, program, "-e", "stderr", "-p", dir, "-c", config)
	cmd.ExtraFiles, cmd.Env = []*os.File{file}, append(os.Environ(), "NGINX=3;")
	cmd.Stderr = &log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it takes its worker along
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Start()
	_, _ = file.Close(), l.Close()
	if err != nil {
		kill()
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		kill()
		_ = cmd.Wait()
		if s.t.Failed() {
			s.t.Logf("nginx: %s", &log)
		}
	})
	s.base = "http://" + l.Addr().String() + "/v1"
}

// patient waits for nothing.
type patient struct{}

func (patient) Now() time.Time { return time.Now() }

func (patient) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
