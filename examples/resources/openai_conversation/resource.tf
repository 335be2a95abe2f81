# A conversation that begins with instructions. An application is given its ID.
resource "openai_conversation" "travel_desk" {
  metadata = {
    team = "travel"
  }

  items = [
    { role = "developer", content = "You help employees to plan business trips. Keep to the travel policy." },
    { role = "assistant", content = "Where would you like to go?" },
  ]
}

output "conversation_id" {
  value = openai_conversation.travel_desk.id
}
