package machine

import (
	"errors"
	"fmt"

	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// ErrHazard is returned for a program in which tokens do not order a write and
// a read of the same bytes, or which reads bytes that nothing wrote.
var ErrHazard = errors.New("hazard")

// hazards checks a run's accesses in an order that respects the tokens. Then a
// pair that tokens leave unordered shows at whichever comes second.
type hazards struct {
	m       *Machine
	clocks  [program.EngineCount][]takes // instructions known retired when one goes
	taken   [program.EngineCount]takes
	buffers [program.BufferCount]*access
	output  *access
	memory  *access
	places  []position
	steps   []kernelStep
}

// checkHazards returns ErrHazard for the first unordered pair of accesses.
func (m *Machine) checkHazards() error {
	h := newHazards(m)
	for _, r := range m.timing.order {
		h.tick(r)
		if err := h.visit(r); err != nil {
			return fmt.Errorf("%w: %v (layer %d, %s): %w", ErrHazard, r,
				m.program.Places[r.engine][r.index].Layer, m.program.Places[r.engine][r.index].Tile, err)
		}
	}
	return nil
}

func newHazards(m *Machine) *hazards {
	d, beat := m.design, m.design.MemoryBytes()
	h := &hazards{m: m}
	for b, word := range [program.BufferCount]int{d.Array.Lanes, beat, beat, beat} {
		buffer := program.Buffer(b)
		h.buffers[b] = newAccess(buffer.String()+" buffer", program.LoadEngine, program.ComputeEngine,
			program.BufferBytes(d, buffer), min(word, beat))
	}
	h.output = newAccess("output buffer", program.ComputeEngine, program.StoreEngine, d.Buffers.Output, min(d.Array.Cols, beat))
	h.memory = newAccess("memory", program.StoreEngine, program.LoadEngine, (m.program.Memory+beat-1)/beat*beat, beat)
	h.memory.preset(0, len(m.program.Image))
	if len(m.program.Tensors) > 0 {
		in := m.program.Input()
		h.memory.preset(int(in.Address), in.Bytes())
	}
	return h
}

// tick computes which instructions of each engine are known to have retired
// when r goes: those before it, those whose tokens it took, and what they knew.
func (h *hazards) tick(r ref) {
	clock := takes{}
	if r.index > 0 {
		clock = h.clocks[r.engine][r.index-1]
	}
	taken := &h.taken[r.engine]
	for from, n := range takesOf(h.m.program, r) {
		taken[from] += n
		if taken[from] == 0 {
			continue
		}
		clock[from] = max(clock[from], taken[from])
		for e, known := range h.clocks[from][taken[from]-1] {
			clock[e] = max(clock[e], known)
		}
	}
	clock[r.engine] = r.index
	h.clocks[r.engine] = append(h.clocks[r.engine], clock)
}

// visit checks and records all accesses of r.
func (h *hazards) visit(r ref) error {
	clock, p, d := h.clocks[r.engine][r.index], h.m.program, h.m.design
	beat := d.MemoryBytes()
	switch r.engine {
	case program.LoadEngine:
		l := &p.Loads[r.index]
		bytes := l.Beats * beat
		return errors.Join(h.memory.readBytes(r.index, clock, int(l.Memory), bytes),
			h.buffers[l.Buffer].writeBytes(r.index, clock, l.Address*beat, bytes))
	case program.StoreEngine:
		s := &p.Stores[r.index]
		bytes := s.Beats * beat
		return errors.Join(h.output.readBytes(r.index, clock, s.Address*beat, bytes),
			h.memory.writeBytes(r.index, clock, int(s.Memory), bytes))
	}
	return h.compute(r.index, clock)
}

// compute checks what a compute instruction reads and writes.
func (h *hazards) compute(i int, clock takes) error {
	d, c := h.m.design, &h.m.program.Computes[i]
	beat := d.MemoryBytes()
	if err := h.buffers[program.WeightBuffer].readBytes(i, clock, c.WeightAddress*beat, c.Steps*c.Groups()*d.TileWords(c.Set)*beat); err != nil {
		return err
	}
	if err := h.decoded(c); err != nil {
		return err
	}
	if err := h.activations(i, clock); err != nil || !c.Last {
		return err
	}
	if c.Table {
		if err := h.buffers[program.TableBuffer].readBytes(i, clock, c.TableIndex*network.TableSize, network.TableSize); err != nil {
			return err
		}
	}
	if err := h.buffers[program.ParameterBuffer].readBytes(i, clock, c.ParamAddress*beat, c.Groups()*d.ParameterGroupBytes()); err != nil {
		return err
	}
	cols := d.Array.Cols
	for pixel := range c.OutRows * c.OutCols {
		at := (c.OutAddress + pixel*c.OutPixelWords) * cols
		if err := h.output.writeBytes(i, clock, at, c.Groups()*planes(c)*cols); err != nil {
			return err
		}
	}
	return nil
}

// decoded checks that weights which were decoded as they were loaded were taken
// for those of the instruction's level set.
func (h *hazards) decoded(c *program.Compute) error {
	if h.m.design.Weights.Decode != arch.DecodeAtLoad {
		return nil
	}
	weights := h.buffers[program.WeightBuffer].written
	for w := range c.Steps * h.m.design.TileWords(c.Set) {
		load := weights[(c.WeightAddress+w)%len(weights)] - 1
		if set := h.m.program.Loads[load].Set; set != c.Set {
			return fmt.Errorf("weights of set %d, and load %d decodes them as of set %d", c.Set, load, set)
		}
	}
	return nil
}

// activations checks every activation word that a compute instruction reads.
func (h *hazards) activations(i int, clock takes) error {
	c, lanes := &h.m.program.Computes[i], h.m.design.Array.Lanes
	buffer := h.buffers[program.ActivationBuffer]
	h.places = positions(h.places, c, h.m.design.Array.Pixels)
	h.steps = kernelSteps(h.steps, c, h.m.bases[i])
	for _, p := range h.places {
		for _, k := range h.steps {
			if !p.reads(k, c) {
				continue
			}
			if err := buffer.readBytes(i, clock, (p.word+k.word)&addressMask*lanes, lanes); err != nil {
				return err
			}
		}
	}
	return nil
}

// addressMask is the width of lane-word and column-word addresses, 16 bits.
const addressMask = 1<<16 - 1

// access remembers, granule by granule, who wrote and read a memory last. Only
// one engine writes it and one reads it.
type access struct {
	name    string
	writer  program.Engine
	reader  program.Engine
	granule int     // bytes
	written []int32 // index of the writing instruction + 1, host, or 0 for none
	read    []int32 // index of the reading instruction + 1, 0 for none
}

// host is the writer of what is there before the run.
const host = -1

func newAccess(name string, writer, reader program.Engine, bytes, granule int) *access {
	n := bytes / granule
	return &access{name, writer, reader, granule, make([]int32, n), make([]int32, n)}
}

// preset marks bytes that the host has written.
func (a *access) preset(from, bytes int) {
	for g := from / a.granule; g < (from+bytes+a.granule-1)/a.granule; g++ {
		a.written[g] = host
	}
}

// readBytes records that instruction i of the reader reads bytes, modulo the
// size. They must have been written by an instruction that clock knows.
func (a *access) readBytes(i int, clock takes, from, bytes int) error {
	for g := from / a.granule; g < (from+bytes)/a.granule; g++ {
		w := g % len(a.written)
		switch writer := a.written[w]; {
		case writer == 0:
			return a.fault(w, "read, and nothing has written it")
		case int(writer) > clock[a.writer]:
			return a.fault(w, "read, and %v %d that writes it may not have retired; take %d tokens from %v by then",
				a.writer, writer-1, writer, a.writer)
		}
		a.read[w] = int32(i + 1)
	}
	return nil
}

// writeBytes records that instruction i of the writer writes bytes, modulo the
// size. Instructions that read their old contents must be known to clock.
func (a *access) writeBytes(i int, clock takes, from, bytes int) error {
	for g := from / a.granule; g < (from+bytes)/a.granule; g++ {
		w := g % len(a.written)
		if reader := a.read[w]; int(reader) > clock[a.reader] {
			return a.fault(w, "overwritten, and %v %d that reads it may not have retired; have %d tokens taken from %v by then",
				a.reader, reader-1, reader, a.reader)
		}
		a.written[w] = int32(i + 1)
	}
	return nil
}

// fault names the granule in bytes.
func (a *access) fault(granule int, format string, args ...any) error {
	return fmt.Errorf("%s bytes %d to %d: %s", a.name, granule*a.granule, (granule+1)*a.granule-1, fmt.Sprintf(format, args...))
}
