import {
  to = openai_file.handbook
  identity = {
    id = "file-abc123"
  }
}
