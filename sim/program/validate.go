package program

import (
	"errors"
	"fmt"
	"math/bits"

	"lowres/network"
	"lowres/sim/arch"
)

// ErrProgram is returned for a program that a design cannot run.
var ErrProgram = errors.New("program")

// Validate checks every instruction against the design, except what only
// running shows (deadlock, data that is not there yet: see sim/machine). It
// returns ErrProgram with all faults.
func (p *Program) Validate(d *arch.Design) error {
	v := validator{p: p, d: d}
	v.sizes()
	for i := range p.Loads {
		v.load(i)
	}
	for i := range p.Computes {
		v.compute(i)
	}
	for i := range p.Stores {
		v.store(i)
	}
	for e := range EngineCount {
		if _, err := p.Encode(e); err != nil {
			v.errs = append(v.errs, fmt.Errorf("%w: %w", ErrProgram, err))
		}
	}
	return errors.Join(v.errs...)
}

// validator gathers the faults of a program.
type validator struct {
	p     *Program
	d     *arch.Design
	steps int // of the reduction that the instruction at hand continues
	errs  []error
}

func (v *validator) fail(where, format string, a ...any) {
	v.errs = append(v.errs, fmt.Errorf("%w: %s: %s", ErrProgram, where, fmt.Sprintf(format, a...)))
}

// sizes checks the tables: depths, places and memory.
func (v *validator) sizes() {
	depths := [EngineCount]int{v.d.Program.Load, v.d.Program.Compute, v.d.Program.Store}
	for e := range EngineCount {
		n := v.p.Count(e)
		if n > depths[e] {
			v.fail(e.String(), "%d instructions: the design holds %d; %s", n, depths[e], remedy(e, n))
		}
		if len(v.p.Places[e]) != n {
			v.fail(e.String(), "%d places for %d instructions: want one each", len(v.p.Places[e]), n)
		}
	}
	if len(v.p.Image) > v.p.Memory || int64(v.p.Memory) > 1<<32 {
		v.fail("memory", "%d bytes: want %d (the image) to 2^32", v.p.Memory, len(v.p.Image))
	}
}

// remedy says what to do about n instructions.
func remedy(e Engine, n int) string {
	if n > arch.MaxDepth {
		return fmt.Sprintf("no design holds more than %d: raise the buffers, so that there are fewer tiles", arch.MaxDepth)
	}
	return fmt.Sprintf("raise program.%v to %d", e, 1<<bits.Len(uint(n-1)))
}

func (v *validator) load(i int) {
	l := &v.p.Loads[i]
	where := fmt.Sprintf("load %d", i)
	if l.Buffer < 0 || l.Buffer >= BufferCount {
		v.fail(where, "buffer %d: want 0 to %d", l.Buffer, BufferCount-1)
		return
	}
	if sets := len(v.d.Sets); l.Set < 0 || l.Set >= sets || (l.Set > 0 && l.Buffer != WeightBuffer) {
		v.fail(where, "set %d: want 0 to %d for weights, 0 for all else", l.Set, sets-1)
	}
	v.transfer(where, l.Memory, l.Address, l.Beats, BufferBytes(v.d, l.Buffer))
}

func (v *validator) store(i int) {
	s := &v.p.Stores[i]
	v.transfer(fmt.Sprintf("store %d", i), s.Memory, s.Address, s.Beats, v.d.Buffers.Output)
}

// transfer checks the memory and buffer side of a load or store.
func (v *validator) transfer(where string, memory uint32, address, beats, bufferBytes int) {
	beat := v.d.MemoryBytes()
	if words := bufferBytes / beat; beats < 1 || beats > words || address < 0 || address >= words {
		v.fail(where, "%d beats at beat %d: the buffer has %d", beats, address, words)
	}
	if int(memory)%beat != 0 || int(memory)+beats*beat > v.p.Memory {
		v.fail(where, "%d beats at memory %#x: want a multiple of %d within %d bytes", beats, memory, beat, v.p.Memory)
	}
}

