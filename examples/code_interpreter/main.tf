# Numbers are for a program: the model writes one, and OpenAI runs it.

resource "openai_file" "latencies" {
  filename = "latencies.csv"
  purpose  = "user_data"
  content  = "service,ms\nbilling,120\nsearch,45\nstatus,18\n"
}

resource "openai_response" "average" {
  model          = "gpt-5.4"
  instructions   = "Write and run Python code to answer. Give the number alone."
  input          = "Calculate the average of the column ms in latencies.csv."
  max_tool_calls = 3

  tool {
    type = "code_interpreter"
    code_interpreter {
      file_ids       = [openai_file.latencies.id]
      memory_limit   = "1g"
      network_policy = jsonencode({ type = "disabled" })
    }
  }

  # What the code printed, in output_json.
  include = ["code_interpreter_call.outputs"]
}

output "average" {
  value = openai_response.average.content
}

output "code" {
  value = [for item in jsondecode(openai_response.average.output_json) : item.code if item.type == "code_interpreter_call"]
}
