package object

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ resource.ResourceWithConfigure      = (*managed)(nil)
	_ resource.ResourceWithValidateConfig = (*managed)(nil)
	_ resource.ResourceWithModifyPlan     = (*managed)(nil)
	_ resource.ResourceWithIdentity       = (*managed)(nil)
	_ resource.ResourceWithImportState    = (*managed)(nil)
	_ resource.ResourceWithUpgradeState   = (*managed)(nil)
)

// Resource is the managed resource of the kind.
func (k *Kind) Resource() func(*area.Process) resource.Resource {
	schema := kinds.Resource(k.Description.Resource, k.attributes())
	schema.Version = k.Version
	return func(*area.Process) resource.Resource { return &managed{kind: k, schema: schema} }
}

// managed is the managed resource of a kind.
type managed struct {
	kind   *Kind
	schema schema.Schema
	client *client.Client
}

// Metadata names the resource.
func (m *managed) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + m.kind.Type
}

// Schema is the same value at each call; it is built once per process.
func (m *managed) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = m.schema
}

// Configure takes the provider's client. There is none while the provider's
// settings are not known, which matters only to a call.
func (m *managed) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	m.client, _ = req.ProviderData.(*client.Client)
}

// UpgradeState makes the present state of that of an older schema.
func (m *managed) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	return m.kind.Upgrades
}

// ValidateConfig checks how the arguments fit together.
func (m *managed) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if m.kind.Validate != nil {
		resp.Diagnostics.Append(m.kind.Validate(wire.Open(req.Config.Raw))...)
	}
}

// Create makes the object. Once it is there, its ID is in the state, whatever comes after.
func (m *managed) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	planned, config := wire.Open(req.Plan.Raw), wire.Open(req.Config.Raw)
	ctx, until, cancel := within(ctx, m.client, planned, "create", m.kind.patience())
	defer cancel()
	shown, after, err := m.create(ctx, planned, config)
	if err != nil {
		report.Failure(&resp.Diagnostics, "Could not create "+m.kind.Noun, m.kind.Attributes, err)
		return
	}
	o := m.object(shown, planned, config, &resp.Diagnostics)
	o.after = after
	resp.Diagnostics.Append(note(ctx, resp.Private, madeKey, m.client.Clock().Now())...)
	m.finish(ctx, until, o, planned, m.kind.Created)
	resp.State.Raw = tftypes.NewValue(req.Plan.Raw.Type(), o.State)
	m.kind.setIdentity(resp.Identity, wire.FieldsOf(o.State))
}

// unfinished takes what there is of a change that came to no end.
func unfinished(shown map[string]any, err error) map[string]any {
	var u *Unfinished
	if errors.As(err, &u) {
		return u.Shown
	}
	return shown
}

// create sends the request that creates, and returns what the server shows of the object.
func (m *managed) create(ctx context.Context, planned, config wire.Fields) (shown map[string]any, after time.Duration, err error) {
	if m.client == nil {
		return nil, 0, client.ErrUnconfigured
	}
	create := m.kind.Create
	if create == nil {
		create = m.kind.post
	}
	var answer client.Answer
	call := func() (err error) {
		answer, err = create(ctx, m.client, planned, config)
		return err
	}
	if m.kind.Refers {
		err = Referring(ctx, m.client, call)
	} else {
		err = call()
	}
	if err != nil {
		return nil, 0, err
	}
	shown, err = wire.ParseObject(answer.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("the server's answer could not be read: %w", err)
	}
	if a := m.kind.Attributes.Find(m.kind.id()); a.Mode == kinds.Computed {
		if id, ok := shown[a.WireName()].(string); !ok || id == "" {
			said := client.Printable(string(answer.Body), false)
			if m.kind.Secret {
				said = "it is not shown, since it may hold a secret"
			}
			return nil, 0, fmt.Errorf("the server's answer has no %s: %s", a.WireName(), said)
		}
	}
	m.kind.adapt(shown)
	return shown, answer.PollAfter, nil
}

// post creates an object with one call.
func (k *Kind) post(ctx context.Context, c *client.Client, planned, config wire.Fields) (client.Answer, error) {
	body, err := wire.Encode(k.Attributes, k.body(planned, config))
	if err != nil {
		return client.Answer{}, err
	}
	return c.Do(ctx, client.Request{Method: http.MethodPost, Path: client.Path(k.collection(planned)...), Body: body, Repeatable: k.Repeatable, Limits: k.pace(planned), SecretAnswer: k.Secret})
}

