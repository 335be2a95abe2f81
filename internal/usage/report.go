package usage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type checks = []validator.Describer

// Area is what the area offers.
var Area = area.Area{DataSources: []func() datasource.DataSource{costs.DataSource(), usage.DataSource()}}

// period is the time that a report is about. Both ends are texts, as Terraform has times, and numbers on the wire.
var period = kinds.Declare(
	kinds.Attribute{Name: "start_time", Shape: kinds.String, Mode: kinds.Required,
		Description: "The beginning of the period, which belongs to it: a time such as `2026-11-01T00:00:00Z`, a day such as `2026-11-01` (in UTC, as the buckets are), or seconds since 1970 (Unix time). For the current month: `formatdate(\"YYYY-MM-01\", plantimestamp())`.",
		Validators:  checks{aTime}},
	kinds.Attribute{Name: "end_time", Shape: kinds.String,
		Description: "The end of the period, which does not belong to it, written like `start_time`. Left out, the period has not ended.",
		Validators:  checks{aTime}},
)

// most is how many buckets are read, of all pages together.
var most = kinds.Declare(
	kinds.Attribute{Name: "limit", Shape: kinds.Int64,
		Description: "Read at most so many buckets, oldest first. By default all of the period are read, page by page.",
		Validators:  checks{kinds.AtLeast(1)}},
)

// filter is an argument that leaves only what belongs to one of some values.
func filter(name, description string) kinds.Attribute {
	return kinds.Attribute{Name: name, Shape: kinds.Strings, Description: description, Validators: checks{kinds.NotEmpty()}}
}

// buckets are what a report consists of, with results of these attributes.
func buckets(result kinds.Attributes) kinds.Attribute {
	return kinds.Attribute{Name: "buckets", Wire: "data", Shape: kinds.Objects, Mode: kinds.Computed,
		Description: "The report, in buckets of `bucket_width`, oldest first.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "start_time", Shape: kinds.Int64, Description: "The beginning of the bucket, in seconds since 1970 (Unix time)."},
			kinds.Attribute{Name: "end_time", Shape: kinds.Int64, Description: "The end of the bucket, in seconds since 1970, which does not belong to it."},
			kinds.Attribute{Name: "results", Shape: kinds.Objects, Fields: result,
				Description: "One result, or one for each group with `group_by`. Empty if there is nothing to report."},
		)}
}

// aTime accepts what parseTime does.
var aTime = kinds.Text("a time", "Invalid time", func(text string) error {
	_, err := parseTime(text)
	return err
})

// parseTime reads a time, a day or seconds since 1970, and returns seconds since 1970.
func parseTime(text string) (int64, error) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds >= 0 {
		return seconds, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Unix(), nil
		}
	}
	return 0, fmt.Errorf("%q is not a time. Write one such as \"2026-11-01T00:00:00Z\", a day such as \"2026-11-01\", or seconds since 1970", text)
}

// inOrder refuses a period that ends before it begins.
func inOrder(config wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	start, end := config.String("start_time"), config.String("end_time")
	from, fromErr := parseTime(start)
	to, toErr := parseTime(end)
	if fromErr == nil && toErr == nil && to <= from {
		rules.Refuse(&diags, path.Empty(), "end_time", kinds.InvalidValue, "end_time must be after start_time, which is %q, not %q.", start, end)
	}
	width, known := config.Text("bucket_width")
	if fromErr != nil || toErr != nil || !known || !config.Get("limit").IsNull() || widths[width] == 0 {
		return diags
	}
	if n := (to - from) / widths[width]; n > mostBuckets {
		rules.Refuse(&diags, path.Empty(), "bucket_width", kinds.OutOfRange, "The period has %d buckets of %s, which Terraform would need minutes for at each plan. Use a larger bucket_width, a shorter period, or limit.", n, width)
	}
	return diags
}

// widths are those of buckets, in seconds.
var widths = map[string]int64{"1m": 60, "1h": 3600, "1d": 86400}

// mostBuckets is how many buckets Terraform handles in reasonable time.
const mostBuckets = 3000

