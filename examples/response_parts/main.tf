# A message in parts: text, and what the text is about.

resource "openai_response" "describe" {
  model = "gpt-5.4"

  message {
    role = "user"

    content_part {
      type = "input_text"
      text = "Describe this picture in one sentence, for people who cannot see it."
    }

    content_part {
      type      = "input_image"
      image_url = "https://upload.wikimedia.org/wikipedia/commons/4/47/PNG_transparency_demonstration_1.png"
      detail    = "low"
    }

    # An image of your own: image_url = filebase64("${path.module}/diagram.png")
    #
    # A document:
    #
    # content_part {
    #   type      = "input_file"
    #   filename  = "report.pdf"
    #   file_data = filebase64("${path.module}/report.pdf")
    # }
  }
}

output "description" {
  value = openai_response.describe.content
}
