package jsontext

// Nesting knows, of the start of a JSON text that arrives piece by piece, what is
// still open in it. It judges brackets and quotes only: a text that it takes for whole
// may be no JSON all the same. The zero value has read nothing.
type Nesting struct {
	begun, begunOther bool // with { or [, with anything else
	depth             int
	inString, escaped bool
}

// Read takes the next piece of the text. The time is linear in its length.
func (n *Nesting) Read(piece string) {
	for i := 0; i < len(piece) && !n.begunOther; i++ {
		c := piece[i]
		switch {
		case n.escaped:
			n.escaped = false
		case n.inString:
			n.escaped, n.inString = c == '\\', c != '"'
		case c == '{' || c == '[':
			n.begun = true
			n.depth++
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case !n.begun:
			n.begunOther = true
		case c == '"':
			n.inString = true
		case c == '}' || c == ']':
			n.depth--
		}
	}
}

// Begun reports whether the text begins with an object or a list.
func (n *Nesting) Begun() bool { return n.begun }

// Open reports whether the text ends inside of an object or a list.
func (n *Nesting) Open() bool { return n.begun && n.depth > 0 }

// Whole reports whether the text is an object or a list, to its end.
func (n *Nesting) Whole() bool { return n.begun && n.depth <= 0 }

// InString reports whether the text ends inside of a string.
func (n *Nesting) InString() bool { return n.inString }
