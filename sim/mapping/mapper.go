package mapping

import (
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// mapper emits instructions in an order in which each depends only on earlier
// ones, so the program cannot deadlock. An instruction that depends on the k-th
// of another engine takes as many tokens as are missing to k.
type mapper struct {
	d      *arch.Design
	graph  *network.Graph
	prefer policy
	p      *program.Program
	place  program.Place
	inputs [program.BufferCount]ring
	output ring
	taken  [program.EngineCount][program.EngineCount]int
	stores []stored
	alone  bool // a single layer: nothing reads what it stores

	pictures int // of a run
}

// stored is a part of memory that a store has written.
type stored struct {
	from, to int // bytes
	ready    int // stores that must have retired
}

func newMapper(g *network.Graph, d *arch.Design, prefer policy) *mapper {
	m := &mapper{d: d, graph: g, prefer: prefer, p: &program.Program{Network: g.Name}}
	for b, size := range bufferBytes(d) {
		m.inputs[b].size = size
	}
	m.output.size = d.Buffers.Output
	return m
}

// take is the tokens that the next instruction of e takes so that n
// instructions of from have retired.
func (m *mapper) take(e, from program.Engine, n int) int {
	missing := max(n-m.taken[e][from], 0)
	m.taken[e][from] += missing
	return missing
}

// load emits a load of bytes at a memory address to the next span of a buffer.
func (m *mapper) load(b program.Buffer, memory, bytes int) *span {
	s, free := m.inputs[b].alloc(bytes)
	beat := m.d.MemoryBytes()
	m.p.Loads = append(m.p.Loads, program.Load{
		TakeCompute: m.take(program.LoadEngine, program.ComputeEngine, free),
		TakeStore:   m.take(program.LoadEngine, program.StoreEngine, m.writtenBy(memory, bytes)),
		Buffer:      b,
		Memory:      uint32(memory),
		Address:     m.inputs[b].address(s) / beat,
		Beats:       bytes / beat,
	})
	s.ready = m.placed(program.LoadEngine, len(m.p.Loads))
	return s
}

// writtenBy is the number of stores that must have retired before memory holds
// what a load reads.
func (m *mapper) writtenBy(memory, bytes int) int {
	ready := 0
	for _, s := range m.stores {
		if s.from < memory+bytes && s.to > memory {
			ready = max(ready, s.ready)
		}
	}
	return ready
}

// compute emits a compute instruction that reads the given spans and, unless
// out is nil, must wait for free stores to have read the output span before.
func (m *mapper) compute(c program.Compute, free int, reads ...*span) {
	ready := 0
	for _, s := range reads {
		ready = max(ready, s.ready)
		s.used = len(m.p.Computes) + 1
	}
	c.TakeLoad = m.take(program.ComputeEngine, program.LoadEngine, ready)
	c.TakeStore = m.take(program.ComputeEngine, program.StoreEngine, free)
	m.p.Computes = append(m.p.Computes, c)
	m.placed(program.ComputeEngine, len(m.p.Computes))
}

// store emits a store of part of an output span.
func (m *mapper) store(s *span, offset, memory, bytes int) {
	beat := m.d.MemoryBytes()
	m.p.Stores = append(m.p.Stores, program.Store{
		TakeCompute: m.take(program.StoreEngine, program.ComputeEngine, s.ready),
		Memory:      uint32(memory),
		Address:     (s.start + offset) % m.output.size / beat,
		Beats:       bytes / beat,
	})
	s.used = m.placed(program.StoreEngine, len(m.p.Stores))
	if !m.alone {
		m.stores = append(m.stores, stored{memory, memory + bytes, s.used})
	}
}

// placed records what the newest instruction of e, its n-th, works for.
func (m *mapper) placed(e program.Engine, n int) int {
	m.p.Places[e] = append(m.p.Places[e], m.place)
	return n
}
