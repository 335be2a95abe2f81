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
	asked := url.Values{}
	maps.Copy(asked, r.Query)
	r.Method, r.Query = http.MethodGet, asked
	var all []json.RawMessage
	for pages := 1; ; pages++ {
		if pages > maxPages {
			return nil, fmt.Errorf("the list does not end: after %d pages with %d items, the server says there are more. Use limit to read only the first ones", maxPages, len(all))
		}
		size := int64(pageSize)
		if limit > 0 {
			size = min(size, limit-int64(len(all)))
		}
		asked.Set("limit", strconv.FormatInt(size, 10))
		answer, err := c.Do(ctx, r)
		if err != nil {
			return nil, err
		}
		var page struct {
			Data    []json.RawMessage `json:"data"`
			LastID  string            `json:"last_id"`
			HasMore bool              `json:"has_more"`
		}
		if err := json.Unmarshal(answer.Body, &page); err != nil {
			return nil, fmt.Errorf("the server's list could not be read: %w", err)
		}
		if page.Data == nil {
			return nil, errors.New("the server's answer is no list: it has no data")
		}
		all = append(all, page.Data...)
		if limit > 0 && int64(len(all)) >= limit {
			return all[:limit], nil
		}
		if !page.HasMore || len(page.Data) == 0 {
			return all, nil
		}
		if page.LastID == "" || page.LastID == asked.Get("after") {
			return nil, errors.New("the server says there are more items, but not where they begin")
		}
		asked.Set("after", page.LastID)
	}
}
