package mapping

import (
	"fmt"

	"lowres/sim/arch"
)

// tileShape is how a layer is cut.
type tileShape struct {
	rows, cols int  // emitted pixels of a full tile
	chunk      int  // steps of a compute instruction; l.steps if not cut
	streamed   bool // the input comes chunk by chunk with the weights (dense layers)
}

// candidates are all ways to cut the layer that fit the buffers: the mapping space, see
// docs/mapping.md. It returns ErrFit, naming the buffer to enlarge, if there is none.
func (l *layer) candidates(d *arch.Design) ([]candidate, error) {
	var all []candidate
	for _, rows := range balanced(l.rows) {
		for _, cols := range balanced(l.out.W) {
			if shape, ok := l.shape(d, rows, cols); ok {
				all = append(all, candidate{layer: l, shape: shape})
			}
		}
	}
	if len(all) == 0 {
		in, out := l.inputBytes(1, 1), l.outBytes
		return nil, fmt.Errorf("%w: layer %s: the smallest tile takes %d bytes of input, %d of output and %d positions; raise %s",
			ErrFit, l.name, in, out, l.positions(1, 1), l.bottleneck(d))
	}
	return all, nil
}

// bottleneck names the field that the smallest tile does not fit.
func (l *layer) bottleneck(d *arch.Design) string {
	switch {
	case l.outBytes > d.Buffers.Output:
		return "buffers.output_bytes"
	case l.inputBytes(1, 1) > d.Buffers.Activation && !l.dense():
		return "buffers.activation_bytes"
	case l.groupBytes() > d.Buffers.Weight && l.positions(1, 1) > d.BlockSlots():
		return fmt.Sprintf("buffers.weight_bytes to hold the %d bytes of a column group, or array.hold", l.groupBytes())
	}
	return "buffers.activation_bytes and buffers.weight_bytes"
}

// dense reports whether the layer reads its whole input as one pixel, and that of a
// batch as a column of them.
func (l *layer) dense() bool {
	return !l.diagonal && l.pictures == 1 && l.inRows == l.rows && l.inCols == 1 && l.kernelRows == 1 && l.stride == 1 && l.pool == 1
}

// shape completes a tile of rows × cols pixels, and reports whether it fits.
func (l *layer) shape(d *arch.Design, rows, cols int) (tileShape, bool) {
	t := tileShape{rows: rows, cols: cols, chunk: l.steps}
	single := l.walk(d, rows, cols).Slots() <= d.BlockSlots()
	t.streamed = l.dense() && single && l.inputBytes(rows, cols) > d.Buffers.Activation
	if rows*cols*l.outBytes > d.Buffers.Output || (l.inputBytes(rows, cols) > d.Buffers.Activation && !t.streamed) {
		return t, false
	}
	if t.streamed || (single && l.spanBytes() > d.Buffers.Weight/chunksInBuffer) {
		t.chunk = l.chunk(d, t)
	}
	return t, t.chunk > 0 && (t.chunk < l.steps || l.spanBytes() <= d.Buffers.Weight)
}

// chunksInBuffer is how many chunks of a group's steps a buffer holds: with three, one is
// in use, one is there, and the memory is never idle for want of room.
const chunksInBuffer = 3

// chunk is the steps of one instruction when a group's weights come in parts, as
// equal as can be. 0 if not even one step fits.
func (l *layer) chunk(d *arch.Design, t tileShape) int {
	most, unit := max(d.Buffers.Weight/chunksInBuffer/(l.span*l.tileBytes), 1), 1
	if t.streamed {
		room := d.Buffers.Activation / t.rows
		most = min(most, max(room/chunksInBuffer, d.MemoryBytes())/d.Array.Lanes, room/d.Array.Lanes)
		unit = max(d.MemoryBytes()/d.Array.Lanes, 1)
	}
	most = most / unit * unit
	if most == 0 {
		return 0
	}
	parts := (l.steps + most - 1) / most
	even := (l.steps + parts - 1) / parts
	return min((even+unit-1)/unit*unit, l.steps)
}

// inputBytes is the input that a tile of rows × cols pixels needs at most.
func (l *layer) inputBytes(rows, cols int) int {
	return min(l.extent(rows, l.kernelRows), l.inRows) * min(l.extent(cols, l.kernelCols), l.inCols) * l.inBytes * len(l.inputs)
}

// extent is the input rows (or columns), padding included, under n emitted ones.
func (l *layer) extent(n, kernel int) int {
	return ((n-1)*l.poolStep+l.pool-1)*l.stride + kernel
}

// balanced lists the tile extents that cut n into equal parts, rounded up.
func balanced(n int) []int {
	var sizes []int
	for parts := 1; parts <= n; parts++ {
		size := (n + parts - 1) / parts
		if len(sizes) == 0 || sizes[len(sizes)-1] != size {
			sizes = append(sizes, size)
		}
	}
	return sizes
}

// planes is the column words of an emitted position.
func (l *layer) planes() int {
	if l.wide {
		return 4
	}
	return 1
}

// resident reports whether the layer's weights stay in half the buffer for all
// tiles.
func (l *layer) resident(d *arch.Design) bool {
	return l.weightGroups*l.groupBytes() <= d.Buffers.Weight/2
}

// ceil is n/d rounded up.
func ceil(n, d int) int { return (n + d - 1) / d }
