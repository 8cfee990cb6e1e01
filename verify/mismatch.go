package verify

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"lowres/sim/machine"
)

// ErrMismatch is what every *Mismatch wraps: RTL, simulator and reference do not
// agree.
var ErrMismatch = errors.New("mismatch")

// Mismatch is the first point in time at which two engines differ.
type Mismatch struct {
	Simulator   string // "verilator", "icarus", or "machine" (the exact simulator against the reference)
	Image       int    // −1 before the first
	Engine      string // "load", "compute", "store", or "" if no engine is at fault
	Instruction int    // of the engine
	Layer       string // that the instruction works for
	Tile        string // of the layer
	Cycle       machine.Cycle
	Signal      string // what differs: "go", "retire", "write conv1[y=0 x=3 c=2]", "counter cycles"
	Want, Got   string
	Timed       bool   // Want and Got are cycles, or "none"
	Inside      string // what the array's sums say, if they were looked at
	Wave        string // the waveform around it, if there is one
}

// Error is one sentence, for instance "verilator, image 2, compute instruction 41
// (conv2, rows 0-7): retire at cycle 18,204, want 18,200".
func (m *Mismatch) Error() string {
	var b strings.Builder
	b.WriteString(m.Simulator)
	if m.Image >= 0 {
		fmt.Fprintf(&b, ", image %d", m.Image)
	}
	if m.Engine != "" {
		fmt.Fprintf(&b, ", %s instruction %d", m.Engine, m.Instruction)
	}
	if place := m.place(); place != "" {
		fmt.Fprintf(&b, " (%s)", place)
	}
	switch {
	case m.Timed && m.Got == none:
		fmt.Fprintf(&b, ": no %s, want it at cycle %s", m.Signal, m.Want)
	case m.Timed:
		fmt.Fprintf(&b, ": %s at cycle %s, want %s", m.Signal, m.Got, m.Want)
	case m.Image < 0:
		fmt.Fprintf(&b, ": %s is %s, want %s", m.Signal, m.Got, m.Want)
	default:
		fmt.Fprintf(&b, ": cycle %s: %s is %s, want %s", grouped(m.Cycle), m.Signal, m.Got, m.Want)
	}
	if m.Inside != "" {
		fmt.Fprintf(&b, "; %s", m.Inside)
	}
	if m.Wave != "" {
		fmt.Fprintf(&b, "; waveform in %s", m.Wave)
	}
	return b.String()
}

// none stands for an event that there is not.
const none = "none"

// place is "conv2, rows 0-7".
func (m *Mismatch) place() string {
	if m.Tile == "" {
		return m.Layer
	}
	return m.Layer + ", " + m.Tile
}

// Unwrap makes errors.Is(err, ErrMismatch) true.
func (m *Mismatch) Unwrap() error { return ErrMismatch }

// grouped writes a cycle with commas between thousands.
func grouped(c machine.Cycle) string {
	s := strconv.FormatInt(int64(c), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
