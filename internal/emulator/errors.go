package emulator

import (
	"fmt"
	"net/http"
)

const invalidRequest = "invalid_request_error"

const missingKey = "You didn't provide an API key. You need to provide your API key in an Authorization header " +
	"using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if " +
	"you're accessing the API from your browser and are prompted for a username and password. You can obtain an " +
	"API key from https://platform.openai.com/account/api-keys."

const notJSON = "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your " +
	"HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you " +
	"have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)"

// apiError is an error in the shape of the API. A nil Param or Code is sent as null.
type apiError struct {
	status  int
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    *string `json:"code"`
}

// invalid is a 400 about a parameter. An empty param or code is sent as null.
func invalid(param, code, format string, args ...any) *apiError {
	e := &apiError{status: http.StatusBadRequest, Type: invalidRequest, Message: fmt.Sprintf(format, args...)}
	if param != "" {
		e.Param = &param
	}
	if code != "" {
		e.Code = &code
	}
	return e
}

func missing(param string) *apiError {
	return invalid(param, "missing_required_parameter", "Missing required parameter: '%s'.", param)
}

func unknown(param string) *apiError {
	return invalid(param, "unknown_parameter", "Unknown parameter: '%s'.", param)
}

func modelNotFound(model string) *apiError {
	return &apiError{status: http.StatusNotFound, Type: invalidRequest, Code: ptr("model_not_found"),
		Message: "The model `" + model + "` does not exist or you do not have access to it."}
}

func invalidURL(method, path string) *apiError {
	return &apiError{status: http.StatusNotFound, Type: invalidRequest, Message: "Invalid URL (" + method + " " + path + ")"}
}

// wrongModel is the error for a model that is not made for what is wanted of it.
func wrongModel(model string, wanted use) *apiError {
	switch wanted {
	case embedding:
		return &apiError{status: http.StatusForbidden, Type: invalidRequest, Message: "You are not allowed to generate embeddings from this model"}
	case moderating, deciding:
		return invalid("model", "", "Invalid value for 'model' = %s. Please check the OpenAI documentation and try again.", model)
	default:
		return &apiError{status: http.StatusForbidden, Type: invalidRequest, Message: "You are not allowed to sample from this model"}
	}
}

func completionNotFound(id string) *apiError {
	return &apiError{status: http.StatusNotFound, Type: invalidRequest, Code: ptr("not_found"), Param: ptr("completion_id"),
		Message: "Chat completion with id '" + id + "' not found."}
}

// body is the error as the API sends it.
func (e *apiError) body() any {
	return map[string]*apiError{"error": e}
}

func fail(w http.ResponseWriter, e *apiError) { respond(w, e.status, e.body()) }
