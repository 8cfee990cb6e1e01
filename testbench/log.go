package testbench

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"lowres/sim/machine"
	"lowres/sim/program"
)

// ErrLog is returned for a text that is not the log of a harness.
var ErrLog = errors.New("log")

// logHeader is the first line of every log.
const logHeader = "lowres log 1"

// Log is what a run of the harness saw. docs/verification.md has the format.
type Log struct {
	Registers  []Register // read before the first image
	Images     []Image
	Violations []Violation
	Timeout    bool // the harness gave up
	Ended      bool // all images are done
}

// Register is an identity register and its contents.
type Register struct{ Address, Value uint32 }

// Image is the run of one image.
type Image struct {
	Go, Retire [program.EngineCount][]machine.Cycle // by instruction
	Writes     []Write                              // beats in the order of their handshakes
	Counters   []uint32
	Status     uint32
	Done       bool // STATUS said so
}

// Write is a beat that the accelerator wrote.
type Write struct {
	Cycle   machine.Cycle
	Address uint32 // relative to the base, in bytes
	Data    []byte // nil if a bit of it is unknown (X)
}

// Violation is a broken bus rule.
type Violation struct {
	Image int // −1 before the first
	Cycle machine.Cycle
	Rule  string
}

// ParseLog reads a log. It returns ErrLog with the line at fault; a log that
// stops early is no fault, Ended then is false.
func ParseLog(r io.Reader) (*Log, error) {
	p := logParser{log: &Log{}}
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		if n == 1 && s.Text() != logHeader {
			return nil, fmt.Errorf("%w: line 1: %q: want %q", ErrLog, s.Text(), logHeader)
		}
		if n == 1 {
			continue
		}
		if err := p.line(s.Text()); err != nil {
			return nil, fmt.Errorf("%w: line %d: %q: %w", ErrLog, n, s.Text(), err)
		}
	}
	return p.log, s.Err()
}

// logParser reads line by line.
type logParser struct{ log *Log }

// errLine is the fault of a line that is none of the log's.
var errLine = errors.New("not a line of a log; is the harness of this lowres?")

func (p *logParser) line(text string) error {
	kind, rest, _ := strings.Cut(text, " ")
	f := strings.Fields(rest)
	image := &Image{}
	if n := len(p.log.Images); n > 0 {
		image = &p.log.Images[n-1]
	}
	switch {
	case kind == "image" && len(f) == 1:
		return p.image(f[0])
	case (kind == "go" || kind == "retire") && len(f) == 3:
		return image.event(kind, f)
	case kind == "write" && len(f) == 3:
		return image.write(f)
	case kind == "counter" && len(f) == 2:
		return image.counter(f)
	case kind == "status" && len(f) == 1:
		status, err := parseHex(f[0])
		image.Status, image.Done = status, true
		return err
	case kind == "register" && len(f) == 2:
		return p.register(f)
	case kind == "violation" && len(f) == 2:
		cycle, err := parseCycle(f[0])
		p.log.Violations = append(p.log.Violations, Violation{len(p.log.Images) - 1, cycle, f[1]})
		return err
	case kind == "timeout":
		p.log.Timeout = true
		return nil
	case kind == "reset": // all starts again
		p.log.Registers, p.log.Images = nil, nil
		return nil
	case kind == "end":
		p.log.Ended = true
		return nil
	case kind == "ar", kind == "aw":
		return nil
	}
	return errLine
}

// image begins an image.
func (p *logParser) image(index string) error {
	if n := len(p.log.Images); index != strconv.Itoa(n) {
		return fmt.Errorf("want image %d", n)
	}
	p.log.Images = append(p.log.Images, Image{})
	return nil
}

func (p *logParser) register(f []string) error {
	address, err1 := parseHex(f[0])
	value, err2 := parseHex(f[1])
	p.log.Registers = append(p.log.Registers, Register{address, value})
	return errors.Join(err1, err2)
}

