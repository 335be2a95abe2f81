package answer

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
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
		secret = " A request with `" + name + "` is never recorded."
	}
	return kinds.Declare(
		kinds.Attribute{Name: "extra_body", Shape: kinds.JSON, Local: true,
			Description: "A JSON object with further arguments for the server, for what compatible servers add to the protocol: `jsonencode({ top_k = 20 })`. It cannot contain anything that has an argument of its own.",
			Validators:  checks{kinds.FurtherMembers("extra_body", k.Request)}},
		kinds.Attribute{Name: "api_key", Shape: kinds.String, Local: true, Sensitive: true,
			Description: "The API key for this call, instead of the provider's. Changing it does not ask the model again.",
			Validators:  checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "record", Shape: kinds.Bool, Local: true,
			Description: "Set to `false` to leave this answer out of the provider's `recordings`: it is then neither recorded nor taken from a recording. By default it is, if the provider has `recordings`." + secret},
		kinds.Attribute{Name: "label", Shape: kinds.String, Local: true,
			Description: "A human-readable name for the request, such as `each.key`. It is not sent. It is part of the recording's file name and text, so that a reviewer sees which answer belongs to what, and an edited prompt next to the old one. Changing it makes no call, and leaves an existing file as it is.",
			Validators:  checks{kinds.NotEmpty()}},
	)
}

// lifecycle are the managed resource's own arguments.
func (k *Kind) lifecycle() kinds.Attributes {
	as := kinds.Attributes{
		{Name: "api_key_wo", Shape: kinds.String, Local: true, WriteOnly: true,
			Description: "Like `api_key`, but not stored: `api_key` is stored in the state." + k.ifStored(" When the resource is destroyed, what the server stores is therefore deleted with the provider's key.") + " Terraform 1.11 or OpenTofu 1.11 and later."},
		{Name: "api_key_wo_version", Shape: kinds.Int64, Local: true,
			Description: "Any number. Change it together with `api_key_wo` to see the change in the plan. It does not ask the model again."},
	}
	if name := k.writeOnly(); name != "" {
		as = append(as, kinds.Attribute{Name: k.version(), Shape: kinds.Int64, Local: true, Mode: kinds.OptionalComputed,
			Description: fmt.Sprintf("The version of all `%s` together. A change asks the model again. Give a number of your own and raise it when a `%s` changes; or leave it out, and the provider detects changes with a slow salted hash that it stores with the state. Null if there is no `%s`.", name, name, name)})
	}
	as = append(as,
		kinds.Attribute{Name: "triggers", Shape: kinds.StringMap, Local: true,
			Description: "Any values. When one of them changes, the model is asked again. They are not sent. They also tell apart requests that are otherwise the same and would share a recording."},
		kinds.Attribute{Name: "generate_on", Shape: kinds.String, Local: true,
			Description: "When the model is asked: `apply` (the default) or `plan`. With `plan`, `terraform plan` asks once, records the answer and shows it; `apply` stores exactly that answer, without a call. This needs the provider's `recordings`, which must still be there when the plan is applied. If an argument is not known during the plan, the model is asked during the apply. `terraform destroy` and `terraform refresh` make plans as well, but make no call if the provider can see the command line (on Linux, not in `terraform test`).",
			Validators:  checks{kinds.OneOf(onApply, onPlan)}})
	if k.Stored != nil {
		as = append(as, kinds.Attribute{Name: "skip_destroy", Shape: kinds.Bool, Local: true,
			Description: "Leave a stored " + k.Noun + " on the server, rather than delete it there, when the resource is destroyed or its answer is replaced."})
	}
	as = append(as, kinds.Attribute{Name: "timeouts", Shape: kinds.Object, Block: true, Local: true,
		Description: "How long Terraform waits.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "create", Shape: kinds.String, Local: true,
				Description: "How long to wait for an answer, including retries, such as `90s` or `10m`. It also applies when the model is asked again. Default: `20m`. The provider's `request_timeout` limits each attempt.",
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
		Validators: checks{listvalidator.ValueStringsAre(kinds.NotEmpty())}})
}

// derived are made of how the answer came, not of what it says.
func (k *Kind) derived() kinds.Attributes {
	return kinds.Declare(
		kinds.Attribute{Name: "request_id", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The server's ID of the call, to quote to support. Null if the server gives none."},
		kinds.Attribute{Name: "recording", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The name of the file that holds the answer, in the directory of the provider's `recordings`. Null if it is not recorded."},
	)
}
