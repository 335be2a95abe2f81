package response_test

import (
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }
