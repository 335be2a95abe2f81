package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// wireLog is where the wire log goes; nil = nowhere, where nobody reads it.
func wireLog() func(ctx context.Context, level, msg string, fields map[string]any) {
	if os.Getenv("TF_LOG_PROVIDER") == "OFF" {
		return nil
	}
	return log
}

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
