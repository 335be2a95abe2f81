package acctest

import (
	"bytes"
	"os"
	"path/filepath"
)

// Shell runs a script with sh, which ends at the first command that fails. In the script the
// CLI is called terraform, whichever it is. It returns all that is written.
func (d *Dir) Shell(script string) (output string, err error) {
	d.t.Helper()
	bin := d.t.TempDir()
	if err := os.Symlink(d.in.cli, filepath.Join(bin, "terraform")); err != nil {
		d.t.Fatal(err)
	}
	cmd := d.command("sh", "-ec", script)
	cmd.Env = append(cmd.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}

// MustShell is Shell where nothing may go wrong.
func (d *Dir) MustShell(script string) (output string) {
	d.t.Helper()
	output, err := d.Shell(script)
	if err != nil {
		d.t.Fatalf("%s\n%v\n%s", script, err, output)
	}
	return output
}
