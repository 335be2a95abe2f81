package client

import "testing"

func TestIsErrorDocument(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		want bool
	}{
		// errors
		"object":                     {`{"error":{"message":"m","code":429}}`, true},
		"text":                       {`{"error":"boom"}`, true},
		"true":                       {`{"error":true,"message":"m"}`, true},
		"without a text":             {`{"error":{"code":500}}`, true},
		"beside an id":               {`{"id":"gen-1","error":{"message":"Provider is down","code":502}}`, true},
		"beside an id and choices":   {`{"id":"gen-1","object":"chat.completion","choices":[],"error":{"message":"m"}}`, true},
		"beside content":             {`{"id":"gen-1","object":"chat.completion","choices":[{"message":{"content":"half"}}],"error":{"message":"m"}}`, true},
		"beside a status":            {`{"status":"error","error":"m"}`, true},
		"beside an empty object":     {`{"id":"","object":"","choices":null,"error":{"message":"m"}}`, true},
		"in a list of embeddings":    {`{"object":"list","data":[],"error":{"message":"m"}}`, true},
		"several":                    {`{"success":false,"errors":[{"code":10000,"message":"m"}],"result":null}`, true},
		"object of errors":           {`{"object":"error","message":"m","code":40101}`, true},
		"type of errors":             {`{"type":"error","message":"m"}`, true},
		"Gemini":                     {`[{"error":{"code":400,"message":"m"}}]`, true},
		"MiniMax":                    {`{"id":"0448","choices":null,"created":1,"model":"m-1","object":"","usage":{"total_tokens":0},"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`, true},
		"error_msg":                  {`{"id":"x","error_code":336003,"error_msg":"m"}`, true},
		"error_msg alone":            {`{"error_msg":"m"}`, true},
		"errorMessage":               {`{"errorMessage":"m","choices":null}`, true},
		"errmsg with errcode":        {`{"errcode":40001,"errmsg":"invalid credential"}`, true},
		"msg with a code":            {`{"code":500,"msg":"404 NOT_FOUND","success":false}`, true},
		"msg with a code in text":    {`{"code":"1113","msg":"in arrears","data":null}`, true},
		"message with a word":        {`{"code":"InvalidApiKey","message":"m","request_id":"r"}`, true},
		"message with a code and id": {`{"id":"x","code":401,"message":"token expired"}`, true},
		"message with a status":      {`{"status":"failed","message":"m"}`, true},
		"message, status code":       {`{"statusCode":401,"message":"Access denied"}`, true},
		"message, success false":     {`{"success":false,"message":"m"}`, true},
		"message, type":              {`{"message":"m","type":"invalid_request_error","param":null,"code":null}`, true},
		"message, AWS":               {`{"__type":"ThrottlingException","message":"slow"}`, true},
		"completion with a code":     {`{"object":"chat.completion","choices":null,"code":500,"message":"m"}`, true},
		"detail":                     {`{"detail":"Not Found"}`, true},
		"detail, list":               {`{"detail":[{"loc":["body","n"],"msg":"m"}]}`, true},
		"problem+json":               {`{"type":"about:blank","title":"Conflict","status":409}`, true},
		"white space":                {" \n{\"error\":\n{\"message\":\"m\"}}", true},
		// answers
		"completion":           {`{"id":"x","object":"chat.completion","choices":[{"message":{"role":"assistant","content":"error: 500"}}]}`, false},
		"null":                 {`{"error":null}`, false},
		"false":                {`{"error":false,"id":"x"}`, false},
		"empty text":           {`{"error":""}`, false},
		"empty object":         {`{"error":{}}`, false},
		"empty list":           {`{"errors":[ ]}`, false},
		"object of nothing":    {`{"error":{"code":null,"message":"","param":null},"choices":[]}`, false},
		"object of success":    {`{"error":{"code":0,"message":"success"}}`, false},
		"MiniMax, fine":        {`{"id":"x","choices":[{}],"base_resp":{"status_code":0,"status_msg":""}}`, false},
		"MiniMax, null":        {`{"id":"x","base_resp":null}`, false},
		"response":             {`{"id":"resp_1","object":"response","status":"completed","error":null}`, false},
		"failed response":      {`{"id":"resp_1","object":"response","status":"failed","error":{"code":"server_error","message":"m"}}`, false},
		"failed job":           {`{"id":"ftjob-1","object":"fine_tuning.job","status":"failed","error":{"code":"c","message":"m"}}`, false},
		"failed batch":         {`{"id":"batch_1","object":"batch","status":"failed","errors":{"object":"list","data":[{"code":"c","message":"m"}]}}`, false},
		"message as an object": {`{"model":"m","message":{"role":"assistant","content":"hi"},"done":true}`, false},
		"message alone":        {`{"message":"Deleted"}`, false},
		"message of success":   {`{"code":0,"message":"success","data":{"a":1}}`, false},
		"code 200":             {`{"code":200,"msg":"fine","data":[]}`, false},
		"message and data":     {`{"code":500,"message":"m","data":[{"id":"x"}]}`, false},
		"message of an object": {`{"id":"x","object":"webhook_endpoint","message":"m","code":"c"}`, false},
		"errcode 0":            {`{"errcode":0,"errmsg":"ok"}`, false},
		"deleted":              {`{"id":"x","object":"file","deleted":true}`, false},
		"detail of an object":  {`{"id":"x","detail":"high"}`, false},
		"empty":                {`{}`, false},
		"nothing":              {``, false},
		"a list":               {`[1,2]`, false},
		"a list of objects":    {`[{"id":"x"}]`, false},
		"an empty list of all": {`[]`, false},
		"not JSON":             {`{"error":`, false},
	} {
		if got := isErrorDocument([]byte(tt.body)); got != tt.want {
			t.Errorf("%s: %v for %s", name, got, tt.body)
		}
	}
}

func TestIsErrorEvent(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"type":"error","code":"c","message":"m"}`:                                                      true,
		`{"id":"x","object":"chat.completion.chunk","choices":[],"error":{"message":"m"}}`:               true,
		`{"id":"x","choices":[],"base_resp":{"status_code":1013,"status_msg":"m"}}`:                      true,
		`{"event":"error","code":"c","message":"m"}`:                                                     true,
		`{"code":500,"msg":"m"}`:                                                                         true,
		`{"detail":"m"}`:                                                                                 true,
		`{"id":"x","object":"chat.completion.chunk","choices":[{"delta":{"content":"x"}}],"error":null}`: false,
		`{"id":"x","choices":[],"base_resp":{"status_code":0,"status_msg":""}}`:                          false,
		`{"type":"response.failed","response":{"error":{"message":"m"}}}`:                                false,
		`{"type":"response.output_text.delta","delta":"error"}`:                                          false,
		`{"usage":{"total_tokens":3},"choices":[]}`:                                                      false,
		`1`: false,
	} {
		if got := isErrorEvent([]byte(body)); got != want {
			t.Errorf("%v for %s", got, body)
		}
	}
}
