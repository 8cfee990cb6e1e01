package mapping

import (
	"lowres/network"
	"lowres/sim/program"
)

// loadWeights returns the spans of steps weight tiles of a group, from step on;
// groups that repeat others' weights share theirs. It loads them unless they are resident. Parts of at most half the buffer let
// the first arrive while the buffer still holds the group before.
func (m *mapper) loadWeights(t *tile, g, step, steps int) []*span {
	l := t.l
	g %= l.weightGroups
	if spans, ok := t.groups.weights[g]; ok {
		return spans
	}
	var spans []*span
	part := max(m.d.Buffers.Weight/2/l.tileBytes, 1)
	for s := step; s < step+steps; s += part {
		n := min(part, step+steps-s)
		spans = append(spans, m.load(program.WeightBuffer, l.weights+(g*l.steps+s)*l.tileBytes, n*l.tileBytes))
		m.p.Loads[len(m.p.Loads)-1].Set = l.set
	}
	if l.resident(m.d) && t.shape.chunk == l.steps {
		t.groups.weights[g] = spans
	}
	return spans
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
	perPiece := max(m.d.Buffers.Parameter/2/bytes, 1)
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
	address := int(m.p.Tensors[l.inputs[0].tensor].Address)
	if t.shape.streamed {
		lanes := m.d.Array.Lanes
		t.input = []*span{m.load(program.ActivationBuffer, address+step*lanes, steps*lanes)}
		return
	}
	if t.input != nil {
		return
	}
	for _, in := range l.inputs {
		t.operands = append(t.operands, len(t.input))
		m.loadMap(t, int(m.p.Tensors[in.tensor].Address))
	}
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
		t.input = append(t.input, m.load(program.ActivationBuffer, from, run))
	}
}
