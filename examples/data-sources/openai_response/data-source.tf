resource "openai_response" "haiku" {
  model = "gpt-5.4"
  input = "Write a haiku about deployments."
}

# One that an application made has its ID here as text: "resp_…"
data "openai_response" "haiku" {
  response_id = openai_response.haiku.id
}

output "haiku" {
  value = data.openai_response.haiku.content
}

# What was asked: the items of the input.
output "question" {
  value = jsondecode(data.openai_response.haiku.input_items)[0].content[0].text
}