// body are the arguments that are sent: those of the plan but for what is in the path, and write-only ones, which
// only the configuration has.
func (k *Kind) body(planned, config wire.Fields) wire.Fields {
	values := planned.Values()
	for i := range k.Attributes {
		if a := &k.Attributes[i]; a.WriteOnly {
			values[a.Name] = config.Get(a.Name)
		}
	}
	for _, name := range k.parents() {
		delete(values, name)
	}
	return wire.FieldsOf(values)
}

// object is an object as the plan and the server's answer have it.
func (m *managed) object(shown map[string]any, planned, config wire.Fields, diags *diag.Diagnostics) *Object {
	o := &Object{Client: m.client, Config: config, Diags: diags, kind: m.kind, planned: planned}
	m.kind.take(o, shown, planned)
	return o
}

// partly is the state of an update that failed on its way: the arguments as planned, and what the server really shows.
func (k *Kind) partly(shown map[string]any, planned wire.Fields) wire.Values {
	read := wire.Reconcile(k.attributes(), shown, planned)
	values := wire.Fill(k.attributes(), planned, wire.FieldsOf(read))
	for _, a := range k.attributes() {
		if a.Mode == kinds.Computed {
			values[a.Name] = read[a.Name]
		}
	}
	return values
}

// take fills the state with what the server shows, where the plan leaves it open.
func (k *Kind) take(o *Object, shown map[string]any, planned wire.Fields) {
	o.Shown = shown
	read := wire.Reconcile(k.attributes(), shown, planned)
	o.State = wire.Fill(k.attributes(), planned, wire.FieldsOf(read))
}

// finish does what a create or an update needs besides, and waits until the object can be used.
func (m *managed) finish(ctx context.Context, until deadline, o *Object, planned wire.Fields, further func(context.Context, *Object) error) {
	if further != nil {
		if err := further(ctx, o); err != nil {
			report.Failure(o.Diags, "Could not complete "+m.kind.name(wire.FieldsOf(o.State)), m.kind.Attributes, err,
				"It is on the server and in the state.")
			return
		}
	}
	if m.kind.Wait != nil {
		m.wait(ctx, until, o, planned)
	}
}

// Read reads the object. One that is gone leaves the state.
func (m *managed) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	prior := wire.Open(req.State.Raw)
	shown, _, err := m.kind.get(ctx, m.client, prior, madeAt(ctx, req.Private))
	gone := false
	if m.client != nil {
		gone, err = IsGone(ctx, m.client, err)
	}
	if gone {
		m.kind.warnOfGone(&resp.Diagnostics, prior, m.client.Clock().Now())
		m.kind.setIdentity(resp.Identity, prior) // the framework wants it, also where a CLI before 1.12 knew none
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		report.Failure(&resp.Diagnostics, "Could not read "+m.kind.name(prior), nil, err)
		return
	}
	before := prior
	if importedStage(ctx, m.client, req.Private) == importedNow {
		before = wire.Fields{} // all that the server shows is news
		resp.Diagnostics.Append(note(ctx, resp.Private, importedKey, importedRead)...)
		resp.Diagnostics.Append(note(ctx, resp.Private, trustedKey, m.client.Clock().Now().Add(trust))...)
	}
	o := &Object{Client: m.client, Shown: shown, Diags: &resp.Diagnostics, kind: m.kind}
	o.State = wire.Reconcile(m.kind.attributes(), shown, before)
	for _, name := range m.kind.identity() {
		o.State[name] = prior.Get(name)
	}
	if m.kind.Refreshed != nil {
		m.kind.Refreshed(prior, o)
	}
	m.kind.warnOfEnd(o.Diags, wire.FieldsOf(o.State), m.client.Clock().Now())
	resp.State.Raw = tftypes.NewValue(req.State.Raw.Type(), o.State)
	m.kind.setIdentity(resp.Identity, wire.FieldsOf(o.State))
}

