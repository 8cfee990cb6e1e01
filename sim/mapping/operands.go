package mapping

import (
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// loadAhead loads the weights of a tile's first instructions, as many as fit the buffer:
// none of these loads waits for a compute of this tile, nor, if the input is still to be
// loaded behind them, for the last compute before it.
func (m *mapper) loadAhead(t *tile) {
	l, ring := t.l, &m.inputs[program.WeightBuffer]
	room := m.d.Buffers.Weight
	for g := 0; g < l.groups; g += l.span {
		for step := 0; step < l.steps; step += t.shape.chunk {
			steps := min(t.shape.chunk, l.steps-step)
			bytes := steps * l.spanAt(g) * l.tileBytes
			late := g+step > 0 && t.input == nil && ring.freedBy(bytes) == len(m.p.Computes)
			if room -= bytes; room < 0 || late {
				return
			}
			t.ahead[part{g, step}] = m.loadWeights(t, g, step, steps)
		}
	}
}

// loadWeights returns the spans of steps weight tiles of a group, from step on;
// groups that repeat others' weights share theirs. It loads them unless they are there.
func (m *mapper) loadWeights(t *tile, g, step, steps int) []*span {
	l := t.l
	if spans, ok := t.ahead[part{g, step}]; ok {
		return spans
	}
	g %= l.weightGroups
	if spans, ok := t.groups.weights[g]; ok {
		return spans
	}
	var spans []*span
	n, stepBytes := l.weightPart(m.d, steps), l.spanAt(g)*l.tileBytes
	for s := step; s < step+steps; s += n {
		bytes := min(n, step+steps-s) * stepBytes
		spans = append(spans, m.load(program.WeightBuffer, l.weights+g*l.groupBytes()+s*stepBytes, bytes))
		m.p.Loads[len(m.p.Loads)-1].Set = l.set
	}
	if l.resident(m.d) && t.shape.chunk == l.steps {
		t.groups.weights[g] = spans
	}
	return spans
}

// weightPart is how many of an instruction's steps one load brings the weights of: all
// if two such instructions fit the buffer, else what fits beside those of the
// instruction before, so that at least this much is there when it has ended.
func (l *layer) weightPart(d *arch.Design, steps int) int {
	buffer := d.Buffers.Weight / (l.span * l.tileBytes)
	if 2*steps <= buffer {
		return steps
	}
	return max(buffer-steps, buffer/8, 1)
}

// placedParameters is where the parameters of a group are.
type placedParameters struct {
	span    *span
	address int // beats
}

// loadParameters returns the parameters of a group. They come in pieces of half
// the buffer; a layer's only piece is resident.
func (m *mapper) loadParameters(t *tile, g int) placedParameters {
	l, bytes := t.l, m.d.ParameterGroupBytes()
	perPiece := parameterGroups(m.d) / l.span * l.span
	piece := g / perPiece
	s, ok := t.groups.parameters[piece]
	if !ok {
		n := min(perPiece, l.allGroups()-piece*perPiece)
		s = m.load(program.ParameterBuffer, l.parameters+piece*perPiece*bytes, n*bytes)
		clear(t.groups.parameters)
		t.groups.parameters[piece] = s
	}
	at := m.inputs[program.ParameterBuffer].address(s) + g%perPiece*bytes
	return placedParameters{s, at % m.d.Buffers.Parameter / m.d.MemoryBytes()}
}

// parameterGroups is how many column groups' parameters half of the buffer holds, at least
// one.
func parameterGroups(d *arch.Design) int {
	return max(d.Buffers.Parameter/2/d.ParameterGroupBytes(), 1)
}

// loadTable returns the function table of the layer, which stays for all tiles.
func (m *mapper) loadTable(t *tile) *span {
	if t.groups.table == nil {
		t.groups.table = m.load(program.TableBuffer, t.l.tables, network.TableSize)
	}
	return t.groups.table
}

// loadInput loads the tile's input if it is not there, for a streamed layer the words
// of these steps.
func (m *mapper) loadInput(t *tile, step, steps int) {
	l := t.l
	if t.shape.streamed {
		lanes, address := m.d.Array.Lanes, int(m.p.Tensors[l.inputs[0].tensor].Address)
		t.input = nil
		for r := range t.rows {
			t.input = append(t.input, m.load(program.ActivationBuffer, address+(t.row+r)*l.inBytes+step*lanes, steps*lanes))
		}
		return
	}
	if t.input != nil {
		return
	}
	for _, in := range l.inputs {
		t.operands = append(t.operands, len(t.input))
		m.loadMap(t, int(m.p.Tensors[in.tensor].Address)+t.picture*l.inRows*l.inCols*l.inBytes)
	}
}

// loadNext loads the input of the next tile of the layer while this one is computed,
// if the buffer holds both.
func (m *mapper) loadNext(t *tile) {
	n := t.next
	if n == nil || t.shape.streamed || t.inputBytes()+n.inputBytes() > m.d.Buffers.Activation {
		return
	}
	m.placeAt(n)
	m.loadInput(n, 0, 0)
	m.placeAt(t)
}

// inputBytes is the input of the tile, which may lie at the map's edge.
func (t *tile) inputBytes() int {
	return (t.right - t.left) * (t.bottom - t.top) * t.l.inBytes * len(t.l.inputs)
}

// loadMap loads the tile's part of a feature map: at once if its rows are whole, else
// row by row.
func (m *mapper) loadMap(t *tile, address int) {
	l := t.l
	run, rows := (t.right-t.left)*l.inBytes, t.bottom-t.top
	if t.right-t.left == l.inCols {
		run, rows = run*rows, 1
	}
	for r := range rows {
		from := address + ((t.top+r)*l.inCols+t.left)*l.inBytes
		t.input = append(t.input, m.loadWritten(from, run)...)
	}
}

// leastPart is the beats below which a load is not cut.
const leastPart = 32

// loadWritten loads part of a feature map, cut where what lies behind is stored later
// than what lies before, so that the first part need not wait for the last store.
func (m *mapper) loadWritten(memory, bytes int) (spans []*span) {
	least := leastPart * m.d.MemoryBytes()
	end := memory + bytes
	ready := 0
	for _, s := range m.stores {
		inside := s.from >= memory+least && s.from <= end-least && s.to > s.from
		if inside && ready > 0 && s.ready > ready {
			spans = append(spans, m.load(program.ActivationBuffer, memory, s.from-memory))
			memory = s.from
		}
		if s.from < end && s.to > memory {
			ready = max(ready, s.ready)
		}
	}
	return append(spans, m.load(program.ActivationBuffer, memory, end-memory))
}
