package file

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/content"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// validate checks that there is one content, and a name.
func validate(config wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	one := rules.OneOf(&diags, path.Empty(), config, content.Arguments...)
	open := false
	for _, name := range content.Arguments {
		open = open || !config.Get(name).IsNull()
	}
	switch {
	case one == "" && !open:
		diags.AddError("Missing content", "There is nothing to upload: set source, content, content_base64 or content_wo.")
	case open && config.Get("source").IsNull() && config.Get("filename").IsNull():
		rules.Refuse(&diags, path.Empty(), "filename", "Missing filename", "A content without a path needs a name: filename = \"handbook.md\". Its ending tells the server the format.")
	}
	if one == "content_base64" {
		if _, err := content.Of(config); err != nil {
			rules.Refuse(&diags, path.Empty(), one, "Invalid base64", "%s", report.Sentence(err.Error()))
		}
	}
	if config.Get("content_wo").IsNull() && !config.Get("content_wo_version").IsNull() && config.Get("content_wo_version").IsKnown() && one != "" {
		rules.Refuse(&diags, path.Empty(), "content_wo_version", "Unexpected content_wo_version", "It is the version of content_wo, which is not set.")
	}
	return diags
}

// limits holds the arguments against OpenAI's limits.
func limits(config wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	rules.Within(&diags, config, 3600, 2592000, "expires_after", "seconds")
	return diags
}

// plan finds out what the content is, and whether it is another one.
func plan(_ context.Context, p *object.Planning) {
	s, err := content.Of(p.Config)
	var sum string
	var size int64
	if err == nil && s.Argument != "" {
		sum, size, err = s.Digest()
	}
	if err != nil {
		rules.Refuse(p.Diags, path.Empty(), s.Argument, "Unreadable content", "%s", report.Sentence(err.Error()))
		return
	}
	if p.Config.Get("filename").IsNull() {
		planName(p, s)
	}
	switch {
	case s.Argument == "content_wo":
		planSum(p, tftypes.NewValue(tftypes.String, nil))
	case s.Argument == "":
		planSum(p, tftypes.NewValue(tftypes.String, tftypes.UnknownValue))
	case p.Imported && p.Prior.Get("sha256").IsNull() && wire.Int(p.Prior.Get("bytes")) == size:
		p.Planned["sha256"] = tftypes.NewValue(tftypes.String, sum) // as far as can be seen, it is this
	default:
		planSum(p, tftypes.NewValue(tftypes.String, sum))
	}
}

// planName gives the file the name that its path has.
func planName(p *object.Planning, s content.Source) {
	name := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	if s.Name() != "" {
		name = tftypes.NewValue(tftypes.String, s.Name())
	}
	p.Planned["filename"] = name
	if !p.Prior.Absent() && !name.Equal(p.Prior.Get("filename")) {
		p.Replace("filename")
	}
}

// planSum gives the file the sum of its content. Another one is another file.
func planSum(p *object.Planning, sum tftypes.Value) {
	p.Planned["sha256"] = sum
	if !p.Prior.Absent() && !sum.Equal(p.Prior.Get("sha256")) {
		p.Replace("sha256")
	}
}

// refreshed notices a file that the server has with another size than it was uploaded with.
func refreshed(prior wire.Fields, o *object.Object) {
	was, is := prior.Get("bytes"), o.State["bytes"]
	if !was.IsNull() && !is.IsNull() && !was.Equal(is) {
		o.State["sha256"] = tftypes.NewValue(tftypes.String, nil)
	}
}

// upload makes the file.
func upload(ctx context.Context, c *client.Client, planned, config wire.Fields) (client.Answer, error) {
	s, err := content.Of(config)
	if err != nil {
		return client.Answer{}, err
	}
	expiry := planned.Open("expires_after")
	u := content.Upload{Source: s, SHA256: planned.String("sha256"), Name: planned.String("filename"), Purpose: planned.String("purpose")}
	if !expiry.Absent() {
		u.Anchor, u.Seconds = expiry.String("anchor"), wire.Int(expiry.Get("seconds"))
	}
	return u.Send(ctx, c)
}
