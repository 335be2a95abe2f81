package response_test

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// responseOf is a configuration with one response.
func responseOf(prompt, arguments string) string {
	return `
resource "openai_response" "test" {
  model = "gpt-5.4"
  input = "` + prompt + `"
` + arguments + `
}

output "content" {
  value = openai_response.test.content
}
`
}

// With the real CLI: what it takes for the same, and for a change; nothing of it is seen in the log.
func TestCLI_keepsTheAnswer(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	const messages = `
resource "openai_response" "test" {
  model = "gpt-5.4"
  message {
    role = "user"
    content_part {
      type = "input_text"
      text = "hello"
    }
  }
  tool {
    type = "mcp"
    mcp {
      server_label     = "wiki"
      server_url       = "https://mcp.example/sse"
      require_approval = "never"
      authorization    = "` + token + `"
      headers          = { X-Key = "` + header + `" }
    }
  }
  store = true
}

output "content" {
  value = openai_response.test.content
}
`
	const text = `  tool {
    type = "mcp"
    mcp {
      server_label     = "wiki"
      server_url       = "https://mcp.example/sse"
      require_approval = "never"
    }
  }`
	provider := s.Provider("recordings {\n    directory = \"answers\"\n  }")
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": provider + messages}).With("TF_LOG=TRACE", "TF_LOG_PATH=log.txt")
	dir.Init()
	said := dir.MustRun("plan", "-out=plan")
	said += dir.MustRun("apply", "plan")
	said += dir.MustRun("show", "-json")
	if got := strings.TrimSpace(dir.MustRun("output", "-raw", "content")); !strings.HasPrefix(got, "Emulated answer to: hello") {
		t.Errorf("the answer is %q", got)
	}
	dir.Write("main.tf", provider+responseOf("hello", text))
	said += dir.MustRun("apply", "-auto-approve")
	if output, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Errorf("the plan is not empty: %v\n%s", err, output)
	}
	if n := s.Made(); n != 1 {
		t.Errorf("%d answers were made", n)
	}
	secret(t, "the CLI says", said)
	for _, pattern := range []string{"log.txt", "terraform.tfstate*", "answers/*"} {
		found, err := filepath.Glob(filepath.Join(dir.Path, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("there is no %s", pattern)
		}
		for _, name := range found {
			text, err := os.ReadFile(filepath.Clean(name))
			if err != nil {
				t.Fatal(err)
			}
			secret(t, filepath.Base(name), string(text))
		}
	}
	plan, err := zip.OpenReader(filepath.Join(dir.Path, "plan"))
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	for _, file := range plan.File {
		if strings.HasPrefix(file.Name, "tfconfig/") {
			continue // the configuration itself
		}
		in, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		secret(t, file.Name+" of the plan", string(text))
	}
	dir.MustRun("destroy", "-auto-approve")
	if left := s.Objects("responses"); len(left) > 0 {
		t.Errorf("left on the server: %q", left)
	}
}

// secret fails a test for a credential of the configuration.
func secret(t *testing.T, where, text string) {
	t.Helper()
	for _, s := range []string{token, header} {
		if at := strings.Index(text, s); at >= 0 {
			t.Errorf("%s has %q: …%s…", where, s, text[max(0, at-300):min(len(text), at+300)])
		}
	}
}

// kill -9 while an answer is made in the background, of the provider alone or with the CLI: the next apply waits for it.
func TestCLI_isKilledWhileItWaits(t *testing.T) {
	for kind, cli := range map[string]bool{"provider": false, "CLI and provider": true} {
		t.Run(kind, func(t *testing.T) {
			looked := make(chan struct{})
			s := acctest.Start(t, emulator.Options{Processing: 2, Log: watching(`"GET"`, looked)})
			s.Fail(emulator.Hang().On("GET", "/responses/"))
			dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + responseOf("hello", "background = true")}).With(acctest.SkipWaits(filepath.Join(t.TempDir(), "waits")))
			dir.Init()
			running := dir.Start("apply", "-auto-approve", "-lock=false") // a killed CLI leaves its lock behind
			select {
			case <-looked:
			case <-running.Done():
			}
			if cli {
				if err := running.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			if dir.KillProviders() == 0 {
				t.Fatal("there was no provider to be killed")
			}
			if output, err := running.Wait(); err == nil {
				t.Fatalf("nothing went wrong:\n%s", output)
			}
			dir.AwaitProviders()
			if output := dir.MustRun("apply", "-auto-approve", "-lock=false"); !strings.Contains(output, `content = "Emulated answer to: hello"`) {
				t.Errorf("it says\n%s", output)
			}
			if posts := s.Bodies("POST"); len(posts) != 1 || len(s.AnsweredTwice()) > 0 {
				t.Errorf("asked: %q", posts)
			}
			if output, err := dir.Run("plan", "-detailed-exitcode", "-lock=false"); err != nil {
				t.Errorf("the plan is not empty: %v\n%s", err, output)
			}
			dir.MustRun("apply", "-refresh-only", "-auto-approve", "-lock=false")
			if left, _ := filepath.Glob(filepath.Join(dir.Path, ".terraform", "openai", "*")); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
			dir.MustRun("destroy", "-auto-approve", "-lock=false")
			if left := s.Objects("responses"); len(left) > 0 {
				t.Errorf("left on the server: %q", left)
			}
		})
	}
}

// The configuration that the CLI writes for what is imported plans nothing.
func TestCLI_importsWithAConfigurationOfItsOwn(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + `
resource "openai_response" "first" {
  model        = "gpt-5.4"
  instructions = "Be brief."
  message {
    role    = "user"
    content = "JSON with keys: name"
  }
  message {
    role    = "assistant"
    content = "{}"
  }
  text {
    format {
      type = "json_object"
    }
  }
  tool {
    type = "function"
    function {
      name       = "f"
      parameters = jsonencode({ type = "object" })
    }
  }
  tool_choice = "none"
  metadata    = { team = "ops" }
}

output "id" {
  value = openai_response.first.id
}
`})
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	id := strings.TrimSpace(dir.MustRun("output", "-raw", "id"))
	dir.MustShell("terraform state rm openai_response.first")
	dir.Write("main.tf", s.Provider()+"import {\n  to = openai_response.again\n  id = \""+id+"\"\n}\n")
	output := dir.MustRun("plan", "-generate-config-out=generated.tf")
	if !regexp.MustCompile(`1 to import, 0 to add, 0 to change, 0 to destroy`).MatchString(output) {
		t.Errorf("the plan is\n%s", output)
	}
	dir.MustRun("apply", "-auto-approve")
	if output, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		text, _ := os.ReadFile(filepath.Join(dir.Path, "generated.tf"))
		t.Errorf("the plan is not empty: %v\n%s\n%s", err, output, text)
	}
	if n := s.Made(); n != 1 {
		t.Errorf("%d answers were made", n)
	}
}
