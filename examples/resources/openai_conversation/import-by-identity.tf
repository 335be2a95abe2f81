import {
  to = openai_conversation.travel_desk
  identity = {
    id = "conv_68f0a1b2c3d4e5f6"
  }
}
