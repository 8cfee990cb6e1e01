package verify

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"lowres/network"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/testbench"
)

// planted is a network with what the simulator says of two images.
type planted struct {
	net    *network.Integer
	images [][]int8
	want   *expectation
}

func plant(t *testing.T) planted {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	net := fill(t, tinyGraph(), []int{3}, r)
	images := randomImages(net.Graph, 2, r)
	d := tinyDesign(t, nil)
	p, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	want, err := expect(d, p, images)
	if err != nil {
		t.Fatal(err)
	}
	return planted{net, images, want}
}

// log is a copy of the expected log, through its text.
func (p *planted) log(t *testing.T) *testbench.Log {
	t.Helper()
	log, err := testbench.ParseLog(bytes.NewReader(p.want.log.Format()))
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// compare is the first difference that the comparison finds.
func (p *planted) compare(log *testbench.Log, timed bool) *Mismatch {
	c := comparison{want: p.want, graph: p.net.Graph, simulator: "verilator", timed: timed}
	return c.compare(log, 0, len(p.images))
}

const (
	load    = program.LoadEngine
	compute = program.ComputeEngine
	store   = program.StoreEngine
)

func TestALogAsExpectedAgrees(t *testing.T) {
	p := plant(t)
	if m := p.compare(p.log(t), true); m != nil {
		t.Error(m)
	}
}

func TestThePartOfALaterImageAgrees(t *testing.T) {
	p := plant(t)
	log := p.log(t)
	log.Images = log.Images[1:]
	c := comparison{want: p.want, simulator: "icarus", timed: true}
	if m := c.compare(log, 1, 1); m != nil {
		t.Error(m)
	}
	log.Images[0].Counters[3]++
	if m := c.compare(log, 1, 1); m == nil || m.Image != 1 {
		t.Errorf("want a mismatch of image 1, have %v", m)
	}
}

func TestEveryDifferenceIsFoundAndNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(l *testbench.Log)
		want   string
	}{
		{"a late go", func(l *testbench.Log) { l.Images[0].Go[compute][0] += 2 },
			"verilator, image 0, compute instruction 0 (conv1, rows 0-0, columns 0-0): go at cycle 57, want 55"},
		{"an early retire", func(l *testbench.Log) { l.Images[1].Retire[load][2] -= 3 },
			"verilator, image 1, load instruction 2 (conv1, rows 0-0, columns 0-0): retire at cycle 43, want 46"},
		{"a retire that never comes", func(l *testbench.Log) { l.Images[1].Retire[store] = nil },
			"verilator, image 1, store instruction 0 (conv1, rows 0-0, columns 0-0): no retire, want it at cycle"},
		{"an instruction too many", func(l *testbench.Log) { l.Images[0].Go[load] = append(l.Images[0].Go[load], 9999) },
			"go at cycle 9,999, want none"},
		{"a late beat", func(l *testbench.Log) { l.Images[0].Writes[0].Cycle++ },
			"verilator, image 0, store instruction 0 (conv1, rows 0-0, columns 0-0): write at cycle 159, want 158"},
		{"a beat that is missing", func(l *testbench.Log) { w := &l.Images[0].Writes; *w = (*w)[:len(*w)-1] },
			"(fc1, rows 0-0): no write, want it at cycle"},
		{"a beat too many", func(l *testbench.Log) {
			w := &l.Images[1].Writes
			*w = append(*w, testbench.Write{Cycle: 5000, Data: make([]byte, 8)})
		}, "write at cycle 5,000, want none"},
		{"another address", func(l *testbench.Log) { l.Images[0].Writes[2].Address += 8 },
			"cycle 298: address written is 0x000006d8, want 0x000006d0"},
		{"a wrong activation", func(l *testbench.Log) { l.Images[1].Writes[3].Data[2] ^= 0x40 },
			"write conv1[y=1 x=0 c=2] is"},
		{"a wrong byte of padding", func(l *testbench.Log) { l.Images[0].Writes[4].Data[7] = 1 },
			"write conv1[y=1 x=1 c=7] (padding) is 1, want 0"},
		{"a wrong logit", func(l *testbench.Log) { w := l.Images[0].Writes; w[len(w)-4].Data[4] ^= 1 },
			"write fc1[y=0 x=0 c=0] byte 1 is"},
		{"an unknown value", func(l *testbench.Log) { l.Images[0].Writes[5].Data = nil },
			"write conv1[y=1 x=2 c=0] is unknown (X), want"},
		{"a wrong counter", func(l *testbench.Log) { l.Images[0].Counters[8]++ },
			"counter array_active is"},
		{"counters that were not read", func(l *testbench.Log) { l.Images[1].Counters = nil },
			"verilator, image 1: cycle 851: counter cycles is not read, want 851"},
		{"an error in STATUS", func(l *testbench.Log) { l.Images[0].Status |= 1 << 4 },
			"STATUS is 0x00000012, want 0x00000002"},
		{"a run that never ends", func(l *testbench.Log) { l.Images[1].Done = false },
			"verilator, image 1: cycle 851: STATUS is never done"},
		{"an image that is missing", func(l *testbench.Log) { l.Images = l.Images[:1] },
			"verilator, image 1: cycle 0: image is none, want a run"},
		{"a log without an end", func(l *testbench.Log) { l.Ended = false },
			"log is none, want an end"},
		{"a broken bus rule", func(l *testbench.Log) {
			l.Violations = []testbench.Violation{{Image: 1, Cycle: 55, Rule: "ar-4k"}}
		}, "verilator, image 1: cycle 55: bus rule ar-4k is broken, want kept"},
		{"a broken bus rule in reset", func(l *testbench.Log) {
			l.Violations = []testbench.Violation{{Image: -1, Rule: "reset"}}
		}, "verilator: bus rule reset is broken, want kept"},
		{"another design", func(l *testbench.Log) { l.Registers[1].Value++ },
			"verilator: register 0x28 is 0x01040405, want 0x01040404"},
		{"a register that was not read", func(l *testbench.Log) { l.Registers = l.Registers[:2] },
			"register 0x2c is not read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plant(t)
			log := p.log(t)
			c.change(log)
			m := p.compare(log, true)
			if m == nil {
				t.Fatal("no mismatch")
			}
			if !errors.Is(m, ErrMismatch) || !strings.Contains(m.Error(), c.want) {
				t.Errorf("%v\nwant %q", m, c.want)
			}
		})
	}
}

