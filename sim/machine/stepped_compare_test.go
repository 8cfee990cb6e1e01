package machine_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"lowres/internal/simtest"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
)

// randomProgram draws instructions one by one, each taking some of the tokens
// that the ones before it give, so that it cannot deadlock. Its data mean
// nothing.
func randomProgram(t *rapid.T, d *arch.Design) *program.Program {
	draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	beat := d.MemoryBytes()
	p := &program.Program{Memory: 1 << 14}
	var taken [program.EngineCount][program.EngineCount]int
	take := func(e, from program.Engine) int {
		n := draw("take", 0, p.Count(from)-taken[e][from])
		taken[e][from] += n
		return n
	}
	address := func() uint32 { return uint32(draw("memory", 0, 1<<13/beat) * beat) }
	open := 0 // positions of the reduction to continue, 0 for none
	for range draw("instructions", 1, 24) {
		e := program.Engine(draw("engine", 0, 2))
		switch e {
		case program.LoadEngine:
			p.Loads = append(p.Loads, program.Load{TakeCompute: take(e, program.ComputeEngine), TakeStore: take(e, program.StoreEngine),
				Memory: address(), Beats: draw("beats", 1, min(100, d.Buffers.Activation/beat))})
		case program.ComputeEngine:
			c := randomCompute(t, d, open)
			if open > 0 {
				c.MoreGroups = p.Computes[len(p.Computes)-1].MoreGroups
			}
			c.TakeLoad, c.TakeStore = take(e, program.LoadEngine), take(e, program.StoreEngine)
			p.Computes = append(p.Computes, c)
			open = 0
			if !c.Last {
				open = c.Positions()
			}
		case program.StoreEngine:
			p.Stores = append(p.Stores, program.Store{TakeCompute: take(e, program.ComputeEngine),
				Memory: address(), Beats: draw("beats", 1, min(100, d.Buffers.Output/beat))})
		}
	}
	if open > 0 {
		c := randomCompute(t, d, open)
		c.Last, c.MoreGroups = true, p.Computes[len(p.Computes)-1].MoreGroups
		p.Computes = append(p.Computes, c)
	}
	for e := range program.EngineCount {
		p.Places[e] = make([]program.Place, p.Count(e))
	}
	return p
}

// randomCompute draws an instruction that continues one of open positions, if
// that is not 0.
func randomCompute(t *rapid.T, d *arch.Design, open int) program.Compute {
	draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	c := program.Compute{Steps: draw("steps", 1, 12), PixelWords: 3, GroupWords: 3, InRows: 5, InCols: 5, KernelCols: 2, Stride: 1, Pool: 1,
		Set: draw("set", 0, len(d.Sets)-1), First: open == 0, OutRows: open, OutCols: 1}
	c.Last = rapid.Bool().Draw(t, "last")
	c.Wide = rapid.Bool().Draw(t, "wide")
	if d.Tables != nil {
		c.MoreGroups = draw("more groups", 0, d.Array.Hold-1)
	}
	if open > 0 {
		return c
	}
	c.OutRows = draw("rows", 1, d.BlockSlots())
	if c.Last {
		if d.Tables != nil {
			c.OutRows = draw("rows", 1, 12)
		}
		c.OutCols = draw("cols", 1, 6)
	}
	if c.Last && !c.Wide {
		c.Pool = draw("pool", 1, 3)
	}
	return c
}

// compare checks the closed forms and the event simulation against the stepped
// model, instruction by instruction and counter by counter.
func compare(t *rapid.T, d *arch.Design, p *program.Program) {
	timing, err := machine.Time(d, p)
	if err != nil {
		t.Fatal(err)
	}
	s, ended := runStepped(d, p, int(timing.Counters.Cycles)+1000)
	if !ended {
		t.Fatalf("the stepped model does not end by cycle %d", timing.Counters.Cycles)
	}
	for e := range program.EngineCount {
		for i, step := range timing.Steps[e] {
			if step.Go != s.goes[e][i] || step.Retire != s.retires[e][i] {
				t.Fatalf("%v %d: goes in %d, retires in %d; stepped %d and %d", e, i, step.Go, step.Retire, s.goes[e][i], s.retires[e][i])
			}
		}
	}
	if timing.Counters != s.counters {
		t.Fatalf("counters\n%+v, stepped\n%+v", timing.Counters, s.counters)
	}
}

// Random programs are quick to compare: ten times as many as of other cases.
func TestTimingEqualsTheSteppedModelOnRandomPrograms(t *testing.T) {
	for range 10 {
		rapid.Check(t, func(t *rapid.T) {
			d := simtest.Design(t)
			compare(t, d, randomProgram(t, d))
		})
	}
}