// event is a go or retire line: engine, index, cycle.
func (m *Image) event(kind string, f []string) error {
	events := &m.Go
	if kind == "retire" {
		events = &m.Retire
	}
	for e := range program.EngineCount {
		if e.String() != f[0] {
			continue
		}
		if want := strconv.Itoa(len(events[e])); f[1] != want {
			return fmt.Errorf("want %v %s", e, want)
		}
		cycle, err := parseCycle(f[2])
		if n := len(events[e]); n > 0 && cycle <= events[e][n-1] {
			return fmt.Errorf("want a cycle after %d", events[e][n-1])
		}
		events[e] = append(events[e], cycle)
		return err
	}
	return errLine
}

// write is a line of cycle, address and data, the highest address first.
func (m *Image) write(f []string) error {
	cycle, err1 := parseCycle(f[0])
	address, err2 := parseHex(f[1])
	data, err3 := hex.DecodeString(f[2])
	if strings.ContainsAny(f[2], "xXzZ") {
		data, err3 = nil, nil
	}
	if n := len(m.Writes); n > 0 && cycle <= m.Writes[n-1].Cycle {
		return fmt.Errorf("want a cycle after %d", m.Writes[n-1].Cycle)
	}
	slices.Reverse(data)
	m.Writes = append(m.Writes, Write{cycle, address, data})
	return errors.Join(err1, err2, err3)
}

// counter is a line of index and value.
func (m *Image) counter(f []string) error {
	if want := strconv.Itoa(len(m.Counters)); f[0] != want {
		return fmt.Errorf("want counter %s", want)
	}
	v, err := strconv.ParseUint(f[1], 10, 32)
	if strings.ContainsAny(f[1], "xXzZ") {
		return errors.New("the counter is unknown (X)")
	}
	m.Counters = append(m.Counters, uint32(v))
	return err
}

// parseCycle reads a decimal; before the first image it is all ones.
func parseCycle(s string) (machine.Cycle, error) {
	v, err := strconv.ParseUint(s, 10, 32)
	return machine.Cycle(v), err
}

func parseHex(s string) (uint32, error) {
	v, err := strconv.ParseUint(s, 16, 32)
	return uint32(v), err
}

// Format writes the log as the harness would: by cycle, and within a cycle
// retires, then goes, then writes.
func (l *Log) Format() []byte {
	var b bytes.Buffer
	b.WriteString(logHeader + "\n")
	for _, r := range l.Registers {
		fmt.Fprintf(&b, "register %03x %08x\n", r.Address, r.Value)
	}
	for i := range l.Images {
		fmt.Fprintf(&b, "image %d\n", i)
		l.Images[i].format(&b)
	}
	if l.Ended {
		fmt.Fprintf(&b, "end %d\n", len(l.Images))
	}
	return b.Bytes()
}

// format writes the lines of one image.
func (m *Image) format(b *bytes.Buffer) {
	type line struct {
		cycle machine.Cycle
		rank  int
		text  string
	}
	var lines []line
	for e := range program.EngineCount {
		for i, c := range m.Retire[e] {
			lines = append(lines, line{c, int(e), fmt.Sprintf("retire %v %d %d", e, i, c)})
		}
		for i, c := range m.Go[e] {
			lines = append(lines, line{c, 3 + int(e), fmt.Sprintf("go %v %d %d", e, i, c)})
		}
	}
	for _, w := range m.Writes {
		data := slices.Clone(w.Data)
		slices.Reverse(data)
		lines = append(lines, line{w.Cycle, 6, fmt.Sprintf("write %d %08x %x", w.Cycle, w.Address, data)})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return int(a.cycle-b.cycle)*8 + a.rank - b.rank })
	for _, l := range lines {
		b.WriteString(l.text + "\n")
	}
	fmt.Fprintf(b, "status %08x\n", m.Status)
	for i, v := range m.Counters {
		fmt.Fprintf(b, "counter %d %d\n", i, v)
	}
}