func TestTheFirstDifferenceInTimeIsNamed(t *testing.T) {
	p := plant(t)
	log := p.log(t)
	log.Images[1].Go[load][0]++         // a later image
	log.Images[0].Retire[store][1] += 5 // late
	log.Images[0].Writes[3].Data[0]++   // earlier
	log.Images[0].Retire[compute][0]++  // earlier still
	log.Images[0].Counters[0] = 0       // the end
	m := p.compare(log, true)
	if m == nil || m.Engine != "compute" || m.Instruction != 0 || m.Signal != "retire" {
		t.Errorf("want the retire of compute 0, have %v", m)
	}
}

func TestStressComparesValuesAlone(t *testing.T) {
	p := plant(t)
	log := p.log(t)
	for i := range log.Images {
		for e := range program.EngineCount {
			for j := range log.Images[i].Go[e] {
				log.Images[i].Go[e][j] *= 2
				log.Images[i].Retire[e][j] *= 3
			}
		}
		log.Images[i].Counters[0] *= 3
	}
	if m := p.compare(log, false); m != nil {
		t.Errorf("other cycles: %v", m)
	}
	log.Images[1].Writes[0].Data[1]++
	if m := p.compare(log, false); m == nil || !strings.Contains(m.Signal, "conv1[y=0 x=0 c=1]") {
		t.Errorf("want a value of conv1, have %v", m)
	}
}

func TestASimulatorThatDisagreesWithTheReferenceIsNamed(t *testing.T) {
	p := plant(t)
	values, err := p.want.checkReference(p.net, p.images)
	if err != nil || values != 2*(3*3*6+5) {
		t.Fatalf("%d values, %v", values, err)
	}
	fc := p.want.program.Output()
	p.want.memories[1][fc.Address+4]++ // byte 1 of logit 0
	_, err = p.want.checkReference(p.net, p.images)
	var m *Mismatch
	if !errors.As(err, &m) || m.Simulator != "machine" || m.Image != 1 || m.Signal != "fc1[y=0 x=0 c=0]" {
		t.Errorf("%v", err)
	}
	conv := p.want.program.Tensors[1]
	p.want.memories[0][int(conv.Address)+4*conv.PixelBytes+5] ^= 1
	if _, err = p.want.checkReference(p.net, p.images); !errors.As(err, &m) || m.Signal != "conv1[y=1 x=1 c=5]" {
		t.Errorf("%v", err)
	}
}

func TestCyclesAreGrouped(t *testing.T) {
	for c, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 18204: "18,204", 1234567: "1,234,567"} {
		if got := grouped(machine.Cycle(c)); got != want {
			t.Errorf("%d: %s, want %s", c, got, want)
		}
	}
}
