resource "openai_conversation" "support" {
  metadata = { customer = "4711" }
}

data "openai_conversation" "support" {
  id = openai_conversation.support.id
}

output "customer" {
  value = data.openai_conversation.support.metadata.customer
}
