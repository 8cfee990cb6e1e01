package mutants

import (
	"context"
	"fmt"
	"path/filepath"

	"lowres/sim/arch"
	"lowres/sim/program"
	"lowres/verify"
	"lowres/verify/random"
)

// test is a case that must agree.
type test struct {
	*random.Case
	name     string
	plusargs []string
	errors   uint32
	spoiled  bool
	base     uint32
}

// long is how many cycles a run needs for a host that meddles with it.
const long = 1500

// bases are where programs lie in memory: every address bit is 0 in one and 1 in another.
var bases = []uint32{0, 0x55555000, 0xAAAAA000, 0xFFC00000}

// suite is drawn networks and programs, and a long one with errors of memory and host. The first
// tests are those that catch most. Memories that stall by a pattern are left out: there
// Verilator 5.006 takes a write of the netlist, whose buses close false loops, a cycle early,
// while Icarus agrees.
func suite(d *arch.Design, count int) ([]test, error) {
	var networks []test
	var longest *test
	for i := 0; len(networks) < count || longest == nil; i++ {
		c, err := random.DrawOn(d, 1, i)
		if err != nil {
			return nil, err
		}
		if c.Design.Memory.StallPercent > 0 {
			continue
		}
		t := test{Case: c, name: fmt.Sprintf("network %d", i), base: bases[i%len(bases)]}
		if i%2 == 1 {
			relocate(c.Design, c.Program, i)
			t.name += ", relocated"
		}
		cycles, err := verify.Expected(c.Design, c.Program, c.Images)
		if err != nil {
			return nil, err
		}
		if longest == nil && cycles >= long && c.Stress.Percent == 0 && len(c.Images) > 1 {
			longest = &t
		}
		if len(networks) < count {
			networks = append(networks, t)
		}
	}
	with := func(name string, errors uint32, plusargs ...string) test {
		t := *longest
		t.name, t.errors, t.plusargs = name, errors, plusargs
		return t
	}
	const early = 4 // networks that run before the rest
	first := min(early, count)
	tests := append([]test{with("meddling host", 0x300, "+meddle")}, networks[:first]...)
	tests = append(tests, with("read error", 0x10, "+read_error=2"), with("write error", 0x20, "+write_error=1", "+decerr"),
		with("reset", 0, "+reset_at=700"))
	for engine, words := range illegal(longest.Program) {
		for _, word := range words {
			t := with(fmt.Sprintf("bad %v instruction, word %d", program.Engine(engine), word), 0x40, fmt.Sprintf("+spoil=%d", word))
			t.spoiled = true
			tests = append(tests, t)
		}
	}
	more, err := instructionTests(d)
	return append(append(tests, more...), networks[first:]...), err
}

// instructionTests are programs whose fields are anywhere in their widths: what networks leave
// of addresses, steps and sizes. Short resets hit the first while it fills the output buffer:
// then a block ends every few cycles, and what is on its way in the pipelines must go.
func instructionTests(d *arch.Design) (tests []test, err error) {
	const programs = 12
	for seed := range programs {
		p, input, err := random.Instructions(d, uint64(seed))
		if err != nil {
			return nil, err
		}
		tests = append(tests, test{name: fmt.Sprintf("instructions %d", seed), base: bases[seed%len(bases)],
			Case: &random.Case{Design: d, Program: p, Images: [][]int8{input}, Stress: verify.Stress{Garbage: true}}})
	}
	const filling, apart, resets = 2000, 5, 4 // cycles
	for i := range resets {
		t, at := tests[0], filling+apart*i
		t.name, t.plusargs = fmt.Sprintf("reset of one cycle at %d", at), []string{fmt.Sprintf("+reset_at=%d", at), "+reset_cycles=1"}
		tests = append(tests, t)
	}
	return tests, nil
}

// illegal are, by engine, program words (from 1) that make the first instruction
// illegal when they are zero: the number of beats, of steps, rows, a window and words of a group, of beats.
func illegal(p *program.Program) [program.EngineCount][]int {
	loads, computes := len(p.Loads)*program.LoadWords, len(p.Computes)*program.ComputeWords
	const beats = 4 // of a load's or store's words
	return [...][]int{{beats}, {loads + 3, loads + 8, loads + 10, loads + 12}, {loads + computes + beats}}
}

// relocate moves everything that a program has in buffers by the same share of each
// buffer, which changes addresses and nothing else: buffers are rings.
func relocate(d *arch.Design, p *program.Program, by int) {
	const parts = 8
	move := func(address, word, bytes int) int {
		return (address + by%parts*bytes/parts/word) % (bytes / word)
	}
	beat := d.MemoryBytes()
	for i := range p.Loads {
		l := &p.Loads[i]
		if l.Buffer != program.TableBuffer {
			l.Address = move(l.Address, beat, program.BufferBytes(d, l.Buffer))
		}
	}
	for i := range p.Computes {
		c := &p.Computes[i]
		c.ActAddress = int(int16(c.ActAddress + by%parts*d.Buffers.Activation/parts/d.Array.Lanes))
		c.WeightAddress = move(c.WeightAddress, beat, d.Buffers.Weight)
		c.ParamAddress = move(c.ParamAddress, beat, d.Buffers.Parameter)
		c.OutAddress = move(c.OutAddress, d.Array.Cols, d.Buffers.Output)
	}
	for i := range p.Stores {
		p.Stores[i].Address = move(p.Stores[i].Address, beat, d.Buffers.Output)
	}
}

// benches are the tests, built once for all mutants.
func (r *runner) prepare(ctx context.Context, tests []test) error {
	for i, t := range tests {
		c := t.Case
		b, err := verify.NewBench(ctx, verify.Options{
			Design: c.Design, Network: c.Network, Program: c.Program, Images: c.Images, Stress: &c.Stress, Base: t.base,
			Simulators: []verify.Simulator{verify.Verilator}, Tools: r.Tools, Jobs: 1,
			Sources: r.dir, WorkDir: filepath.Join(r.dir, fmt.Sprintf("test%d", i)), CacheDir: filepath.Join(r.dir, "builds"),
			Plusargs: t.plusargs, Errors: t.errors, Spoiled: t.spoiled,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		r.benches = append(r.benches, bench{b, t.name})
	}
	return nil
}

// bench is a test that is ready to run.
type bench struct {
	*verify.Bench
	name string
}
