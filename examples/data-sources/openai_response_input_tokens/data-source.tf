# A question about a text of any length, unless it is too long.

variable "text" {
  type    = string
  default = "Terraform keeps what it has made in a state."
}

# Counted by the server at each plan, for free.
data "openai_response_input_tokens" "summary" {
  model        = "gpt-5.4-mini"
  instructions = "Summarize the text in one sentence."
  input        = var.text
}

# What is too long fails the plan: it is never sent, and costs nothing.
resource "openai_response" "summary" {
  model             = "gpt-5.4-mini"
  instructions      = "Summarize the text in one sentence."
  input             = var.text
  max_output_tokens = 200

  lifecycle {
    precondition {
      condition     = data.openai_response_input_tokens.summary.input_tokens <= 2000
      error_message = "The text takes ${data.openai_response_input_tokens.summary.input_tokens} tokens, more than the 2000 that were agreed."
    }
  }
}

# What comes close to it gives a warning.
check "length" {
  assert {
    condition     = data.openai_response_input_tokens.summary.input_tokens <= 1500
    error_message = "The text is close to the limit of 2000 tokens."
  }
}

output "summary" {
  value = openai_response.summary.content
}