func TestTimingEqualsTheSteppedModelOnMappedNetworks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := simtest.Design(t)
		p, err := mapping.MapFor(simtest.Network(t, d), d, mapping.Options{Batch: rapid.IntRange(1, 3).Draw(t, "pictures")})
		if err != nil {
			return
		}
		compare(t, d, p)
	})
}

// stalling is the design with a memory that stalls by a pattern.
func stalling(t *rapid.T, d *arch.Design) *arch.Design {
	s := d.Spec
	s.Memory.StallPercent, s.Memory.StallSeed = rapid.IntRange(1, 90).Draw(t, "percent"), rapid.IntRange(0, 1<<31-1).Draw(t, "seed")
	d, err := arch.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTimingEqualsTheSteppedModelWithAMemoryThatStalls(t *testing.T) {
	for range 10 {
		rapid.Check(t, func(t *rapid.T) {
			d := stalling(t, simtest.Design(t))
			compare(t, d, randomProgram(t, d))
		})
	}
}

// Random tokens, given or not: what the event simulation calls a deadlock never
// ends, and all else does.
func TestDeadlockIsWhatNeverEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := simtest.Design(t)
		p := randomProgram(t, d)
		for i := range p.Loads {
			p.Loads[i].TakeCompute = rapid.IntRange(0, 2).Draw(t, "take")
		}
		for i := range p.Computes {
			p.Computes[i].TakeLoad = rapid.IntRange(0, 2).Draw(t, "take")
		}
		timing, err := machine.Time(d, p)
		if err != nil && !errors.Is(err, machine.ErrDeadlock) {
			t.Fatal(err)
		}
		most := 300_000
		if err == nil {
			most = int(timing.Counters.Cycles) + 1000
		}
		if _, ended := runStepped(d, p, most); ended == errors.Is(err, machine.ErrDeadlock) {
			t.Fatalf("stepped model ends: %v; error: %v", ended, err)
		}
	})
}

func TestDeadlockNamesEveryEngine(t *testing.T) {
	p := &program.Program{Memory: 4096}
	p.Loads = []program.Load{{Beats: 1}, {Beats: 1, TakeCompute: 1}}
	p.Computes = []program.Compute{{TakeLoad: 2, First: true, Last: true, Steps: 1, PixelWords: 1, GroupWords: 1, InRows: 1, InCols: 1,
		OutRows: 1, OutCols: 1, KernelCols: 1, Stride: 1, Pool: 1}}
	p.Places[program.LoadEngine] = make([]program.Place, 2)
	p.Places[program.ComputeEngine] = make([]program.Place, 1)
	_, err := machine.Time(mustDesign(t, arch.DefaultSpec()), p)
	want := "deadlock: load 1 waits for compute to retire 1 instructions, of which 0 have; " +
		"compute 0 waits for load to retire 2 instructions, of which 1 have; store has retired all 0; " +
		"take fewer tokens or move the instruction that gives them"
	if !errors.Is(err, machine.ErrDeadlock) || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// The hazard check finds a token that is missing, wherever it is.
func TestAMissingTokenIsAHazardOrHarmless(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		d := simtest.Design(t)
		net := simtest.Network(t, d)
		p, err := mapping.Map(net, d)
		if err != nil {
			return
		}
		dropToken(t, p)
		m, err := machine.New(d, p)
		if errors.Is(err, machine.ErrHazard) {
			found++
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		memory, input := m.Memory(), simtest.Input(net.Graph, 1)
		if err := p.Input().Put(memory, input); err != nil {
			t.Fatal(err)
		}
		r, err := m.Run(memory, machine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Output().Values(r.Memory, d.Array.Cols)
		if want := simtest.Reference(net, input); err != nil || !slices.Equal(got, want) {
			t.Fatalf("not a hazard, and yet %v, want %v (%v)", got, want, err)
		}
	})
	if found == 0 {
		t.Error("no hazard found")
	}
}

// dropToken takes a token from some instruction that has one.
func dropToken(t *rapid.T, p *program.Program) {
	var takes []*int
	for i := range p.Loads {
		takes = append(takes, &p.Loads[i].TakeCompute, &p.Loads[i].TakeStore)
	}
	for i := range p.Computes {
		takes = append(takes, &p.Computes[i].TakeLoad, &p.Computes[i].TakeStore)
	}
	for i := range p.Stores {
		takes = append(takes, &p.Stores[i].TakeCompute)
	}
	takes = slices.DeleteFunc(takes, func(n *int) bool { return *n == 0 })
	*takes[rapid.IntRange(0, len(takes)-1).Draw(t, "token")]--
}
