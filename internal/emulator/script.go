package emulator

import (
	"net/http"
	"strings"
	"time"
)

// RateLimited is the 429 that goes away by itself. retryAfter is the value of
// the Retry-After header (seconds or an HTTP date); empty leaves it out.
func RateLimited(retryAfter string) Fault {
	f := ErrorJSON(http.StatusTooManyRequests, "requests", "rate_limit_exceeded", "",
		"Rate limit reached for requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again later. "+
			"Visit https://platform.openai.com/account/rate-limits to learn more.")
	f.Header.Set("X-Ratelimit-Limit-Requests", "500")
	f.Header.Set("X-Ratelimit-Remaining-Requests", "0")
	if retryAfter != "" {
		f.Header.Set("Retry-After", retryAfter)
	}
	return f
}

// QuotaExceeded is the 429 that waiting does not cure.
func QuotaExceeded() Fault {
	return ErrorJSON(http.StatusTooManyRequests, "insufficient_quota", "insufficient_quota", "",
		"You exceeded your current quota, please check your plan and billing details. For more information on this "+
			"error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.")
}

// ServerError is the API's own 500.
func ServerError() Fault {
	return ErrorJSON(http.StatusInternalServerError, "server_error", "", "",
		"The server had an error while processing your request. Sorry about that!")
}

// HTMLBadGateway is a 502 from a gateway in front of the API: HTML, and none
// of the headers that the API adds.
func HTMLBadGateway() Fault {
	f := Status(http.StatusBadGateway,
		"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"+
			"<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n",
		"Content-Type", "text/html", "Server", "cloudflare")
	for _, name := range []string{"X-Request-Id", "Openai-Processing-Ms", "Openai-Version"} {
		f.Header[name] = nil
	}
	return f
}

// Reset ends the connection with a TCP RST before the request is processed;
// with AfterAnswer, once it has been. Go's http.Client sends a GET again by
// itself if that happens on a connection it had used before; never a POST.
func Reset() Fault { return Fault{Reset: true} }

// Hang keeps the client waiting until it goes away; with AfterAnswer, the
// request has been processed by then.
func Hang() Fault { return Fault{Hang: true} }

// Delay answers truthfully, but only after d.
func Delay(d time.Duration) Fault { return Fault{Delay: d} }

// CutBody answers truthfully, but closes the connection after so many bytes
// of the body; in a stream that may be in the middle of an event.
func CutBody(afterBytes int) Fault { return Fault{Cut: true, CutAfter: afterBytes} }

// TruncateBody answers with the first bytes of the truth as if they were all
// of it: the HTTP is correct, the content is torn.
func TruncateBody(afterBytes int) Fault {
	return Fault{Cut: true, CutAfter: afterBytes, CutMode: CutClean}
}

// Stall sends the first bytes of the true answer and then nothing, until the
// client goes away.
func Stall(afterBytes int) Fault {
	return Fault{Cut: true, CutAfter: afterBytes, CutMode: CutStall}
}

// Status answers a status and a body of any kind. Headers are names and
// values in turn; the Content-Type is guessed unless it is among them.
func Status(code int, body string, headers ...string) Fault {
	f := Fault{Status: code, Body: body, Header: http.Header{}}
	switch {
	case strings.HasPrefix(body, "{"):
		f.Header.Set("Content-Type", "application/json")
	case body != "":
		f.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		f.Header.Set(headers[i], headers[i+1])
	}
	return f
}

// ErrorJSON answers an error in the shape of the API. An empty code or param
// is sent as null.
func ErrorJSON(status int, type_, code, param, message string) Fault {
	e := invalid(param, code, "%s", message)
	e.Type = type_
	return Status(status, compact(e.body()))
}
