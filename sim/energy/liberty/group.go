// Package liberty reads cell libraries in the Liberty format: functions,
// capacitances, delays and energies of standard cells.
//
// Source: Liberty User Guides and Reference Manual, version 2017.06.
package liberty

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// ErrLiberty is returned for text that is not a Liberty library, or one that
// lacks what the energy of a netlist needs.
var ErrLiberty = errors.New("liberty")

// Group is a Liberty group: name (arguments) { attributes and groups }.
type Group struct {
	Name   string
	Args   []string
	Attrs  map[string][]string // name : value, and name (values)
	Groups []*Group
	Line   int
}

// ReadText is the text of a file, gzip or plain.
func ReadText(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrLiberty, err)
	}
	if data, err = io.ReadAll(z); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrLiberty, err)
	}
	return data, nil
}

// Read reads a library from a file, gzip or plain.
func Read(path string) (*Library, error) {
	text, err := ReadText(path)
	if err != nil {
		return nil, err
	}
	l, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

// ParseGroup reads the text of one group, a whole library.
func ParseGroup(text []byte) (*Group, error) {
	p := &parser{text: text, line: 1}
	name := p.next()
	if name != "library" {
		return nil, p.errorf("%q: want library", name)
	}
	return p.group(name, 0)
}

// deepest is how far groups may nest.
const deepest = 32

// parser is a cursor in the text.
type parser struct {
	text  []byte
	at    int
	line  int
	ahead string // a token that was looked at
}

func (p *parser) errorf(format string, a ...any) error {
	return fmt.Errorf("%w: line %d: "+format, append([]any{ErrLiberty, p.line}, a...)...)
}

// next is the next token, "" at the end. A string keeps its opening quote.
func (p *parser) next() string {
	if t := p.ahead; t != "" {
		p.ahead = ""
		return t
	}
	p.skip()
	if p.at >= len(p.text) {
		return ""
	}
	start := p.at
	switch c := p.text[p.at]; {
	case c == '"':
		return p.quoted()
	case strings.IndexByte("(){}:;,", c) >= 0:
		p.at++
	default:
		for p.at < len(p.text) && strings.IndexByte("(){}:;,\" \t\r\n\\", p.text[p.at]) < 0 {
			p.at++
		}
	}
	if p.at == start { // a backslash that continues no line
		p.at++
	}
	return string(p.text[start:p.at])
}

// peek is the next token, left in place.
func (p *parser) peek() string {
	p.ahead = p.next()
	return p.ahead
}

// quoted reads a string, in which a backslash continues a line.
func (p *parser) quoted() string {
	start := p.at
	for p.at++; p.at < len(p.text) && p.text[p.at] != '"'; p.at++ {
		if p.text[p.at] == '\n' {
			p.line++
		}
	}
	text := string(p.text[start:p.at])
	p.at++
	return strings.NewReplacer("\\\r\n", "", "\\\n", "").Replace(text)
}

// skip moves past blanks, comments and continued lines.
func (p *parser) skip() {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '\n':
			p.line++
			p.at++
		case c == ' ' || c == '\t' || c == '\r' || c == '\\':
			p.at++
		case bytes.HasPrefix(p.text[p.at:], []byte("/*")):
			end := bytes.Index(p.text[p.at+2:], []byte("*/"))
			if end < 0 {
				p.at = len(p.text)
				return
			}
			p.line += bytes.Count(p.text[p.at:p.at+2+end], []byte("\n"))
			p.at += end + 4
		case bytes.HasPrefix(p.text[p.at:], []byte("//")):
			for p.at < len(p.text) && p.text[p.at] != '\n' {
				p.at++
			}
		default:
			return
		}
	}
}

// group reads "(args) {…}" of the named group.
func (p *parser) group(name string, depth int) (*Group, error) {
	if depth > deepest {
		return nil, p.errorf("groups nest more than %d deep", deepest)
	}
	g := &Group{Name: name, Attrs: map[string][]string{}, Line: p.line}
	var err error
	if g.Args, err = p.args(); err != nil {
		return nil, err
	}
	if t := p.next(); t != "{" {
		return nil, p.errorf("%s: %q: want {", name, t)
	}
	for {
		t := p.next()
		switch t {
		case "}":
			return g, nil
		case ";":
		case "":
			return nil, p.errorf("%s of line %d has no end", name, g.Line)
		default:
			if err := p.statement(g, t, depth); err != nil {
				return nil, err
			}
		}
	}
}

// statement reads an attribute or a group of g.
func (p *parser) statement(g *Group, name string, depth int) error {
	switch t := p.peek(); t {
	case ":":
		p.next()
		g.Attrs[name] = []string{p.value()}
	case "(":
		at, line := p.at, p.line
		args, err := p.args()
		if err != nil {
			return err
		}
		if p.peek() != "{" {
			g.Attrs[name] = args
			return nil
		}
		p.at, p.line, p.ahead = at, line, "("
		child, err := p.group(name, depth+1)
		if err != nil {
			return err
		}
		g.Groups = append(g.Groups, child)
	default:
		return p.errorf("%s: %q: want : or (", name, t)
	}
	return nil
}

// value reads what stands behind a colon up to the semicolon or the line's end.
func (p *parser) value() string {
	var parts []string
	line := 0
	for {
		t := p.peek()
		if t == "" || t == ";" || t == "}" || (len(parts) > 0 && p.line != line) {
			return strings.Join(parts, " ")
		}
		line = p.line
		parts = append(parts, strings.TrimPrefix(p.next(), `"`))
	}
}

// args reads "(a, b, …)".
func (p *parser) args() ([]string, error) {
	if t := p.next(); t != "(" {
		return nil, p.errorf("%q: want (", t)
	}
	var list []string
	for {
		switch t := p.next(); t {
		case ")":
			return list, nil
		case ",":
		case "", "{", "}", ";":
			return nil, p.errorf("%q in a list of arguments", t)
		default:
			list = append(list, strings.TrimPrefix(t, `"`))
		}
	}
}

// attr is the first value of an attribute, "" if it is missing.
func (g *Group) attr(name string) string {
	if v := g.Attrs[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// number is a numeric attribute; ok reports whether it is there.
func (g *Group) number(name string) (value float64, ok bool, err error) {
	text := g.attr(name)
	if text == "" {
		return 0, false, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, false, fmt.Errorf("%w: line %d: %s: %q: want a number", ErrLiberty, g.Line, name, text)
	}
	return v, true, nil
}

// all lists the groups of a name.
func (g *Group) all(name string) (list []*Group) {
	for _, c := range g.Groups {
		if c.Name == name {
			list = append(list, c)
		}
	}
	return list
}
