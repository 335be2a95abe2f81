# Two answers in one conversation. The server keeps what was said.

resource "openai_conversation" "trip" {
  items = [
    { role = "developer", content = "You help employees to plan business trips." },
  ]
}

resource "openai_response" "first" {
  model           = "gpt-5.4-mini"
  conversation_id = openai_conversation.trip.id
  input           = "I have to be in Lisbon on Monday."
}

# The order is said with depends_on: nothing else tells it.
resource "openai_response" "second" {
  model           = "gpt-5.4-mini"
  conversation_id = openai_conversation.trip.id
  input           = "And in Porto on Tuesday. Is there a train?"
  depends_on      = [openai_response.first]
}

output "train" {
  value = openai_response.second.content
}
