package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// advice is the next thing to do about an error of the API.
func (k *call) advice(p *Problem) string {
	status := p.Status
	if code, err := strconv.Atoi(p.Code); err == nil && status < 300 && code >= 400 && code <= 599 {
		status = code // an error inside of an answer names its status itself
	}
	switch {
	case p.unclear:
		return k.notKnown(p)
	case status == http.StatusUnauthorized:
		return k.wrongKey(p)
	case status == http.StatusPaymentRequired || transport.OutOfMoney(p.Code, p.Type):
		return k.noMoney()
	case status == http.StatusForbidden:
		return k.forbidden(p)
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		return k.notFound(p)
	case status == http.StatusTooManyRequests:
		return k.tooMany(p)
	case status == http.StatusRequestEntityTooLarge:
		return "The request is too large for the server: send less at a time."
	case status == http.StatusRequestTimeout || status == http.StatusConflict:
		return fmt.Sprintf("The server could not handle the request right now; it was sent %s. Run the operation again later.", times(p.Attempts))
	case status >= 500:
		return k.serverFault(p)
	case status >= 400:
		return badRequest(p)
	case status >= 300:
		return "The server sent a redirect without a usable target. " + k.checkBase()
	}
	return "Run the operation again. If the error persists, look up the message in the server's documentation."
}

func (k *call) wrongKey(p *Problem) string {
	settings := k.client.settings
	var source string
	switch {
	case settings.Azure != nil && k.request.APIKey == "":
		return k.wrongAzureKey()
	case k.request.Admin:
		return "The server does not accept the admin API key. It comes from admin_api_key in the provider block or from the environment variable OPENAI_ADMIN_KEY. " +
			"Check that it is complete, has not been revoked, and is an admin API key: others are not accepted here. " + adminKeys
	case k.request.APIKey != "":
		source = "The server does not accept the api_key of this block. Check that it is complete, has not been revoked, and is a key for this server."
	case settings.hasAuthentication():
		source = "The server does not accept the credentials in the provider's headers. Check them."
	case settings.APIKey != "":
		source = "The server does not accept the API key. It comes from api_key in the provider block or from the environment variable OPENAI_API_KEY. Check that it is complete, has not been revoked, and is a key for this server."
	default:
		source = "The server requires an API key, and none was given. Set api_key in the provider block, or the environment variable OPENAI_API_KEY."
	}
	about := strings.ToLower(p.Code + " " + p.Message)
	if (settings.Organization != "" || settings.Project != "") && (strings.Contains(about, "organization") || strings.Contains(about, "project")) {
		source += " Also check that organization and project belong to the key."
	}
	if k.isOpenAI() {
		return source + " Keys are listed at https://platform.openai.com/api-keys."
	}
	return source + " The server's address (" + k.client.address() + ") is " + k.base() + "."
}

func (k *call) wrongAzureKey() string {
	text := "Azure does not accept the API key. It comes from api_key in the azure block or from the environment variable AZURE_OPENAI_API_KEY. Check that it is complete, and is a key for this resource."
	if k.client.entra != nil {
		text = "Azure does not accept the token of Microsoft Entra ID. Check which identity is signed in, and in which tenant."
	}
	return text + " The endpoint is " + k.base() + "."
}

func (k *call) forbidden(p *Problem) string {
	if k.client.entra != nil {
		return "Azure knows the identity, but it may not do this. Give it the role \"Cognitive Services OpenAI User\" on the resource, and check the resource's network rules. A new role takes a few minutes to take effect."
	}
	if k.request.Admin {
		return "The server knows the key, but the key is not allowed to do this. Check that admin_api_key (OPENAI_ADMIN_KEY) is an admin API key, and that its permissions cover this. " + adminKeys
	}
	if strings.Contains(p.Code, "unsupported_country") {
		return "The API is not available in the country or region that this request comes from."
	}
	return "The server knows the API key, but the key is not allowed to do this. Check the permissions of a restricted key, what the key's project may use, whether organization and project are right, and whether the service is available in your region."
}

func (k *call) notFound(p *Problem) string {
	if k.client.settings.Azure != nil {
		return "On Azure, model is the name of a deployment. Check it, endpoint (" + k.base() +
			") and api_version: not every version has every part of the API. A new deployment takes a few minutes to respond."
	}
	about := strings.ToLower(p.Code + " " + p.Type + " " + p.Param + " " + p.Message)
	if strings.Contains(about, "model") {
		text := "Check the name of the model, and that the API key's project has access to it."
		if !k.isOpenAI() {
			text += " Also check that base_url (" + k.base() + ") is the server that has this model."
		}
		return text
	}
	if p.quoted && p.Status == http.StatusNotFound && k.isOpenAI() && k.request.Existing {
		return "Check the ID. The object may have been deleted, or belong to another project or organization than the API key."
	}
	return k.checkBase()
}

func (k *call) checkBase() string {
	text := "Check " + k.client.address() + " (" + k.base() + ")"
	switch {
	case k.client.settings.Azure != nil:
		return text + "."
	case !strings.HasSuffix(plainBase(k.client.base), "/v1/"):
		return text + ": for most servers it ends in /v1."
	case k.request.Existing:
		return text + ": the server may not offer this part of the API, or the object may have been deleted."
	}
	return text + ": the server may not offer this part of the API."
}

