package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// resolve follows references and picks one of several alternatives, until the
// schema stands for itself.
func (g *generator) resolve(schema map[string]any, depth int) map[string]any {
	for range 32 {
		if ref, ok := schema["$ref"].(string); ok {
			schema = g.lookup(ref)
			continue
		}
		options, _ := schema["anyOf"].([]any)
		if options == nil {
			options, _ = schema["oneOf"].([]any)
		}
		if len(options) > 0 {
			schema = without(g.alternative(options, depth), schema)
			continue
		}
		if parts, ok := schema["allOf"].([]any); ok {
			schema = g.merge(schema, parts, depth)
			continue
		}
		break
	}
	return schema
}

func (g *generator) lookup(ref string) map[string]any {
	var at any = g.root
	for _, step := range strings.Split(strings.TrimPrefix(strings.TrimPrefix(ref, "#"), "/"), "/") {
		if step == "" {
			continue
		}
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch v := at.(type) {
		case map[string]any:
			at = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			at = v[i]
		}
	}
	schema, _ := at.(map[string]any)
	return schema
}

// alternative is the first that is not null, or null itself where the
// instance has become deep.
func (g *generator) alternative(options []any, depth int) map[string]any {
	var first, null map[string]any
	for _, o := range options {
		schema, _ := o.(map[string]any)
		switch {
		case schema["type"] == "null":
			null = schema
		case first == nil:
			first = schema
		}
	}
	if null != nil && (depth >= deepest || first == nil) {
		return null
	}
	return first
}

// without returns an alternative together with what stands beside it.
func without(option, outer map[string]any) map[string]any {
	merged := map[string]any{}
	for k, v := range outer {
		if k != "anyOf" && k != "oneOf" {
			merged[k] = v
		}
	}
	for k, v := range option {
		merged[k] = v
	}
	return merged
}

func (g *generator) merge(schema map[string]any, parts []any, depth int) map[string]any {
	merged := map[string]any{}
	properties := map[string]any{}
	var required []any
	for _, p := range append(slices.Clone(parts), any(without(schema, nil))) {
		part, _ := p.(map[string]any)
		if _, nested := part["$ref"]; nested {
			part = g.resolve(part, depth)
		}
		for k, v := range part {
			merged[k] = v
		}
		of, _ := part["properties"].(map[string]any)
		for k, v := range of {
			properties[k] = v
		}
		more, _ := part["required"].([]any)
		required = append(required, more...)
	}
	delete(merged, "allOf")
	if len(properties) > 0 {
		merged["properties"], merged["required"] = properties, required
	}
	return merged
}

// typeOf is the type of a schema, or what its keywords let guess.
func typeOf(schema map[string]any) string {
	switch t := schema["type"].(type) {
	case string:
		return t
	case []any:
		for _, one := range t {
			if one != "null" {
				return fmt.Sprint(one)
			}
		}
		return "null"
	}
	switch {
	case schema["properties"] != nil:
		return "object"
	case schema["items"] != nil || schema["prefixItems"] != nil:
		return "array"
	}
	return "string"
}
