# A text and its picture are judged together.
resource "openai_moderation" "advertisement" {
  input_part {
    type = "text"
    text = "Our new logo."
  }

  input_part {
    type = "image_url"
    image_url {
      url = "https://upload.wikimedia.org/wikipedia/commons/4/47/PNG_transparency_demonstration_1.png"
    }
  }
}

output "violence" {
  value = openai_moderation.advertisement.category_scores["violence"]
}
