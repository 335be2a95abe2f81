# A plan makes no call, so it needs neither a mock nor a key.

run "long_ticket" {
  command = plan

  variables {
    tickets = { long = join("", [for i in range(300) : "very long "]) }
  }

  expect_failures = [var.tickets]
}
