terraform {
  required_providers {
    openai = {
      source = "registry.terraform.io/seed-7e69199f/openai"
    }
  }
}

provider "openai" {
  recordings {
    directory = "recordings"
  }
}

# Every kind of argument that the state of the first build could hold.

resource "openai_chat_completion" "plain" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "hello"
  }
}

resource "openai_chat_completion" "rich" {
  model       = "gpt-4o"
  temperature = 0
  n           = 2
  stop        = ["<end>"]
  stream      = true
  logit_bias  = { "50256" = -100 }
  store       = true
  metadata    = { team = "a" }
  triggers    = { day = "1" }
  api_key     = "sk-test-of-the-resource-itself"
  message {
    role    = "system"
    content = "Be brief."
  }
  message {
    role = "user"
    content_part {
      type = "text"
      text = "What is the weather in Boston?"
    }
  }
  tool {
    type = "function"
    function {
      name       = "get_weather"
      parameters = jsonencode({ type = "object", properties = { location = { type = "string" } }, required = ["location"] })
    }
  }
  tool_choice = jsonencode({ type = "function", function = { name = "get_weather" } })
  extra_body  = jsonencode({})
  timeouts {
    create = "5m"
  }
}

resource "openai_chat_completion" "json" {
  model    = "gpt-4o"
  messages = [{ role = "user", content = "Answer with JSON, with keys city and country" }]
  response_format {
    type = "json_schema"
    json_schema {
      name   = "place"
      strict = true
      schema = jsonencode({
        type                 = "object"
        properties           = { city = { type = "string" }, country = { type = "string" } }
        required             = ["city", "country"]
        additionalProperties = false
      })
    }
  }
}

resource "openai_chat_completion" "secret" {
  model = "gpt-4"
  message {
    role       = "user"
    content_wo = "Reply with exactly: understood"
  }
}

resource "openai_chat_completion" "versioned" {
  model              = "gpt-4"
  content_wo_version = 3
  skip_destroy       = true
  message {
    role       = "user"
    content_wo = "Reply with exactly: understood as well"
  }
}
