# An ordinary schema: "mood" is optional, and the object is open.
locals {
  strict = provider::openai::strict_schema({
    type = "object"
    properties = {
      city = { type = "string" }
      mood = { type = "string", enum = ["sunny", "rainy"] }
    }
    required = ["city"]
  })
}

# The schema, for response_format and for a tool's parameters.
output "schema" {
  value = local.strict.schema
}

# What was changed: the object was closed, "mood" is required now and may be null.
output "changes" {
  value = local.strict.changes
}
