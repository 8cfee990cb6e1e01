// Package vcd reads value change dumps of Verilog simulators: scalar changes,
// in the order of time, as a stream of any length.
//
// Source: IEEE 1364-2005, clause 18.
package vcd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ErrVCD is returned for text that is not a value change dump.
var ErrVCD = errors.New("vcd")

// Signal is a variable of one bit. Several may share one code.
type Signal struct {
	Scope string // of modules, joined by dots
	Name  string
	Code  int // index in what Changes reports
}

// Reader reads a dump.
type Reader struct {
	Signals []Signal // scalars
	Codes   int      // how many codes there are
	Seconds float64  // of one unit of time
	in      *bufio.Reader
	codes   map[string]int
	line    int
}

// NewReader reads the header of a dump.
func NewReader(r io.Reader) (*Reader, error) {
	v := &Reader{in: bufio.NewReaderSize(r, 1<<20), codes: map[string]int{}}
	var scope []string
	for {
		keyword, body, err := v.section()
		if err != nil {
			return nil, err
		}
		switch keyword {
		case "$scope":
			if len(body) != 2 {
				return nil, v.errorf("$scope: want a kind and a name")
			}
			scope = append(scope, body[1])
		case "$upscope":
			if len(scope) == 0 {
				return nil, v.errorf("$upscope: no scope is open")
			}
			scope = scope[:len(scope)-1]
		case "$var":
			if len(body) < 4 {
				return nil, v.errorf("$var: want kind, width, code and name")
			}
			v.variable(body, strings.Join(scope, "."))
		case "$timescale":
			if v.Seconds, err = timescale(strings.Join(body, "")); err != nil {
				return nil, v.errorf("%v", err)
			}
		case "$enddefinitions":
			if v.Seconds == 0 {
				return nil, v.errorf("$timescale: missing")
			}
			return v, nil
		}
	}
}

func (v *Reader) errorf(format string, a ...any) error {
	return fmt.Errorf("%w: line %d: "+format, append([]any{ErrVCD, v.line}, a...)...)
}

// section reads "$keyword … $end".
func (v *Reader) section() (string, []string, error) {
	keyword, err := v.word()
	if err != nil {
		return "", nil, err
	}
	if !strings.HasPrefix(keyword, "$") {
		return "", nil, v.errorf("%q: want a section of the header", keyword)
	}
	var body []string
	for {
		w, err := v.word()
		if err != nil {
			return "", nil, err
		}
		if w == "$end" {
			return keyword, body, nil
		}
		body = append(body, w)
	}
}

// word is the next word of the header.
func (v *Reader) word() (string, error) {
	var b strings.Builder
	for {
		c, err := v.in.ReadByte()
		if err != nil {
			return "", v.errorf("the header has no end")
		}
		if c == '\n' {
			v.line++
		}
		if c > ' ' {
			b.WriteByte(c)
		} else if b.Len() > 0 {
			return b.String(), nil
		}
	}
}

// variable notes a scalar.
func (v *Reader) variable(body []string, scope string) {
	if body[1] != "1" {
		return
	}
	code, ok := v.codes[body[2]]
	if !ok {
		code = v.Codes
		v.codes[body[2]] = code
		v.Codes++
	}
	v.Signals = append(v.Signals, Signal{Scope: scope, Name: strings.Join(body[3:], ""), Code: code})
}

// timescale reads "100fs".
func timescale(text string) (float64, error) {
	digits := strings.TrimRight(text, "munpfs")
	n, err := strconv.Atoi(digits)
	unit := map[string]float64{"s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12, "fs": 1e-15}[text[len(digits):]]
	if err != nil || n < 1 || unit == 0 {
		return 0, fmt.Errorf("$timescale %q: want a number and a unit", text)
	}
	return float64(n) * unit, nil
}

// Change is a new value of a scalar: '0', '1', 'x' or 'z'.
type Change struct {
	Code  int
	Value byte
}

// Changes calls step for every time at which scalars change, with all of that
// time's changes, until the dump ends or step fails. The slice is reused.
func (v *Reader) Changes(step func(time int64, changes []Change) error) error {
	var changes []Change
	time := int64(0)
	flush := func() error {
		if len(changes) == 0 {
			return nil
		}
		err := step(time, changes)
		changes = changes[:0]
		return err
	}
	for {
		line, err := v.in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			return v.errorf("a line of more than a megabyte")
		}
		if err != nil && err != io.EOF {
			return err
		}
		v.line++
		text := trim(line)
		if len(text) > 0 {
			switch text[0] {
			case '#':
				if err := flush(); err != nil {
					return err
				}
				next, err := strconv.ParseInt(string(text[1:]), 10, 64)
				if err != nil || next < time {
					return v.errorf("time %q: want a number that rises", text)
				}
				time = next
			case '0', '1', 'x', 'X', 'z', 'Z': // with bit 5 set: '0' to 'z'
				if code, ok := v.codes[string(text[1:])]; ok {
					changes = append(changes, Change{code, text[0] | 0x20})
				}
			case 'b', 'B', 'r', 'R', '$':
			default:
				return v.errorf("%.40q: want a time or a value", text)
			}
		}
		if err == io.EOF {
			return flush()
		}
	}
}

// trim is the line without blanks at its end.
func trim(line []byte) []byte {
	for len(line) > 0 && line[len(line)-1] <= ' ' {
		line = line[:len(line)-1]
	}
	return line
}
