package mapping

import (
	"fmt"

	"lowres/network"
	"lowres/sim/program"
)

// tile is one tile of a layer: a rectangle of emitted pixels, what it reads and
// where its parts are in the buffers.
type tile struct {
	l     *layer
	shape tileShape

	picture int
	row     int // first emitted row and column
	col     int
	rows    int
	cols    int

	top, left     int // first input row and column that exist
	bottom, right int // past the last

	input    []*span
	operands []int // where in input each operand starts
	output   *span
	free     int // stores that must have retired before the output may be written
	groups   *groupData
	ahead    map[part][]*span // weights loaded before the instructions that read them
	next     *tile            // of the layer, nil for its last
}

// groupData is where the weights and parameters of column groups are; resident
// ones stay from tile to tile.
type groupData struct {
	weights    map[int][]*span // by group, where resident
	parameters map[int]*span   // by piece
	table      *span           // nil before its load
}

// part is a chunk of a column group's steps, from step on.
type part struct{ group, step int }

// layer emits all instructions of a layer.
func (m *mapper) layer(l *layer, shape tileShape) {
	tiles := l.tiles(shape)
	for i, t := range tiles {
		if i+1 < len(tiles) {
			t.next = tiles[i+1]
		}
		m.tile(t)
	}
}

// tiles cuts the layer into tiles of a shape.
func (l *layer) tiles(shape tileShape) (tiles []*tile) {
	data := &groupData{weights: map[int][]*span{}, parameters: map[int]*span{}}
	for picture := range l.pictures {
		for row := 0; row < l.rows; row += shape.rows {
			for col := 0; col < l.out.W; col += shape.cols {
				t := &tile{l: l, shape: shape, picture: picture, row: row, col: col, groups: data, ahead: map[part][]*span{}}
				t.rows, t.cols = min(shape.rows, l.rows-row), min(shape.cols, l.out.W-col)
				t.top, t.bottom = window(row, t.rows, l, l.padRows, l.kernelRows, l.inRows)
				t.left, t.right = window(col, t.cols, l, l.padCols, l.kernelCols, l.inCols)
				tiles = append(tiles, t)
			}
		}
	}
	return tiles
}

// placeAt says that the next instructions work for the tile.
func (m *mapper) placeAt(t *tile) {
	m.place = program.Place{Layer: t.l.index}
	if !m.alone {
		m.place.Tile = t.String()
	}
}

// String is "rows 0-7" or "picture 2, rows 0-7, columns 8-15" of emitted pixels.
func (t *tile) String() string {
	s := fmt.Sprintf("rows %d-%d", t.row, t.row+t.rows-1)
	if t.cols < t.l.out.W {
		s += fmt.Sprintf(", columns %d-%d", t.col, t.col+t.cols-1)
	}
	if t.l.pictures > 1 {
		s = fmt.Sprintf("picture %d, %s", t.picture, s)
	}
	return s
}

// window is the input rows (or columns) that exist under n emitted ones.
func window(first, n int, l *layer, pad, kernel, size int) (from, to int) {
	from = first*l.poolStep*l.stride - pad
	return max(from, 0), min(from+l.extent(n, kernel), size)
}

// tile emits the instructions of one tile. Loads run ahead of computes: weights
// come before the input, since they need not wait for the layer before, and the input
// of the next tile behind the first column group.
func (m *mapper) tile(t *tile) {
	l := t.l
	m.placeAt(t)
	t.output, t.free = m.output.alloc(t.rows * t.cols * l.outBytes)
	m.loadAhead(t)
	var weights *span
	var at int
	for g := 0; g < l.groups; g += l.span {
		for step := 0; step < l.steps; step += t.shape.chunk {
			weights, at = m.group(t, g, step)
		}
		if g == 0 {
			m.loadNext(t)
		}
	}
	for g := l.groups; g < l.allGroups(); g++ {
		m.padding(t, g, weights, at)
	}
	t.output.ready = len(m.p.Computes)
	m.storeTile(t)
}

// group emits a column group's instructions for the chunk of steps at step, and
// returns the span and address of its first weight tile.
func (m *mapper) group(t *tile, g, step int) (*span, int) {
	l, ring := t.l, &m.inputs[program.WeightBuffer]
	steps := min(t.shape.chunk, l.steps-step)
	weights := m.loadWeights(t, g, step, steps)
	parameters := m.loadParameters(t, g)
	reads := append(append([]*span(nil), weights...), parameters.span)
	if l.table != nil && step+steps == l.steps {
		reads = append(reads, m.loadTable(t))
	}
	m.loadInput(t, step, steps)
	at := ring.address(weights[0])
	for _, p := range m.inputParts(t, g, step, steps) {
		c := t.instruction(m, g, p.steps)
		c.MoreGroups = l.spanAt(g) - 1
		c.First, c.Last = p.step == 0, p.step+p.steps == l.steps
		c.WeightAddress = (at + (p.step-step)*l.spanAt(g)*l.tileBytes) % ring.size / m.d.MemoryBytes()
		c.ParamAddress = parameters.address
		if c.Table = l.table != nil && c.Last; c.Table {
			c.TableIndex = m.inputs[program.TableBuffer].address(t.groups.table) / network.TableSize
		}
		c.ActAddress = t.activation(m, g, step)
		t.pair(m, &c)
		t.stream(&c, steps)
		t.line(m.d, &c)
		m.compute(c, t.free, append(reads, p.input...)...)
	}
	return weights[0], at / m.d.MemoryBytes()
}

// inputPart is a range of steps and the input that it reads.
type inputPart struct {
	step, steps int
	input       []*span
}

