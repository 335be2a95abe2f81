# A conversation as a value: from a variable, a file, another module.

variable "history" {
  type = list(object({ role = string, content = string }))
  default = [
    { role = "system", content = "You name things. Answer with one name." },
    { role = "user", content = "A name for our build cluster, please." },
    { role = "assistant", content = "Anvil" },
  ]
}

resource "openai_chat_completion" "next" {
  model    = "gpt-5.4"
  messages = concat(var.history, [{ role = "user", content = "And one for its cache?" }])
}

output "name" {
  value = openai_chat_completion.next.content
}
