// Package strictyaml reads a YAML file into a struct and reports everything in
// it that does not belong, all at once, each with its line.
package strictyaml

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// ErrSyntax is returned for a text that is not YAML: nothing of it was read.
var ErrSyntax = errors.New("not YAML")

// Decode reads one YAML document into the struct that v points to. Fields that
// the text leaves out keep their values. Unknown and repeated keys, values of
// another type (1.5 or "1" for a whole number), missing values, anchors, aliases
// and tags, and further documents are errors, gathered for the whole text; each
// says line, field, what stands there and what is allowed.
func Decode(text []byte, v any) (err error) {
	defer func() {
		if fault := recover(); fault != nil { // the library panics on some malformed texts
			err = fmt.Errorf("%w: %v", ErrSyntax, fault)
		}
	}()
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrSyntax, yaml.FormatError(err, false, true))
	}
	c := checker{lines: strings.Split(string(text), "\n")}
	c.documents(file, reflect.TypeOf(v).Elem())
	err = errors.Join(c.faults...)
	if len(file.Docs) == 0 || file.Docs[0].Body == nil || c.beyond {
		return err
	}
	if fault := yaml.NodeToValue(file.Docs[0].Body, v, yaml.Strict()); fault != nil && err == nil {
		return errors.New(yaml.FormatError(fault, false, true))
	}
	return err
}

// checker walks a document beside the type that it must fill.
type checker struct {
	lines  []string
	faults []error
	beyond bool // a fault could not be cut out of the document
}

// fail notes a fault with its line, as "line 3: array.lanes: 1.5: want a whole number".
func (c *checker) fail(n ast.Node, path, rule string) {
	line := n.GetToken().Position.Line
	excerpt := ""
	if line >= 1 && line <= len(c.lines) {
		excerpt = "\n\t| " + strings.TrimSpace(c.lines[line-1])
	}
	c.faults = append(c.faults, fmt.Errorf("line %d: %s: %s%s", line, path, rule, excerpt))
}

// documents checks that the file holds one document at most.
func (c *checker) documents(f *ast.File, t reflect.Type) {
	for i, d := range f.Docs {
		switch {
		case d.Body == nil:
		case i > 0:
			c.fail(d.Body, "document", fmt.Sprintf("number %d: want one YAML document", i+1))
		default:
			c.node(d.Body, t, "")
		}
	}
}

// node checks one value against the type it must fill.
func (c *checker) node(n ast.Node, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		c.mapping(n, t, path)
	case reflect.Slice:
		c.sequence(n, t, path)
	default:
		c.scalar(n, t.Kind(), path)
	}
}

// mapping checks the keys of a struct and what stands behind them.
func (c *checker) mapping(n ast.Node, t reflect.Type, path string) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		c.fail(n, name(path), fmt.Sprintf("%s: want keys: %s", excerpt(n), strings.Join(keys(t), ", ")))
		c.beyond = c.beyond || path == ""
		return
	}
	var sound []*ast.MappingValueNode
	for _, p := range m.Values {
		before := len(c.faults)
		key := p.Key.String()
		full := strings.TrimPrefix(path+"."+key, ".")
		field, ok := fieldOf(t, key)
		if ok {
			c.node(p.Value, field, full)
		} else {
			c.fail(p.Key, full, "unknown key: want "+strings.Join(keys(t), ", "))
		}
		if _, inner := p.Value.(*ast.MappingNode); len(c.faults) == before || (ok && inner) {
			sound = append(sound, p)
		}
	}
	m.Values = sound
}

// sequence checks the elements of a slice.
func (c *checker) sequence(n ast.Node, t reflect.Type, path string) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		c.fail(n, name(path), excerpt(n)+": want a list")
		return
	}
	for i, v := range s.Values {
		c.node(v, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
	}
}

// scalar checks a single value.
func (c *checker) scalar(n ast.Node, kind reflect.Kind, path string) {
	ok, want := false, ""
	switch kind {
	case reflect.String:
		switch n.(type) {
		case *ast.StringNode, *ast.LiteralNode:
			ok = true
		}
		want = "text"
	case reflect.Bool:
		_, ok = n.(*ast.BoolNode)
		want = "true or false"
	case reflect.Float32, reflect.Float64:
		switch n.(type) {
		case *ast.FloatNode, *ast.IntegerNode:
			ok = true
		}
		want = "a number"
	default:
		_, ok = n.(*ast.IntegerNode)
		want = "a whole number"
	}
	if !ok {
		c.fail(n, name(path), excerpt(n)+": want "+want)
	}
}

// name is the path of a field, or what to call the whole document.
func name(path string) string {
	if path == "" {
		return "document"
	}
	return path
}

// excerpt is what stands at a node, shortened.
func excerpt(n ast.Node) string {
	if _, ok := n.(*ast.NullNode); ok {
		return "nothing"
	}
	text := strings.Join(strings.Fields(n.String()), " ")
	if len(text) > 40 {
		text = text[:40] + " …"
	}
	return text
}

// keys lists the keys of a struct in the order of its fields.
func keys(t reflect.Type) []string {
	var names []string
	for f := range fields(t) {
		names = append(names, f.key)
	}
	return names
}

// fieldOf is the type of the field with the given key.
func fieldOf(t reflect.Type, key string) (reflect.Type, bool) {
	for f := range fields(t) {
		if f.key == key {
			return f.kind, true
		}
	}
	return nil, false
}

type field struct {
	key  string
	kind reflect.Type
}

// fields visits the tagged fields of a struct, inlined ones in their place.
func fields(t reflect.Type) func(yield func(field) bool) {
	return func(yield func(field) bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			tag := strings.Split(f.Tag.Get("yaml"), ",")
			switch {
			case slices.Contains(tag[1:], "inline"):
				for inner := range fields(f.Type) {
					if !yield(inner) {
						return
					}
				}
			case tag[0] != "" && tag[0] != "-":
				if !yield(field{tag[0], f.Type}) {
					return
				}
			}
		}
	}
}
