# A tool that takes text rather than JSON, held to a grammar.

resource "openai_chat_completion" "schedule" {
  model = "gpt-5.4"

  message {
    role    = "user"
    content = "Run the backup each night at half past two."
  }

  tool {
    type = "custom"
    custom {
      name        = "set_schedule"
      description = "Sets when the backup runs, as minute and hour of a crontab."
      format {
        type = "grammar"
        grammar {
          syntax     = "regex"
          definition = "[0-5]?[0-9] (1?[0-9]|2[0-3])"
        }
      }
    }
  }

  tool_choice = jsonencode({ type = "custom", custom = { name = "set_schedule" } })
}

output "crontab" {
  value = "${openai_chat_completion.schedule.choices[0].message.tool_calls[0].custom.input} * * *"
}
