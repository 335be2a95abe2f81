package serve_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-validators/dynamicvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/objectvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	fwprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// customText is a type of one's own, which may compare values in its own way.
type customText struct{ basetypes.StringType }

type attributes = map[string]schema.Attribute

// A record that the short cuts would serve otherwise than the framework does not get as far as being served.
func TestNew_refusesWhatTheShortCutsDoNotHonour(t *testing.T) {
	t.Parallel()
	withDefault := schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("auto")}
	replaces := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	anyOf := []validator.Object{objectvalidator.AtLeastOneOf(path.MatchRoot("x"))}
	for name, c := range map[string]struct {
		attribute schema.Attribute
		block     schema.Block
		want      []string // the panic names them
	}{
		"default":       {attribute: withDefault, want: []string{"fake_record.it ", "Default"}},
		"plan modifier": {attribute: schema.StringAttribute{Required: true, PlanModifiers: replaces}, want: []string{"fake_record.it ", "PlanModifiers"}},
		"custom type":   {attribute: schema.StringAttribute{Required: true, CustomType: customText{}}, want: []string{"fake_record.it ", "CustomType"}},

		"pointer":       {attribute: &schema.StringAttribute{Required: true}, want: []string{"*schema.StringAttribute"}},
		"set":           {attribute: schema.SetAttribute{Required: true, ElementType: types.StringType}, want: []string{"schema.SetAttribute"}},
		"integer":       {attribute: schema.Int64Attribute{Required: true}, want: []string{"schema.Int64Attribute"}},
		"float32":       {attribute: schema.Float32Attribute{Required: true}, want: []string{"schema.Float32Attribute"}},
		"int32":         {attribute: schema.Int32Attribute{Required: true}, want: []string{"schema.Int32Attribute"}},
		"object":        {attribute: schema.ObjectAttribute{Required: true}, want: []string{"schema.ObjectAttribute"}},
		"set of nested": {attribute: schema.SetNestedAttribute{Required: true}, want: []string{"schema.SetNestedAttribute"}},
		"map of nested": {attribute: schema.MapNestedAttribute{Required: true}, want: []string{"schema.MapNestedAttribute"}},

		"list of sets":        {attribute: schema.ListAttribute{Required: true, ElementType: types.SetType{ElemType: types.StringType}}, want: []string{"elements", "SetType"}},
		"map of objects":      {attribute: schema.MapAttribute{Required: true, ElementType: types.ObjectType{}}, want: []string{"elements", "ObjectType"}},
		"maps of lists of it": {attribute: schema.MapAttribute{Required: true, ElementType: types.ListType{ElemType: customText{}}}, want: []string{"elements", "customText"}},
		"list of nothing":     {attribute: schema.ListAttribute{Required: true}, want: []string{"elements"}},

		"validator of a dynamic value": {attribute: schema.DynamicAttribute{Optional: true, Validators: []validator.Dynamic{dynamicvalidator.AtLeastOneOf()}}, want: []string{"Validators"}},

		"default inside":          {attribute: schema.SingleNestedAttribute{Optional: true, Attributes: attributes{"in": withDefault}}, want: []string{"fake_record.it.in ", "Default"}},
		"plan modifier in a list": {attribute: schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes{"in": schema.StringAttribute{Optional: true, PlanModifiers: replaces}}}}, want: []string{"fake_record.it.in ", "PlanModifiers"}},
		"validator of elements":   {attribute: schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Validators: anyOf}}, want: []string{"fake_record.it ", "NestedAttributeObject", "Validators"}},

		"computed inside of optional":              {attribute: schema.SingleNestedAttribute{Optional: true, Attributes: attributes{"in": schema.StringAttribute{Computed: true}}}, want: []string{"fake_record.it.in ", "computed inside"}},
		"computed inside of optional and computed": {attribute: schema.SingleNestedAttribute{Optional: true, Computed: true, Attributes: attributes{"in": schema.StringAttribute{Optional: true, Computed: true}}}, want: []string{"fake_record.it.in ", "computed inside"}},
		"of nobody":               {attribute: schema.StringAttribute{}, want: []string{"neither required, optional nor computed"}},
		"write-only and computed": {attribute: schema.StringAttribute{WriteOnly: true, Optional: true, Computed: true}, want: []string{"write-only and computed"}},

		"set of blocks":                {block: schema.SetNestedBlock{}, want: []string{"fake_record.it ", "schema.SetNestedBlock"}},
		"plan modifier of blocks":      {block: schema.ListNestedBlock{PlanModifiers: []planmodifier.List{listplanmodifier.RequiresReplace()}}, want: []string{"fake_record.it ", "PlanModifiers"}},
		"validator of each block":      {block: schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Validators: anyOf}}, want: []string{"NestedBlockObject", "Validators"}},
		"custom type of a block":       {block: schema.SingleNestedBlock{CustomType: basetypes.ObjectType{}}, want: []string{"fake_record.it ", "CustomType"}},
		"default in a block":           {block: schema.SingleNestedBlock{Attributes: attributes{"in": withDefault}}, want: []string{"fake_record.it.in ", "Default"}},
		"computed in a block":          {block: schema.SingleNestedBlock{Attributes: attributes{"in": schema.StringAttribute{Computed: true}}}, want: []string{"fake_record.it.in ", "computed inside"}},
		"plan modifier in inner block": {block: schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Blocks: map[string]schema.Block{"in": schema.SingleNestedBlock{Attributes: attributes{"deep": schema.StringAttribute{Optional: true, PlanModifiers: replaces}}}}}}, want: []string{"fake_record.it.in.deep ", "PlanModifiers"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := schema.Schema{}
			if c.attribute != nil {
				s.Attributes = attributes{"it": c.attribute}
			} else {
				s.Blocks = map[string]schema.Block{"it": c.block}
			}
			refused(t, fakeRecord(record{schema: s}), c.want...)
		})
	}
}

