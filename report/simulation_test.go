package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/report"
	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

var update = flag.Bool("update", false, "write the golden files")

// simulate runs cvnn-small on the default design and reports it.
func simulate(t *testing.T, technology string) (*report.Simulation, error) {
	t.Helper()
	d, err := arch.New(arch.DefaultSpec())
	if err != nil {
		t.Fatal(err)
	}
	net, err := simtest.Model("cvnn-small", 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	m, err := machine.New(d, p)
	if err != nil {
		t.Fatal(err)
	}
	in := report.SimulationInput{Graph: net.Graph, Design: d, Timing: m.Timing(), Layers: machine.Layers(d, p, m.Timing())}
	if technology == "" {
		return report.NewSimulation(in)
	}
	if in.Technology, err = energy.Load("horowitz45"); err != nil {
		t.Fatal(err)
	}
	if technology == "fast" {
		return report.NewSimulation(in)
	}
	memory := m.Memory()
	if err := p.Input().Put(memory, simtest.Input(net.Graph, 1)); err != nil {
		t.Fatal(err)
	}
	r, err := m.Run(memory, machine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in.Layers = r.Layers
	return report.NewSimulation(in)
}

func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; if it should, run with -update\n%s", name, got.Bytes())
	}
}

func TestSimulationReport(t *testing.T) {
	s, err := simulate(t, "horowitz45")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "simulation.txt", s.Table)
	golden(t, "layers.csv", s.CSV)
	golden(t, "report.json", s.JSON)
}

// The figures are the same again, and hold every layer's name.
func TestFigures(t *testing.T) {
	d, err := arch.New(arch.DefaultSpec())
	if err != nil {
		t.Fatal(err)
	}
	net, err := simtest.Model("cvnn-small", 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	timing, err := machine.Time(d, p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := simulate(t, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, draw := range []func(io.Writer) error{
		func(w io.Writer) error { return s.Roofline(w, d) },
		func(w io.Writer) error { return report.Gantt(w, net.Graph, timing, p) },
	} {
		var first, again bytes.Buffer
		if err := errors.Join(draw(&first), draw(&again)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Error("two figures of one run differ")
		}
		for _, name := range []string{"conv1", "conv2", "conv3", "fc1"} {
			if !strings.Contains(first.String(), name) {
				t.Errorf("no %s in the figure", name)
			}
		}
	}
	instructions := len(p.Loads) + len(p.Computes) + len(p.Stores)
	var gantt bytes.Buffer
	if err := report.Gantt(&gantt, net.Graph, timing, p); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(gantt.String(), "<path"); n < instructions {
		t.Errorf("%d shapes for %d instructions", n, instructions)
	}
}

func TestReportWithoutTechnologyHasNoEnergy(t *testing.T) {
	s, err := simulate(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if s.Energy != nil || s.Total.Energy != nil {
		t.Error("energy without a technology")
	}
	golden(t, "no-energy.txt", s.Table)
}

func TestEnergyNeedsTheExactMode(t *testing.T) {
	if _, err := simulate(t, "fast"); !errors.Is(err, energy.ErrValues) {
		t.Errorf("got %v, want ErrValues", err)
	}
}

// Layers add up to the total, and losses to the cycles in which no position is
// issued.
func TestRowsAddUp(t *testing.T) {
	s, err := simulate(t, "horowitz45")
	if err != nil {
		t.Fatal(err)
	}
	macs, cycles, picojoules := int64(0), int64(0), 0.0
	for _, r := range s.Layers {
		macs, cycles = macs+r.MACs, cycles+r.Cycles
		picojoules += r.Energy.TypicalPJ
		l := r.Losses
		idle := l.Load + l.Store + l.Drain + l.Tile + l.Overhead
		if want := r.Cycles - int64(r.ArrayActive*float64(r.Cycles)+0.5); idle != want || l.Overhead < 0 {
			t.Errorf("%s: losses %+v: want %d in all", r.Layer, l, want)
		}
	}
	if macs != s.Total.MACs || cycles != s.Cycles {
		t.Errorf("layers: %d MACs, %d cycles; total: %d, %d", macs, cycles, s.Total.MACs, s.Cycles)
	}
	if d := picojoules/s.Total.Energy.TypicalPJ - 1; d > 1e-9 || d < -1e-9 {
		t.Errorf("layers: %g pJ, total: %g pJ", picojoules, s.Total.Energy.TypicalPJ)
	}
}

func TestFilesCanBeReadBack(t *testing.T) {
	s, err := simulate(t, "horowitz45")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := s.CSV(&b); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(records) != len(s.Layers)+1 {
		t.Errorf("%d records, %v", len(records), err)
	}
	b.Reset()
	if err := s.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var back report.Simulation
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || back.Counters != s.Counters {
		t.Errorf("%+v, %v", back.Counters, err)
	}
}

// A pool that drops a row drops its multiply-accumulates too.
func TestUsefulMACsAreThoseOfResultsThatAreKept(t *testing.T) {
	g := &network.Graph{Name: "odd", Input: network.Shape{H: 5, W: 4, C: 1}, Layers: []network.Layer{
		{Name: "conv", Kind: network.Conv, Out: 1, Kernel: 1}, {Name: "pool", Kind: network.MaxPool, Kernel: 2}}}
	if err := g.Resolve(); err != nil {
		t.Fatal(err)
	}
	d, err := arch.New(arch.DefaultSpec())
	if err != nil {
		t.Fatal(err)
	}
	s, err := report.NewSimulation(report.SimulationInput{Graph: g, Design: d,
		Timing: &machine.Timing{Counters: machine.Counters{Cycles: 100}}, Layers: []machine.Layer{{Cycles: 100, Last: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Layers[0]; r.MACs != 16 || r.Layer != "conv+pool" {
		t.Errorf("%s: %d MACs: want 16 of the 20", r.Layer, r.MACs)
	}
}

func TestManifest(t *testing.T) {
	m := report.NewManifest("lowres 1.0.0", []string{"simulate", "-n", "3"})
	for _, name := range []string{"network", "design"} {
		if err := m.Input(name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Input("design", nil); err == nil {
		t.Error("recorded twice without an error")
	}
	golden(t, "manifest.json", m.JSON)
}