// inputParts cuts the chunk of steps at step where a new part of the input begins, in the
// first column group of a dense layer: it need not wait for the parts behind.
func (m *mapper) inputParts(t *tile, g, step, steps int) []inputPart {
	l, lanes := t.l, m.d.Array.Lanes
	if !l.dense() || l.positions(t.rows, t.cols) > 1 || t.shape.streamed || g > 0 || m.prefer != fastest {
		return []inputPart{{step, steps, t.input}}
	}
	var parts []inputPart
	bytes := 0
	for i, s := range t.input {
		bytes += s.bytes
		if end := min(bytes/lanes, step+steps); end > step && (bytes%lanes == 0 || i == len(t.input)-1) {
			parts = append(parts, inputPart{step, end - step, t.input[:i+1]})
			steps, step = steps-(end-step), end
		}
	}
	return parts
}

// padding emits a group that fills the rest of every pixel with zeros: one step
// of any weights there are, and parameters that emit 0.
func (m *mapper) padding(t *tile, g int, weights *span, address int) {
	c := t.instruction(m, g, 1)
	c.First, c.Last = true, true
	c.WeightAddress = address
	parameters := m.loadParameters(t, g)
	c.ParamAddress = parameters.address
	c.ActAddress = t.activation(m, 0, 0)
	t.pair(m, &c)
	if t.shape.streamed {
		c.ActAddress = m.inputs[program.ActivationBuffer].address(t.input[0]) / m.d.Array.Lanes
		t.stream(&c, t.input[0].bytes/m.d.Array.Lanes)
	}
	t.line(m.d, &c)
	m.compute(c, t.free, append([]*span{weights, parameters.span}, t.input...)...)
}

// instruction fills in the fields that all groups of a tile share.
func (t *tile) instruction(m *mapper, g, steps int) program.Compute {
	l, d := t.l, m.d
	words := l.pixelWords(d)
	c := program.Compute{
		ReLU: l.relu, Wide: l.wide, Low: l.kind == network.MaxPool && l.padRows > 0, Set: l.set, Steps: steps,
		PixelWords:    words,
		GroupWords:    l.readWords(d),
		RowWords:      (t.right - t.left) * words & addressMask,
		OutPixelWords: l.outBytes / d.Array.Cols,
		InRows:        l.inRows, InCols: l.inCols,
		OriginY: t.row*l.poolStep*l.stride - l.padRows,
		OriginX: t.col*l.poolStep*l.stride - l.padCols,
		OutRows: t.rows, OutCols: t.cols,
		KernelCols: l.kernelCols, Stride: l.stride, Pool: l.pool, Overlap: l.pool - l.poolStep,
	}
	dx, dy := l.stride*c.PixelWords, l.stride*c.RowWords
	c.DxWords, c.DyWords = dx&addressMask, dy&addressMask
	c.PxWords, c.PyWords = l.poolStep*dx&addressMask, l.poolStep*dy&addressMask
	planes := 1
	if l.wide {
		planes = 4
	}
	c.OutAddress = m.output.address(t.output)/d.Array.Cols + g*planes
	return c
}

// addressMask is the width of a word address.
const addressMask = 1<<16 - 1

// pair makes the operands of a residual the two rows of a window, whose columns are
// all the same pixel.
func (t *tile) pair(m *mapper, c *program.Compute) {
	if len(t.operands) < 2 {
		return
	}
	ring := &m.inputs[program.ActivationBuffer]
	apart := ring.address(t.input[t.operands[1]]) - ring.address(t.input[t.operands[0]])
	c.RowWords, c.PixelWords = apart/m.d.Array.Lanes&addressMask, 0
	c.KernelCols = t.l.pixels / 2
	c.Stride, c.OriginY, c.OriginX = 0, 0, 0
	c.InRows, c.InCols = 2, c.KernelCols
}

// stream places the rows of a streamed input: words of each are in the buffer.
func (t *tile) stream(c *program.Compute, words int) {
	if t.shape.streamed {
		c.RowWords, c.DyWords, c.PyWords = words, words, words
	}
}

// activation is the lane word of position 0, kernel position 0, step 0 of a column
// group, which lies outside the span if that is padding or the input is streamed.
func (t *tile) activation(m *mapper, g, step int) int {
	l := t.l
	words := l.pixelWords(m.d)
	at := m.inputs[program.ActivationBuffer].address(t.input[0]) / m.d.Array.Lanes
	if t.shape.streamed {
		return (at - step) & addressMask
	}
	y, x := t.row*l.poolStep*l.stride-l.padRows-t.top, t.col*l.poolStep*l.stride-l.padCols-t.left
	return (at + y*(t.right-t.left)*words + x*words + l.firstWord(g, m.d)) & addressMask
}

// lastParts is how many stores the last tile of a layer is cut into, so that the next
// layer's input can follow part by part.
const lastParts = 8

// storeTile emits the stores of a tile: one if its rows are whole, else one a
// row. The last of a layer is cut into parts.
func (m *mapper) storeTile(t *tile) {
	l := t.l
	address := int(m.p.Tensors[l.output].Address) + t.picture*l.rows*l.out.W*l.outBytes
	run, rows := t.cols*l.outBytes, t.rows
	if t.cols == l.out.W {
		run, rows = run*rows, 1
	}
	part := run
	if m.prefer == fastest && t.next == nil && rows == 1 {
		part = max(m.align(ceil(run, lastParts)), leastPart*m.d.MemoryBytes())
	}
	for r := range rows {
		from := address + ((t.row+r)*l.out.W+t.col)*l.outBytes
		for at := 0; at < run; at += part {
			m.store(t.output, r*run+at, from+at, min(part, run-at))
		}
	}
}