func (v *validator) compute(i int) {
	c := &v.p.Computes[i]
	where := fmt.Sprintf("compute %d", i)
	if c.Set < 0 || c.Set >= len(v.d.Sets) {
		v.fail(where, "set %d: the design has %d", c.Set, len(v.d.Sets))
	}
	for _, f := range []struct {
		name  string
		value int
	}{
		{"steps", c.Steps}, {"group_words", c.GroupWords}, {"out_rows", c.OutRows}, {"out_cols", c.OutCols},
		{"kernel_cols", c.KernelCols}, {"pool", c.Pool}, {"in_rows", c.InRows}, {"in_cols", c.InCols},
	} {
		if f.value < 1 {
			v.fail(where, "%s %d: want 1 or more", f.name, f.value)
			return
		}
	}
	if c.Overlap >= c.Pool {
		v.fail(where, "overlap %d of windows of %d: want less, so that each begins behind the one before", c.Overlap, c.Pool)
	}
	if c.Wide && c.Pool != 1 {
		v.fail(where, "wide with pool %d: sums are not pooled", c.Pool)
	}
	if tables := v.d.Buffers.Table / network.TableSize; c.Table && (c.Wide || c.TableIndex >= tables) {
		v.fail(where, "table %d, wide: %v: the design holds %d, for narrow outputs", c.TableIndex, c.Wide, tables)
	}
	v.groups(where, c)
	v.chain(where, i)
}

// groups checks the column groups of an instruction.
func (v *validator) groups(where string, c *Compute) {
	most := 1
	if v.d.Tables != nil {
		most = v.d.Array.Hold
	}
	if c.MoreGroups < 0 || c.Groups() > most {
		v.fail(where, "%d column groups: want 1 to %d (array.hold of an array of tables, else 1)", c.Groups(), most)
	}
}

// chain checks the rules of instructions that continue each other.
func (v *validator) chain(where string, i int) {
	c := &v.p.Computes[i]
	if hold, slots := v.d.BlockSlots(), c.Walk(v.d.Array.Pixels).Slots(); !(c.First && c.Last) && slots > hold {
		v.fail(where, "%d slots of positions without first or last: want one block, at most %d", slots, hold)
	}
	open := i > 0 && !v.p.Computes[i-1].Last
	if !open {
		v.steps = 0
	}
	if open == c.First {
		v.fail(where, "first: %v: want %v after an instruction with last: %v", c.First, !open, !open)
	}
	if open {
		v.continues(where, c, &v.p.Computes[i-1])
	}
	v.steps += c.Steps
	if i == len(v.p.Computes)-1 && !c.Last {
		v.fail(where, "last: false: the last instruction must emit its sums")
	}
}

// continues checks that an instruction has the sums of the one before.
func (v *validator) continues(where string, c, before *Compute) {
	now, was := c.Walk(v.d.Array.Pixels), before.Walk(v.d.Array.Pixels)
	switch {
	case now.Positions() != was.Positions():
		v.fail(where, "%d positions: want the %d of the instruction that it continues", now.Positions(), was.Positions())
	case now.Pixels > 1 && now != was:
		v.fail(where, "%d × %d windows of %d positions: want the %d × %d of %d of the instruction that it continues",
			now.Rows, now.Cols, now.Window, was.Rows, was.Cols, was.Window)
	}
	if c.MoreGroups != before.MoreGroups {
		v.fail(where, "%d column groups: want the %d of the instruction that it continues", c.Groups(), before.Groups())
	}
	v.reduction(where, c, before)
}

// reduction checks that an instruction goes on where the reduction stands: its steps lie as
// those of the one before. Within the first kernel row nothing reads the distance of rows.
func (v *validator) reduction(where string, c, before *Compute) {
	oneRow := v.steps+c.Steps <= c.KernelCols*c.GroupWords
	for _, f := range []struct {
		name     string
		now, was int
		any      bool
	}{
		{"kernel_cols", c.KernelCols, before.KernelCols, false},
		{"group_words", c.GroupWords, before.GroupWords, false},
		{"pixel_words", c.PixelWords, before.PixelWords, false},
		{"row_words", c.RowWords, before.RowWords, oneRow},
	} {
		if (f.now-f.was)&0xffff != 0 && !f.any {
			v.fail(where, "%s %d: want the %d of the instruction that it continues", f.name, f.now, f.was)
		}
	}
}

// BufferBytes is the size of a load's destination in bytes.
func BufferBytes(d *arch.Design, b Buffer) int {
	return [BufferCount]int{d.Buffers.Activation, d.Buffers.Weight, d.Buffers.Parameter, d.Buffers.Table}[b]
}