// query is what is asked for: the arguments under the names that they have, lists with
// brackets as OpenAI's own SDKs write them. A limit is not in it, since each page has its own.
func query(as kinds.Attributes, config wire.Fields) (url.Values, error) {
	asked := url.Values{}
	for i := range as {
		a := &as[i]
		v := config.Get(a.Name)
		if a.Mode == kinds.Computed || a.Local || v.IsNull() {
			continue
		}
		text, isText := wire.Text(v)
		switch {
		case period.Find(a.Name) != nil:
			seconds, err := parseTime(text)
			if err != nil {
				return nil, err
			}
			asked.Set(a.Name, strconv.FormatInt(seconds, 10))
		case a.Shape == kinds.Strings:
			for _, item := range wire.Items(v) {
				one, _ := wire.Text(item)
				asked.Add(a.Name+"[]", one)
			}
		case a.Shape == kinds.Bool:
			asked.Set(a.Name, strconv.FormatBool(wire.True(v)))
		case isText:
			asked.Set(a.Name, text)
		}
	}
	return asked, nil
}

// maxPages is how many pages are read: a server may say for ever that there are more.
const maxPages = 1000

// pages reads the buckets of a report, as a JSON list, up to limit of them; 0 = all. A page is asked to
// have size buckets; 0 = as many as the server likes.
func pages(ctx context.Context, c *client.Client, path string, asked url.Values, limit, size int64) (json.RawMessage, error) {
	var all []json.RawMessage
	for range maxPages {
		length := size
		if limit > 0 && (size == 0 || limit-int64(len(all)) < size) {
			length = limit - int64(len(all))
		}
		if length > 0 {
			asked.Set("limit", strconv.FormatInt(length, 10))
		}
		answer, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: path, Query: asked, Admin: true})
		if err != nil {
			return nil, err
		}
		var page struct {
			Data     []json.RawMessage `json:"data"`
			HasMore  bool              `json:"has_more"`
			NextPage string            `json:"next_page"`
		}
		if err := json.Unmarshal(answer.Body, &page); err != nil {
			return nil, fmt.Errorf("the server's report could not be read: %w", err)
		}
		if page.Data == nil {
			return nil, errors.New("the server's answer is no report: it has no data")
		}
		all = append(all, page.Data...)
		if limit > 0 && int64(len(all)) >= limit {
			return list(all[:limit]), nil
		}
		if !page.HasMore {
			return list(all), nil
		}
		if page.NextPage == "" || page.NextPage == asked.Get("page") {
			return nil, errors.New("the server says there is more of the report, but not where it goes on")
		}
		asked.Set("page", page.NextPage)
	}
	return nil, fmt.Errorf("the report does not end: after %d pages with %d buckets, the server says there are more. Use limit to read only the first ones, or a larger bucket_width", maxPages, len(all))
}

func list(items []json.RawMessage) json.RawMessage {
	return append(append([]byte{'['}, bytes.Join(texts(items), []byte{','})...), ']')
}

func texts(items []json.RawMessage) [][]byte {
	out := make([][]byte, len(items))
	for i, item := range items {
		out[i] = item
	}
	return out
}

// read makes the calls, and returns the buckets and each result in them.
func read(ctx context.Context, c *client.Client, as kinds.Attributes, config wire.Fields, path string, sizes map[string]int64) (wire.Values, []wire.Fields, error) {
	asked, err := query(as, config)
	if err != nil {
		return nil, nil, err
	}
	width, given := config.Text("bucket_width")
	if !given {
		width = "1d" // as the API has it
	}
	data, err := pages(ctx, c, path, asked, wire.Int(config.Get("limit")), sizes[width])
	if err != nil {
		return nil, nil, err
	}
	values, err := wire.Decode(as, append(append([]byte(`{"data":`), data...), '}'))
	if err != nil {
		return nil, nil, fmt.Errorf("the server's report could not be read: %w", err)
	}
	var results []wire.Fields
	for i, item := range wire.Items(values["buckets"]) {
		bucket := wire.Open(item)
		if bucket.Get("results").IsNull() {
			return nil, nil, fmt.Errorf("the server's report has no results in bucket %d, so that nothing can be added up", i)
		}
		for _, result := range bucket.Items("results") {
			results = append(results, wire.Open(result))
		}
	}
	return values, results, nil
}
