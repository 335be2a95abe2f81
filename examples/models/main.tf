# Checks that the model is offered, and that no date is set for its end.

locals {
  model = "gpt-5.4"
}

# A model that is not offered, or not to this key, is an error before anything
# is billed.
data "openai_model" "chosen" {
  model = local.model
}

# One that will be shut down is a warning.
check "model" {
  assert {
    condition     = data.openai_model.chosen.shutdown_date == null
    error_message = "${local.model} will be shut down on ${coalesce(data.openai_model.chosen.shutdown_date, "a day that is not known")}."
  }
}

resource "openai_chat_completion" "greeting" {
  model = data.openai_model.chosen.model

  message {
    role    = "user"
    content = "Say hello."
  }
}

# Everything that the key may use.
data "openai_models" "all" {}

output "models" {
  value = sort(data.openai_models.all.models[*].id)
}
