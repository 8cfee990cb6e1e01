package verify

import (
	"fmt"

	"lowres/network"
	"lowres/registers"
	"lowres/sim/machine"
	"lowres/sim/program"
	"lowres/testbench"
)

// comparison looks for the first point in time at which a log differs from what
// was expected.
type comparison struct {
	want      *expectation
	graph     *network.Graph
	simulator string
	timed     bool // compare cycles and counters, not only values
	spoiled   bool // of image 0 compare only how it ended
	first     *Mismatch
}

// compare returns the first difference, nil if there is none. got.Images must be
// images first, first + 1, … of the expectation.
func (c *comparison) compare(got *testbench.Log, first, count int) *Mismatch {
	c.registers(got)
	for i := range count {
		if c.first != nil {
			return c.first
		}
		if i >= len(got.Images) {
			c.propose(&Mismatch{Image: first + i, Signal: "image", Want: "a run", Got: none})
			break
		}
		c.image(&c.want.log.Images[first+i], &got.Images[i], first+i)
		for _, v := range got.Violations {
			if v.Image == i {
				c.propose(&Mismatch{Image: first + i, Cycle: v.Cycle, Signal: "bus rule " + v.Rule, Want: "kept", Got: "broken"})
			}
		}
	}
	if c.first == nil && !got.Ended {
		c.propose(&Mismatch{Image: first + count - 1, Signal: "log", Want: "an end", Got: none})
	}
	return c.first
}

// propose keeps the earlier of two mismatches, of equals the one proposed first.
func (c *comparison) propose(m *Mismatch) {
	m.Simulator = c.simulator
	if c.first == nil || m.Cycle < c.first.Cycle {
		c.first = m
	}
}

// registers compares what was read, and what was broken, before the first image.
func (c *comparison) registers(got *testbench.Log) {
	for _, v := range got.Violations {
		if v.Image < 0 {
			c.propose(&Mismatch{Image: -1, Signal: "bus rule " + v.Rule, Want: "kept", Got: "broken"})
		}
	}
	for i, w := range c.want.log.Registers {
		m := &Mismatch{Image: -1, Signal: fmt.Sprintf("register %#02x", w.Address), Want: fmt.Sprintf("%#08x", w.Value), Got: "not read"}
		if i < len(got.Registers) {
			m.Got = fmt.Sprintf("%#08x", got.Registers[i].Value)
		}
		if m.Got != m.Want {
			c.propose(m)
		}
	}
}

// image compares the run of one image.
func (c *comparison) image(want, got *testbench.Image, index int) {
	if c.spoiled && index == 0 {
		c.status(want, got, index)
		return
	}
	for e := range program.EngineCount {
		c.events("go", e, want.Go[e], got.Go[e], index)
		c.events("retire", e, want.Retire[e], got.Retire[e], index)
	}
	c.writes(want.Writes, got.Writes, index)
	if c.first != nil {
		return
	}
	c.status(want, got, index)
	end := machine.Cycle(want.Counters[0])
	for i := 0; c.timed && i < len(want.Counters); i++ {
		m := &Mismatch{Image: index, Cycle: end, Signal: "counter " + registers.Counters()[i], Want: fmt.Sprint(want.Counters[i]), Got: "not read"}
		if i < len(got.Counters) {
			m.Got = fmt.Sprint(got.Counters[i])
		}
		if m.Got != m.Want {
			c.propose(m)
		}
	}
}

// status compares how an image ended.
func (c *comparison) status(want, got *testbench.Image, index int) {
	if got.Status != want.Status || !got.Done {
		c.propose(&Mismatch{Image: index, Cycle: machine.Cycle(want.Counters[0]), Signal: "STATUS", Want: statusText(want), Got: statusText(got)})
	}
}

// statusText is STATUS as people read it.
func statusText(m *testbench.Image) string {
	if !m.Done {
		return "never done"
	}
	return fmt.Sprintf("%#08x", m.Status)
}

// events compares the cycles of one kind of event of one engine.
func (c *comparison) events(signal string, e program.Engine, want, got []machine.Cycle, image int) {
	for i := range max(len(want), len(got)) {
		m := c.at(e, i, &Mismatch{Image: image, Signal: signal, Want: none, Got: none, Timed: true})
		switch {
		case i >= len(got):
			m.Want, m.Cycle = grouped(want[i]), want[i]
		case i >= len(want):
			m.Got, m.Cycle = grouped(got[i]), got[i]
		case c.timed && want[i] != got[i]:
			m.Want, m.Got, m.Cycle = grouped(want[i]), grouped(got[i]), min(want[i], got[i])
		default:
			continue
		}
		c.propose(m)
		return
	}
}

