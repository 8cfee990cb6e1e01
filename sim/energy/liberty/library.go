package liberty

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Library is a cell library in SI units.
type Library struct {
	Name         string
	VoltageV     float64
	TemperatureC float64
	Process      float64
	Cells        map[string]*Cell
}

// Cell is a standard cell.
type Cell struct {
	Name     string
	AreaUM2  float64
	LeakageW float64
	Pins     []Pin // at most 16
	State    *State
	DontUse  bool // the library tells synthesis to leave it alone
}

// Pin is a pin of a cell.
type Pin struct {
	Name        string
	Output      bool
	Clock       bool
	Function    *Function // of an output, nil if it is a latch's, or three-state
	Capacitance float64   // of an input, farads
	Arcs        []Arc
	Power       []Power
}

// Arc is a delay from a pin to an output.
type Arc struct {
	From                 int
	Rise, Fall           *Table // seconds
	RiseSlew, FallSlew   *Table // seconds
	Inverting, Following bool   // negative and positive unate; neither: both edges
}

// Power is the energy that a cell takes from the supply, without its output's
// load, when a pin changes.
type Power struct {
	From       int       // the input that caused it, -1: any, or this pin itself
	When       *Function // nil: where no other group's condition holds
	Rise, Fall *Table    // joules; nil: none
}

// State is what a flip-flop does. Functions see its pins; IQ and IQN have the
// indices that StateIndex gives.
type State struct {
	Clock, Next   *Function
	Clear, Preset *Function // nil: none
}

// Indices of the internal state of a flip-flop, beyond any pin.
const (
	StateQ  = 16
	StateQN = 17
)

// units are the library's, in SI.
type units struct{ seconds, farads, joules, watts float64 }

// Parse reads the text of a library.
func Parse(text []byte) (*Library, error) {
	root, err := ParseGroup(text)
	if err != nil {
		return nil, err
	}
	l := &Library{Cells: map[string]*Cell{}}
	if len(root.Args) > 0 {
		l.Name = root.Args[0]
	}
	if err := l.conditions(root); err != nil {
		return nil, err
	}
	u, err := readUnits(root)
	if err != nil {
		return nil, err
	}
	named := templates{}
	for _, g := range root.Groups {
		if (g.Name == "lu_table_template" || g.Name == "power_lut_template") && len(g.Args) == 1 {
			named[g.Args[0]] = g
		}
	}
	for _, g := range root.all("cell") {
		c, err := u.cell(g, root, named)
		if err != nil {
			return nil, err
		}
		if c != nil {
			l.Cells[c.Name] = c
		}
	}
	if len(l.Cells) == 0 {
		return nil, fmt.Errorf("%w: no cells", ErrLiberty)
	}
	return l, nil
}

// conditions reads voltage and temperature.
func (l *Library) conditions(root *Group) error {
	for _, a := range []struct {
		name, condition string
		to              *float64
	}{{"nom_voltage", "voltage", &l.VoltageV}, {"nom_temperature", "temperature", &l.TemperatureC}, {"nom_process", "process", &l.Process}} {
		v, ok, err := root.number(a.name)
		for _, g := range root.all("operating_conditions") {
			if !ok && err == nil {
				v, ok, err = g.number(a.condition)
			}
		}
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w: %s: missing", ErrLiberty, a.name)
		}
		*a.to = v
	}
	if l.VoltageV <= 0 {
		return fmt.Errorf("%w: voltage %g: want above 0", ErrLiberty, l.VoltageV)
	}
	return nil
}

// readUnits reads the units. That of energy is not written in a library: it is
// the unit of capacitance times that of voltage squared.
func readUnits(root *Group) (*units, error) {
	u := &units{}
	volts := 0.0
	for _, q := range []struct {
		name, base string
		to         *float64
	}{{"time_unit", "s", &u.seconds}, {"leakage_power_unit", "W", &u.watts}, {"voltage_unit", "V", &volts}} {
		v, err := quantity(root.attr(q.name), q.base)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrLiberty, q.name, err)
		}
		*q.to = v
	}
	c := root.Attrs["capacitive_load_unit"]
	if len(c) != 2 {
		return nil, fmt.Errorf("%w: capacitive_load_unit: want a number and a unit", ErrLiberty)
	}
	farads, err := quantity(c[0]+strings.ToLower(c[1]), "f")
	if err != nil {
		return nil, fmt.Errorf("%w: capacitive_load_unit: %w", ErrLiberty, err)
	}
	u.farads = farads
	u.joules = farads * volts * volts
	return u, nil
}