// base is the base URL as people write it, without what may be secret in its query.
func (k *call) base() string {
	return k.text(strings.TrimSuffix(plainBase(k.client.base), "/"), 300)
}

func (k *call) noMoney() string {
	text := "The account is out of credit, over its budget, or closed. Retrying does not help."
	if k.isOpenAI() {
		return text + " Check plan and billing at https://platform.openai.com/settings/organization/billing."
	}
	return text + " Check the account's plan and billing."
}

func (k *call) tooMany(p *Problem) string {
	if transport.TooLarge([]byte(p.Message)) {
		return "This single request is larger than the rate limit allows per minute, so waiting does not help. Shorten the input, lower the limit on output tokens, or raise the account's limits."
	}
	if p.longQuota {
		return "A quota for a day or longer is used up, so the request was not sent again: waiting for a minute or so does not help. Run the operation again when the quota has been renewed, or raise the account's limits."
	}
	text := fmt.Sprintf("The rate limit has been reached; the request was sent %s. Run fewer operations at a time (terraform apply -parallelism=2), set the provider's limits block, raise max_retries (%d now), or wait and run the operation again.",
		times(p.Attempts), k.client.settings.MaxRetries)
	if p.RetryAfter > 0 {
		text += fmt.Sprintf(" The server asks to wait %s.", readable(p.RetryAfter))
	}
	switch wait := k.wire.TooLong(); {
	case wait > time.Minute:
		text += " The provider does not wait longer than a minute."
	case wait > 0:
		text += fmt.Sprintf(" A wait of %s is longer than %s leaves.", wait.Round(time.Millisecond), k.allowed())
	}
	return text
}

func (k *call) serverFault(p *Problem) string {
	text := fmt.Sprintf("The server failed; the request was sent %s. Run the operation again later.", times(p.Attempts))
	if k.wire.Repeated() {
		text = fmt.Sprintf("The server failed; the request was sent %s. The answer was the same each time, so it was not sent again: check whether the server can handle such a request (model, arguments, length), and look at its log.", times(p.Attempts))
	}
	if limit := k.budgetLimit(); limit != "" {
		text += " It was not sent again, because each request may be billed and " + limit + " leaves no room for another."
	}
	if !p.quoted && !k.isOpenAI() {
		text += " The answer does not come from an API: check base_url as well."
	}
	if p.RetryAfter > 0 {
		text += fmt.Sprintf(" The server asks to wait %s.", readable(p.RetryAfter))
	}
	if k.isOpenAI() {
		return text + " See https://status.openai.com for the status of the service."
	}
	return text
}

// notKnown is about a status that leaves open whether the request was carried out.
func (k *call) notKnown(p *Problem) string {
	text := fmt.Sprintf("The request was sent %s", times(p.Attempts))
	if k.costs() {
		text += " and not again, so that you do not pay for it twice: with this status, a gateway or a server gives up, possibly after the work was done. Run the operation again to ask a second time."
	} else {
		text += " and not again: with this status, a gateway or a server gives up, possibly after the request was carried out."
	}
	text += " If this keeps happening, check the time limits of proxies and gateways, or ask for less at a time."
	if k.isOpenAI() {
		return text + " See https://status.openai.com for the status of the service."
	}
	return text
}

func badRequest(p *Problem) string {
	switch {
	case p.Code == "context_length_exceeded":
		return "Shorten the input, or choose a model with a larger context window."
	case strings.Contains(p.Code, "content_filter") || strings.Contains(p.Code, "content_policy"):
		return "The server rejects the content of the request. Change the input."
	case p.Param != "":
		return fmt.Sprintf("Correct %s.", p.Param)
	}
	return "Correct the request as the message says."
}

func (k *call) isOpenAI() bool {
	host := strings.ToLower(k.client.base.Hostname())
	return host == "api.openai.com" || strings.HasSuffix(host, ".api.openai.com")
}

// unreachable is the next thing to do when no connection could be made.
func (k *call) unreachable(err error) string {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var name *net.DNSError
	switch {
	case errors.As(err, &certificate):
		return "The server's certificate is not trusted here. Behind a company proxy, add its root certificate to the system, or put the path of its file in the environment variable SSL_CERT_FILE. Also check that the host name in " + k.client.address() + " is right."
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "The server does not speak HTTPS on this port. Check scheme and port of " + k.client.address() + "."
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("The host name %q could not be found. Check %s (%s) for typos, and the DNS settings of this machine.", k.client.base.Hostname(), k.client.address(), k.base())
	}
	return k.reach()
}

func (k *call) reach() string {
	return "Check that " + k.client.address() + " (" + k.base() + ") is right and that the server is running and can be reached from this machine; check the proxy settings as well (HTTPS_PROXY, NO_PROXY)."
}

// address is the argument that says where the server is.
func (c *Client) address() string {
	if c.settings.Azure != nil {
		return "the azure block's endpoint"
	}
	return "base_url"
}

// endsInV1 is a hint that holds for every server but Azure.
func (c *Client) endsInV1(hint string) string {
	if c.settings.Azure != nil {
		return ""
	}
	return hint
}

// readable is a wait without digits that nobody reads.
func readable(wait time.Duration) time.Duration {
	if wait > time.Minute {
		return wait.Round(time.Second)
	}
	return wait.Round(time.Millisecond)
}
