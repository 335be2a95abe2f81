package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// log hands the wire log of package transport to Terraform's: TF_LOG=DEBUG
// shows calls, TF_LOG=TRACE their bodies.
func log(ctx context.Context, level, msg string, fields map[string]any) {
	switch level {
	case "trace":
		tflog.Trace(ctx, msg, fields)
	default:
		tflog.Debug(ctx, msg, fields)
	}
}
