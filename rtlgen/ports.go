package rtlgen

import (
	"regexp"
	"strconv"
	"strings"
)

// port is a port of an emitted module.
type port struct {
	Name  string
	Input bool
	Width int
}

// portLine is a line of a port list, as the templates write it.
var portLine = regexp.MustCompile(`(?m)^    (input|output) +wire +(?:\[(\d+):0\] *)?(\w+),?(?: *//.*)?$`)

// ports reads the ports of the module in an emitted file, so that what is
// written around a module always has the ports that it has.
func ports(text []byte) []port {
	var list []port
	for _, m := range portLine.FindAllSubmatch(text, -1) {
		p := port{Name: string(m[3]), Input: string(m[1]) == "input", Width: 1}
		if len(m[2]) > 0 {
			high, _ := strconv.Atoi(string(m[2])) // digits, by the expression
			p.Width = high + 1
		}
		list = append(list, p)
	}
	return list
}

// Range is the port's range with a blank behind, or nothing for a single bit.
func (p port) Range() string {
	if p.Width == 1 {
		return ""
	}
	return "[" + strconv.Itoa(p.Width-1) + ":0] "
}

// Direction is the port's keyword, padded.
func (p port) Direction() string {
	if p.Input {
		return "input  wire"
	}
	return "output wire"
}

// trace reports whether the port is for simulation.
func (p port) trace() bool { return strings.HasPrefix(p.Name, "trace_") }

// placedPort is a port and its lowest bit in a word.
type placedPort struct {
	port
	Low int
}

// Slice is the port's part of the word.
func (p placedPort) Slice() string {
	if p.Width == 1 {
		return "[" + strconv.Itoa(p.Low) + "]"
	}
	return "[" + strconv.Itoa(p.Low+p.Width-1) + ":" + strconv.Itoa(p.Low) + "]"
}

// placed lays the ports that are wanted side by side in a word, and returns the
// word's width too.
func placed(list []port, want func(port) bool) (in []placedPort, width int) {
	for _, p := range list {
		if want(p) {
			in = append(in, placedPort{p, width})
			width += p.Width
		}
	}
	return in, width
}

// scan is the ports of the wrapper as the board top connects them.
type scan struct {
	In, Out   []placedPort
	InW, OutW int
}

// Scan lays the inputs of each bus in a word that the buses share, and all
// outputs in another.
func (v folderView) Scan() (s scan) {
	for _, bus := range []string{"s_axi_", "m_axi_"} {
		in, width := placed(v.Ports, func(p port) bool { return p.Input && strings.HasPrefix(p.Name, bus) })
		s.In, s.InW = append(s.In, in...), max(s.InW, width)
	}
	s.Out, s.OutW = placed(v.Ports, func(p port) bool { return !p.Input })
	return s
}
