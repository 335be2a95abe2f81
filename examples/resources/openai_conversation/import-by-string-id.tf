import {
  to = openai_conversation.travel_desk
  id = "conv_68f0a1b2c3d4e5f6"
}
