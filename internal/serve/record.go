package serve

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Record is a resource whose state is the record of something that happened.
// It can be served without the framework's walks over schema and value:
//
//   - Read would return what it was given.
//   - Where nothing has changed, ModifyPlan has nothing to say, unless it is an [AlwaysPlanner].
//   - ModifyPlan, Create and Update use no private state, unless there is some already, a
//     write-only value in the configuration, or the resource is a [PrivateKeeper] that says so.
//   - Create and Update leave what the plan knows as it is. (The framework would
//     mend a number that differs from the planned one only in its precision.)
//
// What can be seen of a resource before it is called is checked: [New] panics if the resource
// has a default, a plan modifier, a custom type, or whatever else the short cuts do not honour.
//
// The methods that the framework would call are called all the same, with the
// same values: ValidateConfig, the validators, Configure, ModifyPlan, Create, Update.
// Anything out of the ordinary goes to the framework: write-only values, private
// state, and every configuration with something wrong in it.
type Record interface {
	resource.ResourceWithConfigure
	resource.ResourceWithValidateConfig
	resource.ResourceWithModifyPlan
	IsRecord()
}

// ReadObserver is a [Record] that wants to know when Terraform reads it, which it does in a process that
// plans. ObserveRead is called once for each read that is answered without Read, on a new instance that
// is not configured. Calls may come at the same time.
type ReadObserver interface{ ObserveRead() }

// AlwaysPlanner is a [Record] whose ModifyPlan may have something to say also where nothing has changed.
type AlwaysPlanner interface{ AlwaysPlans() }

// PrivateKeeper is a [Record] that writes a private state for some configurations: applying those goes to the framework.
type PrivateKeeper interface {
	KeepsPrivate(config tftypes.Value) bool
}

// record is a resource type that takes the short cuts.
type record struct {
	create     func() resource.Resource
	schema     tfsdk.Config // only its Schema is set
	tf         tftypes.Type
	root       []node
	deprecated bool          // there is always something to say
	observes   bool          // it is a ReadObserver
	plans      bool          // it is an AlwaysPlanner
	writeOnly  []msgpackName // at any depth
	filled     []msgpackName // computed where the configuration is silent, and not otherwise
}

// recordsOf finds the records of a provider, by type name. It panics on one that the short cuts would serve wrongly.
func recordsOf(p Provider) map[string]*record {
	ctx := context.Background()
	var meta provider.MetadataResponse
	p.Metadata(ctx, provider.MetadataRequest{}, &meta)
	found := map[string]*record{}
	for _, create := range p.Resources(ctx) {
		instance := create()
		if _, ok := instance.(Record); !ok {
			continue
		}
		var name resource.MetadataResponse
		instance.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: meta.TypeName}, &name)
		refuseProvider(p, name.TypeName)
		refuseMethods(name.TypeName, instance)
		found[name.TypeName] = newRecord(ctx, name.TypeName, create, instance)
	}
	return found
}

func newRecord(ctx context.Context, name string, create func() resource.Resource, instance resource.Resource) *record {
	var resp resource.SchemaResponse
	instance.Schema(ctx, resource.SchemaRequest{}, &resp)
	refuseFields(name, resp.Schema, schemaFields)
	r := &record{
		create:     create,
		schema:     tfsdk.Config{Schema: resp.Schema},
		tf:         resp.Schema.Type().TerraformType(ctx),
		root:       nodesOf(name, resp.Schema.Attributes, resp.Schema.Blocks),
		deprecated: resp.Schema.DeprecationMessage != "",
	}
	_, r.observes = instance.(ReadObserver)
	_, r.plans = instance.(AlwaysPlanner)
	for _, attribute := range writeOnlyNames(r.root) {
		r.writeOnly = append(r.writeOnly, newMsgpackName(attribute))
	}
	for i := range r.root {
		if r.root[i].marked && r.root[i].optional {
			r.filled = append(r.filled, newMsgpackName(r.root[i].name))
		}
	}
	return r
}

// decode reads a value as the framework would hand it to the resource. It
// reports false for one that is missing or cannot be read, which the framework has words for.
func (r *record) decode(v *tfprotov6.DynamicValue) (tftypes.Value, bool) {
	if v == nil {
		return tftypes.Value{}, false
	}
	value, err := r.unmarshal(v)
	if err != nil {
		return tftypes.Value{}, false
	}
	nullBlocks(r.root, value)
	return value, true
}

// encode writes a value as the framework would.
func (r *record) encode(v tftypes.Value) (*tfprotov6.DynamicValue, error) {
	v, _ = emptyBlocks(r.root, v)
	encoded, err := tfprotov6.NewDynamicValue(r.tf, v)
	if err != nil {
		return nil, err
	}
	return &encoded, nil
}

// writesOnly reports whether a write-only attribute has a value.
func (r *record) writesOnly(v tftypes.Value) bool {
	return len(r.writeOnly) > 0 && writesOnly(r.root, v)
}

// unchanged reports whether a plan has nothing to decide. That is so where the state is proposed as it is, and the
// configuration cannot say anything that does not show in that: no write-only value, and nothing about an
// attribute that keeps its value when the configuration falls silent.
func (r *record) unchanged(req *tfprotov6.PlanResourceChangeRequest) bool {
	prior := req.PriorState.MsgPack
	return len(prior) > 0 && len(req.Config.MsgPack) > 0 && bytes.Equal(prior, req.ProposedNewState.MsgPack) &&
		allNull(r.filled, prior) && allNull(r.writeOnly, prior) && allNull(r.writeOnly, req.Config.MsgPack)
}

// mayWriteOnly reports whether a write-only attribute may have a value in a state as it travels: one that was
// saved before the attribute became write-only, say.
func (r *record) mayWriteOnly(state *tfprotov6.DynamicValue) bool {
	return len(r.writeOnly) > 0 && (len(state.MsgPack) == 0 || !allNull(r.writeOnly, state.MsgPack))
}

// msgpackName is the name of an attribute as it stands in MessagePack, and the same with null as its value.
type msgpackName struct{ name, null []byte }

func newMsgpackName(name string) msgpackName {
	// The length of a short text is in the byte that says that it is a text; that of a longer one follows it.
	encoded := []byte{0xa0 | byte(len(name))}
	if len(name) >= 32 {
		encoded = []byte{0xd9, byte(len(name))}
	}
	encoded = append(encoded, name...)
	return msgpackName{encoded, append(bytes.Clone(encoded), 0xc0)}
}

// allNull reports whether null follows wherever one of the names stands in a value. (A text in it that looks like
// a name costs a detour, and nothing else.)
func allNull(names []msgpackName, encoded []byte) bool {
	for _, n := range names {
		if bytes.Count(encoded, n.name) != bytes.Count(encoded, n.null) {
			return false
		}
	}
	return true
}

// configured is a new instance of the resource, as the framework makes for each call.
func (r *record) configured(ctx context.Context, data any) (Record, diag.Diagnostics) {
	instance := r.create().(Record) //nolint:forcetypeassert // recordsOf has seen to it
	var resp resource.ConfigureResponse
	instance.Configure(ctx, resource.ConfigureRequest{ProviderData: data}, &resp)
	return instance, resp.Diagnostics
}
