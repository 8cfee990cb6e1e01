package liberty

import (
	"fmt"
	"strings"
)

// Function is a Boolean expression over the pins of a cell.
type Function struct {
	op   byte // 0 a pin, '0', '1' constants, '!', '&', '|', '^'
	pin  int
	a, b *Function
}

// parseFunction reads the expressions of function and when attributes: ! before
// and ' behind negate, * & and juxtaposition are and, + and | are or, ^ is
// exclusive or. index maps a name to its pin.
func parseFunction(text string, index func(string) (int, bool)) (*Function, error) {
	p := &expression{text: text, index: index}
	f, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if c := p.peek(); c != 0 {
		return nil, fmt.Errorf("%w: %q: %q is not expected", ErrLiberty, text, c)
	}
	return f, nil
}

// expression is a cursor in a Boolean expression.
type expression struct {
	text  string
	at    int
	index func(string) (int, bool)
}

// peek is the next character that is no blank, 0 at the end.
func (e *expression) peek() byte {
	for e.at < len(e.text) && (e.text[e.at] == ' ' || e.text[e.at] == '\t') {
		e.at++
	}
	if e.at == len(e.text) {
		return 0
	}
	return e.text[e.at]
}

func (e *expression) or(depth int) (*Function, error) {
	return e.chain(depth, "+|", '|', (*expression).xor)
}
func (e *expression) xor(depth int) (*Function, error) {
	return e.chain(depth, "^", '^', (*expression).and)
}

// chain reads operands joined by one of the operators.
func (e *expression) chain(depth int, operators string, op byte, operand func(*expression, int) (*Function, error)) (*Function, error) {
	f, err := operand(e, depth)
	for err == nil && e.peek() != 0 && strings.IndexByte(operators, e.peek()) >= 0 {
		e.at++
		var g *Function
		g, err = operand(e, depth)
		f = &Function{op: op, a: f, b: g}
	}
	return f, err
}

func (e *expression) and(depth int) (*Function, error) {
	f, err := e.term(depth)
	for err == nil {
		c := e.peek()
		if c == '*' || c == '&' {
			e.at++
		} else if c == 0 || strings.IndexByte("+|^)", c) >= 0 {
			break
		}
		var g *Function
		g, err = e.term(depth)
		f = &Function{op: '&', a: f, b: g}
	}
	return f, err
}

// term reads a pin, a constant, a negation or a bracket.
func (e *expression) term(depth int) (*Function, error) {
	if depth > deepest {
		return nil, fmt.Errorf("%w: %q nests more than %d deep", ErrLiberty, e.text, deepest)
	}
	var f *Function
	var err error
	switch c := e.peek(); c {
	case '!':
		e.at++
		f, err = e.term(depth + 1)
		f = &Function{op: '!', a: f}
	case '(':
		e.at++
		f, err = e.or(depth + 1)
		if err == nil && e.peek() != ')' {
			err = fmt.Errorf("%w: %q: a bracket is open", ErrLiberty, e.text)
		}
		e.at++
	default:
		f, err = e.name()
	}
	for err == nil && e.peek() == '\'' {
		e.at++
		f = &Function{op: '!', a: f}
	}
	return f, err
}

// name reads a pin or a constant.
func (e *expression) name() (*Function, error) {
	start := e.at
	for e.at < len(e.text) && strings.IndexByte(" \t!()*&+|^'", e.text[e.at]) < 0 {
		e.at++
	}
	name := e.text[start:e.at]
	if name == "0" || name == "1" {
		return &Function{op: name[0]}, nil
	}
	pin, ok := e.index(name)
	if !ok {
		return nil, fmt.Errorf("%w: %q: %q is no pin", ErrLiberty, e.text, name)
	}
	return &Function{pin: pin}, nil
}

// Eval is the value for a state, whose bit i is pin i.
func (f *Function) Eval(state uint32) bool {
	switch f.op {
	case 0:
		return state>>f.pin&1 == 1
	case '!':
		return !f.a.Eval(state)
	case '&':
		return f.a.Eval(state) && f.b.Eval(state)
	case '|':
		return f.a.Eval(state) || f.b.Eval(state)
	case '^':
		return f.a.Eval(state) != f.b.Eval(state)
	}
	return f.op == '1'
}

// Verilog is the expression in Verilog; name gives a pin's net.
func (f *Function) Verilog(name func(pin int) string) string {
	switch f.op {
	case 0:
		return name(f.pin)
	case '!':
		return "~" + f.a.Verilog(name)
	case '&', '|', '^':
		return "(" + f.a.Verilog(name) + " " + string(f.op) + " " + f.b.Verilog(name) + ")"
	}
	return "1'b" + string(f.op)
}

// Literal is the pin that f is, or the inverse of, if it is no more than that.
func (f *Function) Literal() (pin int, inverse, ok bool) {
	if f.op == '!' {
		pin, inverse, ok = f.a.Literal()
		return pin, !inverse, ok
	}
	return f.pin, false, f.op == 0
}

// Pins is the set of pins that appear in f, bit i for pin i.
func (f *Function) Pins() uint32 {
	switch f.op {
	case 0:
		return 1 << f.pin
	case '!':
		return f.a.Pins()
	case '&', '|', '^':
		return f.a.Pins() | f.b.Pins()
	}
	return 0
}