func refused(t *testing.T, p serve.Provider, want ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		text := fmt.Sprint(recover())
		for _, w := range append(want, "fake_record") {
			if !strings.Contains(text, w) {
				t.Errorf("panic: %s\nit does not say %q", text, w)
			}
		}
	}()
	serve.WithShortCuts(p, serve.Inner(p))
}

type (
	withConfigValidators struct{ record }
	withIdentity         struct{ record }
	withOthers           struct{ record }
	withMeta             struct{ *fakeProvider }
)

func (*withConfigValidators) ConfigValidators(context.Context) []resource.ConfigValidator { return nil }

func (*withIdentity) IdentitySchema(context.Context, resource.IdentitySchemaRequest, *resource.IdentitySchemaResponse) {
}

func (*withOthers) MoveState(context.Context) []resource.StateMover               { return nil }
func (*withOthers) UpgradeState(context.Context) map[int64]resource.StateUpgrader { return nil }

func (withMeta) MetaSchema(context.Context, fwprovider.MetaSchemaRequest, *fwprovider.MetaSchemaResponse) {
}

func TestNew_refusesMethodsThatTheShortCutsWouldNotCall(t *testing.T) {
	t.Parallel()
	refused(t, &fakeProvider{create: func() resource.Resource { return &withConfigValidators{} }}, "ResourceWithConfigValidators")
	refused(t, &fakeProvider{create: func() resource.Resource { return &withIdentity{} }}, "ResourceWithIdentity")
	refused(t, withMeta{fakeRecord(record{})}, "ProviderWithMetaSchema")
	p := &fakeProvider{create: func() resource.Resource { return &withOthers{} }}
	serve.WithShortCuts(p, serve.Inner(p))
}

