import {
  to = openai_response.translation
  id = "resp_68f0a1b2c3d4e5f6"
}
