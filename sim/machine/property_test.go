package machine_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"lowres/internal/simtest"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
)

// A random network on a random design gives the values of the reference for every
// picture of a batch, whole layers or tiles, resident or streamed.
func TestRandomNetworksGiveTheReferenceValues(t *testing.T) {
	mapped, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := simtest.Design(t)
		net := simtest.Network(t, d)
		pictures := rapid.SampledFrom([]int{1, 1, 1, 2, 3, 7}).Draw(t, "pictures")
		seed := rapid.Uint64().Draw(t, "input")
		var input []int8
		var want []int32
		for i := range pictures {
			picture := simtest.Input(net.Graph, seed+uint64(i))
			input, want = append(input, picture...), append(want, simtest.Reference(net, picture)...)
		}
		got, _, err := runNetwork(net, d, input)
		if errors.Is(err, mapping.ErrFit) {
			refused++
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		mapped++
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
	t.Logf("%d mapped, %d did not fit", mapped, refused)
	if mapped < refused {
		t.Errorf("%d networks of %d fit: want most", mapped, mapped+refused)
	}
}

// The fast mode gives the cycles, counters and actions of the exact mode.
func TestFastModeEqualsExactMode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := simtest.Design(t)
		p, err := mapping.MapFor(simtest.Network(t, d), d, mapping.Options{Batch: rapid.IntRange(1, 3).Draw(t, "pictures")})
		if err != nil {
			return
		}
		fast, err := machine.Time(d, p)
		if err != nil {
			t.Fatal(err)
		}
		m, err := machine.New(d, p)
		if err != nil {
			t.Fatal(err)
		}
		exact, err := m.Run(m.Memory(), machine.Options{Writes: true})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(fast.Counters, exact.Timing.Counters) || !reflect.DeepEqual(fast.Steps, exact.Timing.Steps) {
			t.Fatalf("fast %+v, exact %+v", fast.Counters, exact.Timing.Counters)
		}
		checkLayers(t, machine.Layers(d, p, fast), exact)
		checkWrites(t, p, exact, d.MemoryBytes())
	})
}

// checkLayers compares the actions that do not depend on values, and sums.
func checkLayers(t *rapid.T, fast []machine.Layer, exact *machine.Result) {
	cycles := machine.Cycle(0)
	for i, l := range fast {
		cycles += l.Cycles
		for a := range machine.ActionCount {
			have := exact.Layers[i].Actions[a]
			if !a.Exact() && have != l.Actions[a] {
				t.Fatalf("layer %d: %v: fast %d, exact %d", i, a, l.Actions[a], have)
			}
			if have < 0 {
				t.Fatalf("layer %d: %v: %d", i, a, have)
			}
		}
	}
	for i, l := range exact.Layers {
		cells := int64(0)
		for _, level := range l.Levels {
			cells += level.Cells
			if level.Level == 0 && level.Cells != l.Actions[machine.CellZeroWeight] {
				t.Fatalf("layer %d: level 0 in %d cells, zero weights in %d", i, level.Cells, l.Actions[machine.CellZeroWeight])
			}
		}
		if cells != l.Actions[machine.CellIssued] {
			t.Fatalf("layer %d: levels in %d cells of %d", i, cells, l.Actions[machine.CellIssued])
		}
	}
	if cycles != exact.Timing.Counters.Cycles {
		t.Fatalf("layers of %d cycles, run of %d", cycles, exact.Timing.Counters.Cycles)
	}
}

// checkWrites replays the log of writes and compares it with memory.
func checkWrites(t *rapid.T, p *program.Program, r *machine.Result, beat int) {
	if got, want := int64(len(r.Writes)), r.Timing.Counters.WriteBeats; got != want {
		t.Fatalf("%d writes logged, %d counted", got, want)
	}
	before := machine.Cycle(-1)
	for _, w := range r.Writes {
		if w.Cycle <= before || len(w.Data) != beat {
			t.Fatalf("beat of %d bytes in cycle %d after cycle %d", len(w.Data), w.Cycle, before)
		}
		before = w.Cycle
		if !slices.Equal(r.Memory[w.Address:int(w.Address)+beat], w.Data) {
			t.Fatalf("memory at %#x differs from the beat written there", w.Address)
		}
	}
}

// No instruction takes tokens that have not been given by the time it goes.
func TestTokensAreNeverNegative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := simtest.Design(t)
		p, err := mapping.Map(simtest.Network(t, d), d)
		if err != nil {
			return
		}
		timing, err := machine.Time(d, p)
		if err != nil {
			t.Fatal(err)
		}
		for e := range program.EngineCount {
			taken := [program.EngineCount]int{}
			for i, s := range timing.Steps[e] {
				for from, n := range tokensOf(p, e, i) {
					taken[from] += n
					if given := retiredBefore(timing.Steps[from], s.Go); taken[from] > given {
						t.Fatalf("%v %d has taken %d tokens of %v by cycle %d: %d given", e, i, taken[from], program.Engine(from), s.Go, given)
					}
				}
			}
		}
	})
}

// tokensOf is what instruction i of e takes from each engine.
func tokensOf(p *program.Program, e program.Engine, i int) [program.EngineCount]int {
	switch e {
	case program.LoadEngine:
		return [program.EngineCount]int{0, p.Loads[i].TakeCompute, p.Loads[i].TakeStore}
	case program.ComputeEngine:
		return [program.EngineCount]int{p.Computes[i].TakeLoad, 0, p.Computes[i].TakeStore}
	}
	return [program.EngineCount]int{0, p.Stores[i].TakeCompute, 0}
}

func retiredBefore(steps []machine.Step, c machine.Cycle) int {
	n := 0
	for _, s := range steps {
		if s.Retire < c {
			n++
		}
	}
	return n
}
