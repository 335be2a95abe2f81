package wire

import (
	"bytes"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// Reconcile reads an object of the server into all attributes of a declaration, beside what the state
// has of it, so that what is the same keeps its form:
//
//   - What the server does not mention, and what is Unread or Local, keeps its prior value.
//   - An argument that is null stays null where the server shows nothing (null, "", [], {}), or where it
//     is Defaulted. What is empty stays empty in its own way.
//   - JSON, values of any type, and text with a function [kinds.Attribute.Same] keep their spelling.
//
// With a zero prior, as after an import, all is read that is there.
func Reconcile(as kinds.Attributes, object map[string]any, prior Fields) Values {
	out := make(Values, len(as))
	for i := range as {
		a := &as[i]
		was := tftypes.NewValue(a.Type(), nil)
		if prior.Has(a.Name) && prior.Get(a.Name).IsKnown() {
			was = prior.Get(a.Name)
		}
		shown, mentioned := object[a.WireName()]
		switch {
		case a.WriteOnly:
			out[a.Name] = tftypes.NewValue(a.Type(), nil)
		case a.Extra:
			out[a.Name] = decodeField(as, a, object)
		case a.Local, !mentioned, a.Unread && a.Mode != kinds.Computed:
			out[a.Name] = was
		case a.Mode == kinds.Computed:
			out[a.Name] = decode(a, shown)
		case a.Defaulted && was.IsNull() && !prior.Absent():
			out[a.Name] = was
		default:
			out[a.Name] = reconcile(a, shown, was)
		}
	}
	return out
}

// reconcile is an argument that the server shows.
func reconcile(a *kinds.Attribute, shown any, was tftypes.Value) tftypes.Value {
	now := decode(a, shown)
	if blank(was) && slices.Contains(nothing, text(shown)) {
		return was
	}
	if !was.IsFullyKnown() || was.IsNull() {
		return now
	}
	switch a.Shape {
	case kinds.JSON, kinds.JSONOrString:
		if old, _ := Text(was); jsontext.Same(old, text(shown)) {
			return was
		}
	case kinds.Dynamic:
		var old encoder
		if encodeDynamic(&old, was) == nil && jsontext.Same(old.String(), text(shown)) {
			return was
		}
	case kinds.String:
		old, _ := Text(was)
		if new, ok := Text(now); ok && a.Same != nil && a.Same(old, new) {
			return was
		}
	case kinds.Object:
		return reconcileObject(a, a.Type(), shown, was, now)
	case kinds.Objects:
		old := Items(was)
		list, ok := shown.([]any)
		if !ok || len(list) != len(old) {
			return now
		}
		values := make([]tftypes.Value, len(list))
		for i, item := range Items(now) {
			values[i] = reconcileObject(a, item.Type(), list[i], old[i], item)
		}
		return tftypes.NewValue(a.Type(), values)
	}
	return now
}

func reconcileObject(a *kinds.Attribute, t tftypes.Type, shown any, was, now tftypes.Value) tftypes.Value {
	if object, ok := shown.(map[string]any); ok {
		return tftypes.NewValue(t, Reconcile(a.Fields, object, Open(was)))
	}
	return now
}

// blank reports whether a value says as much as none.
func blank(v tftypes.Value) bool {
	if !v.IsKnown() {
		return false
	}
	if v.IsNull() {
		return true
	}
	var out encoder
	return encodeDynamic(&out, v) == nil && slices.Contains(nothing, out.String())
}

// nothing is JSON that says as much as none.
var nothing = []string{"null", `""`, "[]", "{}"}

// Fill puts what was read in the places of a plan that were not known, and null where nothing was:
// what a plan knew must stay so.
func Fill(as kinds.Attributes, planned, read Fields) Values {
	out := make(Values, len(as))
	for i := range as {
		a := &as[i]
		plan, now := planned.Get(a.Name), read.Get(a.Name)
		switch {
		case plan.IsFullyKnown():
			out[a.Name] = plan
		case a.Shape == kinds.Object && plan.IsKnown() && !plan.IsNull() && !now.IsNull():
			out[a.Name] = tftypes.NewValue(a.Type(), Fill(a.Fields, Open(plan), Open(now)))
		case now.IsFullyKnown():
			out[a.Name] = now
		default:
			out[a.Name] = tftypes.NewValue(a.Type(), nil)
		}
	}
	return out
}

// EncodeChanges writes the arguments that differ between two versions of an object and can be changed
// in place, whole, and null where one was taken away. It is nil where none differs.
func EncodeChanges(as kinds.Attributes, prior, planned Fields) ([]byte, error) {
	changed, cleared := Values{}, []string(nil)
	for i := range as {
		a := &as[i]
		if a.Local || a.Mode == kinds.Computed || a.WriteOnly || a.Change == kinds.Replaces || a.Change == kinds.Nothing {
			continue
		}
		was, now := prior.Get(a.Name), planned.Get(a.Name)
		switch {
		case now.Equal(was):
		case now.IsNull() || absentBlock(a, now):
			cleared = append(cleared, a.WireName())
		default:
			changed[a.Name] = now
		}
	}
	if len(changed)+len(cleared) == 0 {
		return nil, nil
	}
	body, err := Encode(as, FieldsOf(changed))
	if err != nil {
		return nil, err
	}
	out := encoder{}
	out.Write(bytes.TrimSuffix(body, []byte("}")))
	for i, name := range cleared {
		if i > 0 || len(changed) > 0 {
			out.WriteByte(',')
		}
		writeText(&out, name)
		out.WriteString(":null")
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
