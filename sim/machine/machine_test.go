package machine_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// smallSpec is a 4 × 4 array with buffers of a few KiB and a 64-bit memory.
func smallSpec() arch.Spec {
	s := arch.DefaultSpec()
	s.Name = "small"
	s.Array = arch.Array{Cell: arch.CellSelect, Lanes: 4, Cols: 4, Pixels: 1, Hold: 8, AccumulatorBits: 24, Requantisers: 2, RequantiserStages: arch.FewStages, WeightTiles: 2, SumBlocks: 2, LevelsPerStage: 1}
	s.Buffers = arch.Buffers{Activation: 4 << 10, Weight: 2 << 10, Parameter: 1 << 10, Output: 2 << 10}
	s.Program = arch.Depths{Load: 1024, Compute: 1024, Store: 256}
	s.Memory = arch.Memory{WidthBits: 64, LatencyCycles: 20, BurstBeats: 16, Outstanding: 2}
	return s
}

func mustDesign(t testing.TB, s arch.Spec) *arch.Design {
	t.Helper()
	d, err := arch.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// runNetwork maps the network and returns what the machine gives for an input.
func runNetwork(net *network.Integer, d *arch.Design, input []int8) ([]int32, *machine.Result, error) {
	p, err := mapping.MapFor(net, d, mapping.Options{Batch: len(input) / net.Graph.Input.Size()})
	if err != nil {
		return nil, nil, err
	}
	m, err := machine.New(d, p)
	if err != nil {
		return nil, nil, err
	}
	memory := m.Memory()
	if err := p.Input().Put(memory, input); err != nil {
		return nil, nil, err
	}
	r, err := m.Run(memory, machine.Options{})
	if err != nil {
		return nil, nil, err
	}
	out, err := p.Output().Values(r.Memory, d.Array.Cols)
	return out, r, err
}

func TestModelsGiveTheReferenceValues(t *testing.T) {
	deep := arch.DefaultSpec()
	deep.Program = arch.Depths{Load: 4096, Compute: 4096, Store: 4096}
	for _, c := range []struct {
		model string
		n     int
		spec  arch.Spec
	}{
		{"cvnn-small", 3, arch.DefaultSpec()},
		{"cvnn-small", 3, smallSpec()},
		{"cvnn-small", 2, smallSpec()},
		{"cvnn1", 3, arch.DefaultSpec()},
		{"cvnn1", 5, arch.DefaultSpec()},
		{"fcnn1", 3, arch.DefaultSpec()},
		{"cvnn2", 3, deep},
	} {
		t.Run(fmt.Sprintf("%s N=%d on %s", c.model, c.n, c.spec.Name), func(t *testing.T) {
			c.spec.Levels = []int{c.n}
			net, err := simtest.Model(c.model, c.n, 1)
			if err != nil {
				t.Fatal(err)
			}
			input := simtest.Input(net.Graph, 7)
			got, r, err := runNetwork(net, mustDesign(t, c.spec), input)
			if err != nil {
				t.Fatal(err)
			}
			if want := simtest.Reference(net, input); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			macs := int64(0)
			for i := range net.Graph.Layers {
				macs += net.Graph.Layers[i].MACs()
			}
			cells := int64(c.spec.Array.Lanes * c.spec.Array.Cols)
			t.Logf("%d cycles, %.1f %% utilisation, %+v", r.Timing.Counters.Cycles,
				100*float64(macs)/float64(cells*int64(r.Timing.Counters.Cycles)), r.Timing.Counters)
		})
	}
}

// A timer gives the same cycles again, and no run allocates.
func TestATimerDoesNotAllocate(t *testing.T) {
	d := mustDesign(t, arch.DefaultSpec())
	net, err := simtest.Model("cvnn-small", 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	want, err := machine.Time(d, p)
	if err != nil {
		t.Fatal(err)
	}
	timer, err := machine.NewTimer(d, p)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(3, func() { timer.Time() }); n != 0 {
		t.Errorf("%v allocations a run: want none", n)
	}
	if got := timer.Time(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v: want %+v", got.Counters, want.Counters)
	}
}
