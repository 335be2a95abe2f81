package answer

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

type checks = []validator.Describer

// The values of generate_on.
const (
	onApply = "apply"
	onPlan  = "plan"
)

// settings are arguments that never reach the server under their name.
func (k *Kind) settings() kinds.Attributes {
	secret := ""
	if name := k.writeOnly(); name != "" {
		secret = " A request with `" + name + "` never is."
	}
	return kinds.Declare(
		kinds.Attribute{Name: "extra_body", Shape: kinds.JSON, Local: true,
			Description: "A JSON object of further arguments for the server, for what compatible servers add to the protocol: `jsonencode({ top_k = 20 })`. It cannot repeat an argument that is declared here.",
			Validators:  checks{kinds.FurtherMembers("extra_body", k.Request)}},
		kinds.Attribute{Name: "api_key", Shape: kinds.String, Local: true, Sensitive: true,
			Description: "The API key for this call, instead of the provider's. A resource keeps its answer when the key changes.",
			Validators:  checks{stringvalidator.LengthAtLeast(1)}},
		kinds.Attribute{Name: "record", Shape: kinds.Bool, Local: true,
			Description: "`false` leaves this answer out of the provider's `recordings`: it is neither taken from a recording nor recorded. By default it is, where the provider has `recordings`." + secret},
		kinds.Attribute{Name: "label", Shape: kinds.String, Local: true,
			Description: "What people call this request, such as `each.key`. It is not sent. It stands in the file of the provider's `recordings` and in that file's name, so that a reviewer sees which answer is whose, and an edited prompt next to the old one. A change asks nothing, and leaves a file that is there as it is.",
			Validators:  checks{stringvalidator.LengthAtLeast(1)}},
	)
}

// lifecycle are the managed resource's own arguments.
func (k *Kind) lifecycle() kinds.Attributes {
	as := kinds.Attributes{
		{Name: "api_key_wo", Shape: kinds.String, Local: true, WriteOnly: true,
			Description: "Like `api_key`, which is kept in the state; this is kept nowhere." + k.ifStored(" When the resource is destroyed, what the server stores is therefore deleted with the provider's key.") + " Terraform 1.11 or OpenTofu 1.11 and later."},
		{Name: "api_key_wo_version", Shape: kinds.Int64, Local: true,
			Description: "Any number; change it together with `api_key_wo` to see the change in the plan. It does not ask again."},
	}
	if name := k.writeOnly(); name != "" {
		as = append(as, kinds.Attribute{Name: k.version(), Shape: kinds.Int64, Local: true, Mode: kinds.OptionalComputed,
			Description: fmt.Sprintf("The version of all `%s` together. A change asks again. Give a number of your own and raise it when a `%s` changes; or leave it out, and the provider notices a change by a slow salted hash that it then keeps with the state. Null where there is no `%s`.", name, name, name)})
	}
	as = append(as,
		kinds.Attribute{Name: "triggers", Shape: kinds.StringMap, Local: true,
			Description: "Any values; when one of them changes, the " + k.Noun + " is asked for again. They are not sent. They also tell requests apart that are otherwise the same, and would share one recording."},
		kinds.Attribute{Name: "generate_on", Shape: kinds.String, Local: true,
			Description: "When the model is asked: `apply` (the default) or `plan`. With `plan`, `terraform plan` asks once, records the answer and shows it; `apply` stores exactly that answer, without a call. It needs the provider's `recordings`, which must be there when the plan is applied. Where an argument is not known during the plan, the model is asked during the apply. `terraform destroy` and `terraform refresh` plan, too, but ask nothing, where the provider can see the command line (on Linux, not in `terraform test`).",
			Validators:  checks{stringvalidator.OneOf(onApply, onPlan)}})
	if k.Stored != nil {
		as = append(as, kinds.Attribute{Name: "skip_destroy", Shape: kinds.Bool, Local: true,
			Description: "Leave a " + k.Noun + " that was made with `store = true` on the server when the resource is destroyed, or another answer takes its place."})
	}
	as = append(as, kinds.Attribute{Name: "timeouts", Shape: kinds.Object, Block: true, Local: true,
		Description: "How long Terraform waits.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "create", Shape: kinds.String, Local: true,
				Description: "How long to wait for an answer in all, retries included, such as `90s` or `10m`; when it is asked for again as well. Default: `20m`. The provider's `request_timeout` limits each attempt.",
				Validators:  checks{kinds.Duration()}},
		)})
	return kinds.Declare(as...)
}

func (k *Kind) ifStored(text string) string {
	if k.Stored == nil {
		return ""
	}
	return text
}

// failOn is the argument fail_on, where the kind has it.
func (k *Kind) failOn(gate bool) kinds.Attributes {
	if k.FailOn == nil {
		return nil
	}
	text := k.FailOn.Description
	if gate {
		text = k.FailOn.Gate
	}
	return kinds.Declare(kinds.Attribute{Name: "fail_on", Shape: kinds.Strings, Local: true, Description: text,
		Validators: checks{listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))}})
}

// derived are made of how the answer came, not of what it says.
func (k *Kind) derived() kinds.Attributes {
	return kinds.Declare(
		kinds.Attribute{Name: "request_id", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The server's ID of the call, for questions to its support. Null where the server gives none."},
		kinds.Attribute{Name: "recording", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The name of the file that holds the answer, in the directory of the provider's `recordings`. Null where it is not recorded."},
	)
}