// Update tells the server of what has changed. If that fails, the state stays as it was.
func (m *managed) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	prior, planned, config := wire.Open(req.State.Raw), wire.Open(req.Plan.Raw), wire.Open(req.Config.Raw)
	ctx, until, cancel := within(ctx, m.client, planned, "update", m.kind.patience())
	defer cancel()
	shown, err := m.update(ctx, prior, planned, config)
	if err != nil {
		report.Failure(&resp.Diagnostics, "Could not update "+m.kind.name(prior), m.kind.Attributes, err)
		if shown = unfinished(shown, err); shown != nil { // it came to a part of it
			resp.State.Raw = tftypes.NewValue(req.Plan.Raw.Type(), m.kind.partly(shown, planned))
		}
		return
	}
	resp.Diagnostics.Append(note(ctx, resp.Private, importedKey, "")...)
	o := m.object(shown, planned, config, &resp.Diagnostics)
	var further func(context.Context, *Object) error
	if m.kind.Updated != nil {
		further = func(ctx context.Context, o *Object) error { return m.kind.Updated(ctx, prior, o) }
	}
	m.finish(ctx, until, o, planned, further)
	resp.State.Raw = tftypes.NewValue(req.Plan.Raw.Type(), o.State)
	m.kind.setIdentity(resp.Identity, wire.FieldsOf(o.State))
}

// update tells the server of what has changed, if anything, and returns what it shows then.
func (m *managed) update(ctx context.Context, prior, planned, config wire.Fields) (map[string]any, error) {
	if m.kind.Update != nil && m.client != nil {
		return m.kind.Update(ctx, m.client, prior, planned, config)
	}
	body, err := wire.EncodeChanges(m.kind.Attributes, prior, planned)
	switch {
	case err != nil:
		return nil, err
	case m.client == nil:
		return nil, client.ErrUnconfigured
	case body == nil && m.kind.known(planned):
		return nil, nil
	case body == nil:
		shown, _, err := m.kind.get(ctx, m.client, prior, time.Time{})
		return shown, err
	}
	answer, err := m.client.Do(ctx, client.Request{Method: http.MethodPost, Path: m.kind.path(prior), Body: body, Existing: true, Repeatable: true, Limits: m.kind.pace(prior)})
	if err != nil {
		return nil, err
	}
	shown, err := wire.ParseObject(answer.Body)
	m.kind.adapt(shown)
	return shown, err
}

// known reports whether a plan leaves nothing open.
func (k *Kind) known(planned wire.Fields) bool {
	for _, value := range planned.Values() {
		if !value.IsFullyKnown() {
			return false
		}
	}
	return true
}

// Delete deletes the object. What is not there is as good as deleted.
func (m *managed) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := wire.Open(req.State.Raw)
	ctx, _, cancel := within(ctx, m.client, state, "delete", defaultTimeout)
	defer cancel()
	if err := m.delete(ctx, state, madeAt(ctx, req.Private)); err != nil {
		report.Failure(&resp.Diagnostics, "Could not delete "+m.kind.name(state), nil, err, "It stays in the state.")
	}
}

func (m *managed) delete(ctx context.Context, state wire.Fields, made time.Time) error {
	if m.client == nil {
		return client.ErrUnconfigured
	}
	remove := m.kind.Delete
	if remove == nil {
		remove = func(ctx context.Context, c *client.Client, state wire.Fields) error {
			return Remove(ctx, c, m.kind.path(state), m.kind.pace(state)...)
		}
	}
	err := untilSettled(ctx, m.client, made, func() error { return remove(ctx, m.client, state) })
	if gone, err := IsGone(ctx, m.client, err); !gone {
		return err
	}
	return nil
}

// Remove deletes what is at a path. It is believed on success only; the error of what is not there
// satisfies client.IsGone.
func Remove(ctx context.Context, c *client.Client, path string, limits ...client.Limit) error {
	return Removed(c.Do(ctx, client.Request{Method: http.MethodDelete, Path: path, Existing: true, Limits: limits}))
}

// Removed is what a call of DELETE came to, as Remove has it.
func Removed(answer client.Answer, err error) error {
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Kind == client.BadAnswer && problem.Status/100 == 2 {
		return nil // it is a success, whatever is said besides
	}
	if err != nil {
		return err
	}
	if said, err := wire.ParseObject(answer.Body); err == nil && said["deleted"] == false {
		return fmt.Errorf("the server answered that it was not deleted: %s", strings.TrimSpace(client.Printable(string(answer.Body), false)))
	}
	return nil
}