// quantity reads "1ns", "10fF".
func quantity(text, base string) (float64, error) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	prefix, ok := strings.CutSuffix(text[len(digits):], base)
	scale, known := map[string]float64{"": 1, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}[prefix]
	value, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if !ok || !known || err != nil {
		return 0, fmt.Errorf("%q: want a number and a unit such as n%s", text, base)
	}
	return value * scale, nil
}

// cell reads a cell; nil if it has no pin or more than a state word holds, which
// no netlist of gates needs.
func (u *units) cell(g, root *Group, named templates) (*Cell, error) {
	pins := g.all("pin")
	if len(g.Args) != 1 || len(pins) == 0 || len(pins) > StateQ {
		return nil, nil
	}
	c := &Cell{Name: g.Args[0], DontUse: g.attr("dont_use") == "true"}
	for _, p := range pins {
		if len(p.Args) != 1 {
			return nil, fmt.Errorf("%w: line %d: cell %s: a pin without a name", ErrLiberty, p.Line, c.Name)
		}
		c.Pins = append(c.Pins, Pin{Name: p.Args[0]})
	}
	err := u.leakage(c, g)
	if err == nil {
		c.AreaUM2, _, err = g.number("area")
	}
	index := c.index
	for _, ff := range g.all("ff") {
		if err == nil {
			index, err = c.flipFlop(ff)
		}
	}
	for i, p := range pins {
		if err == nil {
			err = u.pin(c, &c.Pins[i], p, root, named, index)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cell %s: %w", c.Name, err)
	}
	return c, nil
}

// leakage is the cell's leakage: its total, or the mean of its states'.
func (u *units) leakage(c *Cell, g *Group) error {
	total, ok, err := g.number("cell_leakage_power")
	if err != nil {
		return err
	}
	states := 0.0
	for _, s := range g.all("leakage_power") {
		v, _, err := s.number("value")
		if err != nil {
			return err
		}
		if ground(s) || ok {
			continue
		}
		total += v
		states++
	}
	c.LeakageW = total * u.watts / max(states, 1)
	return nil
}

// ground reports whether a group is about the current into ground, which is that
// of the supply, seen a second time.
func ground(g *Group) bool {
	pin := strings.ToUpper(g.attr("related_pg_pin"))
	return slices.Contains([]string{"VSS", "GND", "VGND", "VNB"}, pin)
}

// index is the pin of a name.
func (c *Cell) index(name string) (int, bool) {
	i := slices.IndexFunc(c.Pins, func(p Pin) bool { return p.Name == name })
	return i, i >= 0
}

// Pin is the pin of a name, nil if there is none.
func (c *Cell) Pin(name string) *Pin {
	if i, ok := c.index(name); ok {
		return &c.Pins[i]
	}
	return nil
}

// flipFlop reads an ff group and returns an index that knows its state.
func (c *Cell) flipFlop(g *Group) (func(string) (int, bool), error) {
	if len(g.Args) != 2 {
		return nil, fmt.Errorf("%w: line %d: ff: want the names of two states", ErrLiberty, g.Line)
	}
	index := func(name string) (int, bool) {
		switch name {
		case g.Args[0]:
			return StateQ, true
		case g.Args[1]:
			return StateQN, true
		}
		return c.index(name)
	}
	c.State = &State{}
	for _, f := range []struct {
		name string
		to   **Function
	}{{"clocked_on", &c.State.Clock}, {"next_state", &c.State.Next}, {"clear", &c.State.Clear}, {"preset", &c.State.Preset}} {
		text := g.attr(f.name)
		if text == "" {
			continue
		}
		parsed, err := parseFunction(text, index)
		if err != nil {
			return nil, err
		}
		*f.to = parsed
	}
	if c.State.Clock == nil || c.State.Next == nil {
		return nil, fmt.Errorf("%w: line %d: ff: want clocked_on and next_state", ErrLiberty, g.Line)
	}
	return index, nil
}

// pin fills in what a pin group says.
func (u *units) pin(c *Cell, p *Pin, g, root *Group, named templates, index func(string) (int, bool)) error {
	p.Output = g.attr("direction") == "output"
	p.Clock = g.attr("clock") == "true"
	capacitance, ok, err := g.number("capacitance")
	if !ok && !p.Output && err == nil {
		capacitance, _, err = root.number("default_input_pin_cap")
	}
	if err != nil {
		return err
	}
	p.Capacitance = capacitance * u.farads
	if text := g.attr("function"); text != "" && g.attr("three_state") == "" && p.Output {
		// A latch's state is not known: its output keeps no function.
		if f, err := parseFunction(text, index); err == nil {
			p.Function = f
		}
	}
	for _, t := range g.all("timing") {
		if err := u.arc(c, p, t, named); err != nil {
			return err
		}
	}
	for _, w := range g.all("internal_power") {
		if err := u.power(c, p, w, named); err != nil {
			return err
		}
	}
	return nil
}

// related is the pins that a related_pin attribute names, at least one: -1 if it
// is missing.
func (c *Cell) related(g *Group) ([]int, error) {
	var pins []int
	for _, name := range strings.Fields(g.attr("related_pin")) {
		i, ok := c.index(name)
		if !ok {
			return nil, fmt.Errorf("%w: line %d: related_pin %q is no pin", ErrLiberty, g.Line, name)
		}
		pins = append(pins, i)
	}
	if len(pins) == 0 {
		pins = []int{-1}
	}
	return pins, nil
}

// arc reads a timing group that has delays.
func (u *units) arc(c *Cell, p *Pin, g *Group, named templates) error {
	from, err := c.related(g)
	if err != nil || from[0] < 0 || !p.Output {
		return err
	}
	switch g.attr("timing_type") {
	case "", "combinational", "combinational_rise", "combinational_fall", "rising_edge", "falling_edge":
	default:
		return nil
	}
	a := Arc{Inverting: g.attr("timing_sense") == "negative_unate", Following: g.attr("timing_sense") == "positive_unate"}
	for _, t := range []struct {
		name string
		to   **Table
	}{{"cell_rise", &a.Rise}, {"cell_fall", &a.Fall}, {"rise_transition", &a.RiseSlew}, {"fall_transition", &a.FallSlew}} {
		for _, table := range g.all(t.name) {
			if *t.to, err = u.table(table, named, u.seconds); err != nil {
				return err
			}
		}
	}
	for _, a.From = range from {
		p.Arcs = append(p.Arcs, a)
	}
	return nil
}

// power reads an internal_power group.
func (u *units) power(c *Cell, p *Pin, g *Group, named templates) error {
	if ground(g) {
		return nil
	}
	from, err := c.related(g)
	if err != nil {
		return err
	}
	w := Power{}
	if text := g.attr("when"); text != "" {
		if w.When, err = parseFunction(text, c.index); err != nil {
			return err
		}
	}
	for _, t := range g.Groups {
		table, err := u.table(t, named, u.joules)
		if err != nil {
			return err
		}
		switch t.Name {
		case "rise_power":
			w.Rise = table
		case "fall_power":
			w.Fall = table
		case "power":
			w.Rise, w.Fall = table, table
		}
	}
	for _, w.From = range from {
		p.Power = append(p.Power, w)
	}
	return nil
}

// Group is the power group of a pin that holds when the input from causes the
// transition (−1: the pin itself) in a state whose bit i is pin i: the first
// whose condition is true, else the one without a condition; −1 if there is none.
func (p *Pin) Group(from int, state uint32) int {
	fallback := -1
	for k := range p.Power {
		w := &p.Power[k]
		switch {
		case w.From != from && w.From >= 0:
		case w.When == nil:
			if fallback < 0 {
				fallback = k
			}
		case w.When.Eval(state):
			return k
		}
	}
	return fallback
}

// TypicalSlewS is a transition for inputs and clocks, which no library gives: the
// second point of the flip-flops' tables, the smallest of all cells.
func (l *Library) TypicalSlewS() float64 {
	slew := math.Inf(1)
	for _, c := range l.Cells {
		for p := range c.Pins {
			for _, a := range c.Pins[p].Arcs {
				if c.State != nil && a.Rise != nil && len(a.Rise.Slews) > 1 {
					slew = min(slew, a.Rise.Slews[1])
				}
			}
		}
	}
	if math.IsInf(slew, 1) {
		return 0
	}
	return slew
}
