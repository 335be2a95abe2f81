// Package kinds holds the declaration of an area's attributes and renders it
// into the schemas of Terraform's kinds: resource today, and whatever kind an
// area takes on next.
//
// An attribute is declared once, as an [Attribute]. Its name, type,
// description, constraints, its name on the wire and the way a change to it is
// planned all follow from that one declaration. The package knows no area, no
// HTTP and no API.
package kinds
