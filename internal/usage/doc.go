// Package usage is the area of what an organization has spent and used, as the API
// reports it in buckets of time: costs (costs.go), and tokens, requests and the like
// (usage.go). Both are data sources that read all pages (report.go) with the admin API key,
// and add up what is in them. The area knows no other area.
package usage