// writes compares the beats written.
func (c *comparison) writes(want, got []testbench.Write, image int) {
	for i := range max(len(want), len(got)) {
		m := &Mismatch{Image: image, Signal: "write", Want: none, Got: none, Timed: true}
		if i < len(c.want.stores) {
			m = c.at(program.StoreEngine, c.want.stores[i], m)
		}
		switch {
		case i >= len(got):
			m.Want, m.Cycle = grouped(want[i].Cycle), want[i].Cycle
		case i >= len(want):
			m.Got, m.Cycle = grouped(got[i].Cycle), got[i].Cycle
		case c.timed && want[i].Cycle != got[i].Cycle:
			m.Want, m.Got, m.Cycle = grouped(want[i].Cycle), grouped(got[i].Cycle), min(want[i].Cycle, got[i].Cycle)
		case want[i].Address != got[i].Address:
			m.Timed, m.Cycle, m.Signal = false, got[i].Cycle, "address written"
			m.Want, m.Got = fmt.Sprintf("%#08x", want[i].Address), fmt.Sprintf("%#08x", got[i].Address)
		case !c.beat(m, &want[i], &got[i]):
		default:
			continue
		}
		c.propose(m)
		return
	}
}

// beat reports whether two beats hold the same bytes, and fills m in for the
// first byte that differs.
func (c *comparison) beat(m *Mismatch, want, got *testbench.Write) bool {
	m.Timed, m.Cycle = false, got.Cycle
	for i := range want.Data {
		if got.Data != nil && got.Data[i] == want.Data[i] {
			continue
		}
		m.Signal = "write " + c.place(want.Address+uint32(i))
		m.Want, m.Got = fmt.Sprint(int8(want.Data[i])), "unknown (X)"
		if got.Data != nil {
			m.Got = fmt.Sprint(int8(got.Data[i]))
		}
		return false
	}
	return true
}

// at fills in an instruction and its place in the network.
func (c *comparison) at(e program.Engine, index int, m *Mismatch) *Mismatch {
	m.Engine, m.Instruction = e.String(), index
	places := c.want.program.Places[e]
	if index < len(places) {
		m.Layer, m.Tile = layerName(c.graph, places[index].Layer), places[index].Tile
	}
	return m
}

// place names the value that a byte of memory belongs to.
func (c *comparison) place(address uint32) string {
	for _, t := range c.want.program.Tensors {
		if address >= t.Address && address < t.Address+uint32(t.Bytes()) {
			return valueName(t, layerName(c.graph, t.Layer), address, c.want.design.Array.Cols)
		}
	}
	return fmt.Sprintf("memory[%#x]", address)
}

// valueName is "conv1[y=0 x=3 c=2]".
func valueName(t program.Tensor, name string, address uint32, cols int) string {
	at := int(address - t.Address)
	pixel, channel := at/t.PixelBytes, at%t.PixelBytes
	plane := ""
	if t.Wide {
		plane = fmt.Sprintf(" byte %d", channel/cols%4)
		channel = channel/(4*cols)*cols + channel%cols
	}
	if channel >= t.Shape.C {
		plane += " (padding)"
	}
	return fmt.Sprintf("%s[%s c=%d]%s", name, pixelName(t, pixel), channel, plane)
}

// pixelName is "y=0 x=3", in a batch "picture=1 y=0 x=3".
func pixelName(t program.Tensor, pixel int) string {
	w, size := t.Shape.W, t.Shape.H*t.Shape.W
	s := fmt.Sprintf("y=%d x=%d", pixel%size/w, pixel%w)
	if t.Count() > 1 {
		s = fmt.Sprintf("picture=%d %s", pixel/size, s)
	}
	return s
}

// layerName is the name of a layer, "input" for −1.
func layerName(g *network.Graph, layer int) string {
	switch {
	case layer < 0:
		return "input"
	case g == nil || layer >= len(g.Layers):
		return fmt.Sprintf("layer %d", layer)
	}
	return g.Layers[layer].Name
}
