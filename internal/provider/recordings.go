package provider

import (
	"context"
	"os"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// The variables that stand in for the recordings block, for CI.
const (
	recordingsDir  = "OPENAI_RECORDINGS_DIR"
	recordingsMode = "OPENAI_RECORDINGS_MODE"
)

var recordingModes = []string{string(recording.Reuse), string(recording.Replay), string(recording.Refresh)}

// recordingsSettings is the recordings block.
type recordingsSettings struct {
	Directory types.String `tfsdk:"directory"`
	Mode      types.String `tfsdk:"mode"`
}

func recordingsBlock() schema.Block {
	return schema.SingleNestedBlock{
		MarkdownDescription: "Keeps each answer in a file that you can commit and review, and takes it from there the next time the same request is made. " +
			"See the guide [Pay once](guides/pay-once). The files contain prompts and answers in plain text, but no keys; a request with `content_wo` is not recorded.",
		Attributes: map[string]schema.Attribute{
			"directory": schema.StringAttribute{Optional: true, Validators: []validator.String{kinds.NotEmpty()},
				MarkdownDescription: "The directory of the files, such as `\"${path.root}/recordings\"`. It is created when the first answer is recorded. A relative path starts at the directory that Terraform runs in. Environment variable: `" + recordingsDir + "`."},
			"mode": schema.StringAttribute{Optional: true, Validators: []validator.String{kinds.OneOf(recordingModes...)},
				MarkdownDescription: "`reuse` takes the recording if there is one, and otherwise asks and records. `replay` makes no call for an answer, and needs no key for one: a missing recording is an error. Files, vector stores and other objects are still managed, and searches still run. `refresh` asks and overwrites. Environment variable: `" + recordingsMode + "`. Default: `reuse`."},
		},
	}
}

// recordsNothing reports whether there are certainly no recordings.
func (s settings) recordsNothing() bool {
	return s.Recordings.IsNull() && os.Getenv(recordingsDir) == ""
}

// recordings is the store that the block, and the environment beside it, ask
// for; nil where they do not.
func (s settings) recordings(ctx context.Context, version string, diags *diag.Diagnostics) *recording.Store {
	var r recordingsSettings
	if !s.Recordings.IsNull() {
		diags.Append(s.Recordings.As(ctx, &r, basetypes.ObjectAsOptions{})...)
	}
	at := path.Root("recordings")
	directory, mode := setting(r.Directory, recordingsDir), setting(r.Mode, recordingsMode)
	if mode != "" && !slices.Contains(recordingModes, mode) {
		diags.AddAttributeError(at.AtName("mode"), "Invalid mode",
			"The environment variable "+recordingsMode+" must be \"reuse\", \"replay\" or \"refresh\".")
	}
	if directory == "" && !s.Recordings.IsNull() {
		diags.AddAttributeError(at.AtName("directory"), "Missing directory",
			"Set directory in the recordings block, or the environment variable "+recordingsDir+".")
	}
	// A job in the mode "replay" makes no call, by a provider without recordings either.
	if directory == "" && mode != string(recording.Replay) || diags.HasError() {
		return nil
	}
	return recording.New(recording.Options{
		Directory: directory, Mode: recording.Mode(mode), Version: version, SavedPlan: savedPlan(),
	})
}