// Of each optional method that the framework knows, it is decided here what the short cuts do about it.
func TestFence_knowsEveryOptionalMethod(t *testing.T) {
	t.Parallel()
	for pkg, known := range map[string][]string{
		"resource": {
			"ResourceWithConfigure", "ResourceWithModifyPlan", "ResourceWithValidateConfig", // called
			"ResourceWithConfigValidators", "ResourceWithIdentity", // refused
			"ResourceWithImportState", "ResourceWithMoveState", "ResourceWithUpgradeState", "ResourceWithUpgradeIdentity", // the framework's calls
		},
		"provider": {
			"ProviderWithMetaSchema",                                     // refused
			"ProviderWithConfigValidators", "ProviderWithValidateConfig", // about the provider itself
			"ProviderWithActions", "ProviderWithEphemeralResources", "ProviderWithFunctions", "ProviderWithListResources", "ProviderWithStateStores", // no managed resources
		},
	} {
		found := declaredInterfaces(t, "github.com/hashicorp/terraform-plugin-framework/"+pkg)
		slices.Sort(known)
		if !slices.Equal(found, known) {
			t.Errorf("package %s has the interfaces %v,\nof which the fence knows %v", pkg, found, known)
		}
	}
}

// declaredInterfaces are a package's optional interfaces, by its source.
func declaredInterfaces(t *testing.T, pkg string) []string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.Dir}}", pkg).Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`(?m)^type (\w+With\w+) interface`).FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
	}
	slices.Sort(names)
	return names
}

// Whatever the framework's server answers, ours does: a call that a later version adds is not lost, and somebody
// decides whether it needs a look.
func TestNew_forwardsEveryCallOfTheFramework(t *testing.T) {
	t.Parallel()
	own := []string{"ApplyResourceChange", "ConfigureProvider", "PlanResourceChange", "ReadResource", "UpgradeResourceState", "ValidateResourceConfig"}
	forwarded := []string{
		"CallFunction", "CloseEphemeralResource", "ConfigureStateStore", "DeleteState", "GenerateResourceConfig", "GetFunctions", "GetMetadata",
		"GetProviderSchema", "GetResourceIdentitySchemas", "GetStates", "ImportResourceState", "InvokeAction", "ListResource", "LockState",
		"MoveResourceState", "OpenEphemeralResource", "PlanAction", "ReadDataSource", "ReadStateBytes", "RenewEphemeralResource", "StopProvider",
		"UnlockState", "UpgradeResourceIdentity", "ValidateActionConfig", "ValidateDataResourceConfig", "ValidateEphemeralResourceConfig",
		"ValidateListResourceConfig", "ValidateProviderConfig", "ValidateStateStoreConfig", "WriteStateBytes",
	}
	p := fakeRecord(record{})
	inner := reflect.TypeOf(serve.Inner(p))
	ours := reflect.TypeOf(serve.WithShortCuts(p, serve.Inner(p)))
	for i := range inner.NumMethod() {
		method := inner.Method(i)
		if !slices.Contains(own, method.Name) && !slices.Contains(forwarded, method.Name) {
			t.Errorf("the framework's server has the new method %s: look whether it concerns a record, and list it here", method.Name)
		}
		if !sameMethod(method, ours) {
			t.Errorf("the framework's server has the method %s, which ours does not forward: add its interface to framework", method.Name)
		}
	}
	for _, name := range slices.Concat(own, forwarded) {
		if _, ok := inner.MethodByName(name); !ok {
			t.Errorf("the framework's server has no method %s any more", name)
		}
	}
}

func sameMethod(m reflect.Method, of reflect.Type) bool {
	other, ok := of.MethodByName(m.Name)
	if !ok || m.Type.NumIn() != other.Type.NumIn() || m.Type.NumOut() != other.Type.NumOut() {
		return false
	}
	for i := 1; i < m.Type.NumIn(); i++ {
		if m.Type.In(i) != other.Type.In(i) {
			return false
		}
	}
	return true
}
