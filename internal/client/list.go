package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// pageSize is how many items a page of a list is asked to have, maxPages how many pages are
// read: a server may say for ever that there are more.
const (
	pageSize = 100
	maxPages = 1000
)

// List reads a list of the API page by page, up to limit items; 0 = all. Method and the query's limit and after are its own. A list of more than 1,000 pages is
// an error, and so is a page that does not say where the next one begins. Other errors are those of Do.
func (c *Client) List(ctx context.Context, r Request, limit int64) ([]json.RawMessage, error) {
	var all []json.RawMessage
	err := c.Pages(ctx, r, limit, func(items []json.RawMessage) (more bool, err error) {
		all = append(all, items...)
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Pages is List for whoever may have seen enough after some pages: visit gets the items of one page, in the server's
// order, and says whether it wants more.
func (c *Client) Pages(ctx context.Context, r Request, limit int64, visit func(items []json.RawMessage) (more bool, err error)) error {
	asked := url.Values{}
	maps.Copy(asked, r.Query)
	r.Method, r.Query = http.MethodGet, asked
	seen := int64(0)
	for pages := 1; ; pages++ {
		if pages > maxPages {
			return fmt.Errorf("the list does not end: after %d pages with %d items, the server says there are more. Use limit to read only the first ones", maxPages, seen)
		}
		size := int64(pageSize)
		if limit > 0 {
			size = min(size, limit-seen)
		}
		asked.Set("limit", strconv.FormatInt(size, 10))
		answer, err := c.Do(ctx, r)
		if err != nil {
			return err
		}
		var page struct {
			Data    []json.RawMessage `json:"data"`
			LastID  string            `json:"last_id"`
			HasMore bool              `json:"has_more"`
		}
		if err := json.Unmarshal(answer.Body, &page); err != nil {
			return fmt.Errorf("the server's list could not be read: %w", err)
		}
		if page.Data == nil {
			return errors.New("the server's answer is no list: it has no data")
		}
		items := page.Data
		if limit > 0 {
			items = items[:min(int64(len(items)), limit-seen)]
		}
		seen += int64(len(items))
		more, err := visit(items)
		if err != nil || !more || limit > 0 && seen >= limit || !page.HasMore || len(page.Data) == 0 {
			return err
		}
		if page.LastID == "" || page.LastID == asked.Get("after") {
			return errors.New("the server says there are more items, but not where they begin")
		}
		asked.Set("after", page.LastID)
	}
}
