# No key, no network, no cost: the answers are those in recordings/.

provider "openai" {
  recordings {
    directory = "recordings"
    mode      = "replay"
  }
}

run "every_service_has_a_level" {
  command = plan

  assert {
    condition     = alltrue([for s in output.sensitivity : contains(["public", "internal", "confidential"], s.level)])
    error_message = "A service has no level."
  }
}

run "billing_is_confidential" {
  assert {
    condition     = output.sensitivity["billing"].level == "confidential"
    error_message = "The data of billing is confidential: see the reason in its recording."
  }

  assert {
    condition     = keys(terraform_data.audit_log) == ["billing"]
    error_message = "Only billing needs an audit log."
  }
}
