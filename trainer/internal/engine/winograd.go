package engine

import (
	"lowres/network"
	"lowres/trainer/kernel"
)

// A tiled convolution runs as Winograd's F(4×4, 3×3) or F(2×2, 5×5): see kernel.Transform. Tiles are cut from rows of tiles,
// and those of all images of a micro-batch are worked off in blocks. What lies between the transforms is
// stored as [frequency][panel of 32 channels][tile of the block][32 channels]: a frequency's product reads
// and writes it without gaps.
//
// Packed weights of a tiled convolution: forward [frequency][out panel][in][32 outs], backward [frequency]
// [in panel][out][32 ins], the inner dimension rounded up to whole panels. Weight gradients are packed as
// those of any other linear.

const (
	// blockTiles is about the number of tiles of a block: enough to read the transformed weights, which may
	// only fit the memory, at a fraction of its speed, and few enough that what the weight gradient
	// of 32 × 32 channels reads and writes stays in the second-level cache.
	blockTiles = 64
	// gap keeps the frequencies of one tile apart: without it they lie a power of two apart and fall
	// into one set of the first-level cache.
	gap = 16
)

// isTiled says whether layer i is a convolution that is worth its transforms: of 3×3 or 5×5 with
// stride 1, with enough channels to fill vectors, and without too many tiles that hang over the edge.
func isTiled(g *network.Graph, i int) bool {
	l := &g.Layers[i]
	if l.Kind != network.Conv || i == 0 || l.Source != i-1 || kernel.TileOut(l.Kernel) == 0 || l.Stride > 1 {
		return false
	}
	out := l.OutShape
	t := newTiling(l.Kernel, out.H, out.W)
	tiles := t.across * t.down
	return l.InShape.C >= kernel.Columns && out.C >= kernel.Columns && 2*kernel.Frequencies*tiles <= l.Kernel*l.Kernel*out.H*out.W
}

// tiledSide is the side of a stored map of size pixels behind a border of pad, which tiles read for a side of
// outputs outputs, or write, edge tiles whole.
func tiledSide(filter, outputs, size, pad int) int {
	tile := kernel.TileOut(filter)
	return max(roundUp(outputs, tile)+filter-1, pad+roundUp(size, tile))
}

// panelsOf is the number of parts of size that cover n.
func panelsOf(n, size int) int { return (n + size - 1) / size }

// frequencyStep is the distance of two frequencies that hold a matrix of rows rows a panel.
func frequencyStep(channels, rows int) int { return panels(channels)*rows*kernel.Columns + gap }

// filterStep and backFilterStep are the distances of two frequencies of the packed weights.
func (l *linear) filterStep() int     { return frequencyStep(l.cout, roundUp(l.cin, kernel.Columns)) }
func (l *linear) backFilterStep() int { return frequencyStep(l.cin, roundUp(l.cout, kernel.Columns)) }

// packTiled transforms the panels that packRows has left in k to the packed forms.
func (s *Parameters) packTiled(t panelTask, k *packer, set *kernel.Set) {
	l := t.linear
	first, end := t.outs()
	c := &k.transform
	*c = kernel.Transform{Kind: kernel.TransformFilter, Filter: l.kh, Tiles: l.cin, SrcTile: kernel.Columns, DstTile: kernel.Columns}
	c.SrcColumn, c.DstColumn = l.cin*kernel.Columns, l.filterStep()
	c.SrcRow, c.DstRow = l.kw*c.SrcColumn, kernel.TileIn*c.DstColumn
	c.Src, c.Dst = k.panel, s.forward[l.number][t.panel*roundUp(l.cin, kernel.Columns)*kernel.Columns:]
	set.Transform(c)
	if s.backward[l.number] == nil {
		return
	}
	c.Tiles, c.SrcColumn, c.DstColumn = end-first, kernel.Columns*kernel.Columns, l.backFilterStep()
	c.SrcRow, c.DstRow = l.kw*c.SrcColumn, kernel.TileIn*c.DstColumn
	for panel := range panels(l.cin) {
		c.Src = k.back[panel*l.taps()*c.SrcColumn:]
		c.Dst = s.backward[l.number][(panel*roundUp(l.cout, kernel.Columns)+first)*kernel.Columns:]
		set.Transform(c)
	}
}

// tiling cuts an h×w map of a micro-batch into tiles.
type tiling struct {
	filter  int // its side
	side    int // of a tile
	h, w    int
	across  int // tiles of a row
	down    int // rows of tiles of an image
	rows    int // rows of tiles of a block
	inBlock int // tiles of a block
}

func newTiling(filter, h, w int) tiling {
	side := kernel.TileOut(filter)
	t := tiling{filter: filter, side: side, h: h, w: w, across: panelsOf(w, side), down: panelsOf(h, side)}
	t.rows = max(1, blockTiles/t.across)
	t.inBlock = t.rows * t.across
	return t
}

// step is the distance of two frequencies of a block of channels.
func (t *tiling) step(channels int) int { return frequencyStep(channels, t.inBlock) }

// blockSize is the number of elements of a block of channels.
func (t *tiling) blockSize(channels int) int { return kernel.Frequencies * t.step(channels) }

// tileBuffers is what a worker keeps between the transforms.
type tileBuffers struct {
	inputs  []float32 // transformed inputs
	outputs []float32 // products, or transformed output gradients
	filters []float32 // gradient of the transformed weights between two panels of channels
	edge    []float32 // one tile of outputs that hangs over the edge
	call    kernel.Transform
}

// newTileBuffers makes room for the largest of the tiled convolutions of p.
func newTileBuffers(p *plan) (b tileBuffers) {
	size := 0
	for _, l := range p.linears {
		if l.tiled {
			for _, t := range []tiling{newTiling(l.kh, l.out.H, l.out.W), newTiling(l.kh, l.in.H, l.in.W)} {
				size = max(size, t.blockSize(max(l.cin, l.cout)))
			}
		}
	}
	if size > 0 {
		b.inputs, b.outputs = make([]float32, size), make([]float32, size)
		b.filters = make([]float32, kernel.Frequencies*filterGradientStep)
		b.edge = make([]float32, kernel.Frequencies*kernel.Columns)
	}
	return b
}

// view is a map, or the gradient of one, as tiles read or write it: element at is the first of the first tile.
type view struct {
	values                 []float32
	at, image, line, pixel int
	channels               int
}

// row is where row number n of tiles begins.
func (v *view) row(t *tiling, n int) []float32 {
	return v.values[v.at+n/t.down*v.image+n%t.down*t.side*v.line:]
}

// viewOf shows the stored pixels of a map from its border on, or without the border.
func viewOf(values []float32, g *geometry, border bool) view {
	v := view{values: values, image: g.image, line: g.line(), pixel: g.pixel(), channels: g.C}
	if border {
		v.line, v.pixel = g.row, g.pitch
	} else {
		v.at = g.place(0, 0, 0)
	}
	return v
}

// transformInto transforms rows first … end−1 of tiles of a map to dst, a block.
func (w *Worker) transformInto(dst []float32, kind kernel.TransformKind, from view, t *tiling, first, end int) {
	step := t.step(from.channels)
	c := &w.transform
	*c = kernel.Transform{Kind: kind, Filter: t.filter, Tiles: t.across,
		SrcTile: t.side * from.pixel, SrcRow: from.line, SrcColumn: from.pixel,
		DstTile: kernel.Columns, DstRow: kernel.TileIn * step, DstColumn: step}
	for n := first; n < end; n++ {
		src := from.row(t, n)
		for panel := range panels(from.channels) {
			c.Src = src[panel*kernel.Columns:]
			c.Dst = dst[(panel*t.inBlock+(n-first)*t.across)*kernel.Columns:]
			w.set.Transform(c)
		}
	}
}

// convolution is one pass of a tiled convolution from one map to another.
type convolution struct {
	from, to, mask view // mask is empty without a mask
	filters        []float32
	filterStep     int
	bias           []float32
	relu           bool
}

// convolve computes a convolution of all images of a micro-batch.
func (w *Worker) convolve(c *convolution, t *tiling, images int) {
	rows := images * t.down
	for first := 0; first < rows; first += t.rows {
		end := min(first+t.rows, rows)
		w.transformInto(w.tiles.inputs, kernel.TransformInput, c.from, t, first, end)
		w.multiply(c, t, (end-first)*t.across)
		w.transformOut(c, t, first, end)
	}
}

// multiply computes the products of tiles tiles, frequency by frequency. Each fetches the filters of the next: all of them
// may be larger than a cache.
func (w *Worker) multiply(c *convolution, t *tiling, tiles int) {
	in, out := panels(c.from.channels), panels(c.to.channels)
	panel := in * kernel.Columns * kernel.Columns
	p := &w.product
	*p = kernel.Product{ARow: kernel.Columns, CRow: kernel.Columns,
		Count: [3]int{1, in, kernel.Columns}, AStep: [3]int{0, t.inBlock * kernel.Columns, 1},
		BStep: [3]int{0, kernel.Columns * kernel.Columns, kernel.Columns}}
	for f := range kernel.Frequencies {
		p.A = w.tiles.inputs[f*t.step(c.from.channels):]
		for n := range out {
			p.B, p.Next = c.filters[f*c.filterStep+n*panel:], nil
			if next := f*out + n + 1; w.set.FarCache && next < kernel.Frequencies*out {
				p.Next = c.filters[next/out*c.filterStep+next%out*panel:][:panel]
			}
			p.C = w.tiles.outputs[f*t.step(c.to.channels)+n*t.inBlock*kernel.Columns:]
			w.set.RunRows(p, tiles)
		}
	}
}

// transformOut transforms the products of rows first … end−1 of tiles to the map.
func (w *Worker) transformOut(c *convolution, t *tiling, first, end int) {
	step := t.step(c.to.channels)
	x := &w.transform
	*x = kernel.Transform{Kind: kernel.TransformOutput, Filter: t.filter, ReLU: c.relu,
		SrcTile: kernel.Columns, SrcRow: kernel.TileIn * step, SrcColumn: step,
		DstTile: t.side * c.to.pixel, DstRow: c.to.line, DstColumn: c.to.pixel,
		MaskTile: t.side * c.mask.pixel, MaskRow: c.mask.line, MaskColumn: c.mask.pixel}
	for n := first; n < end; n++ {
		for panel := range panels(c.to.channels) {
			channel := panel * kernel.Columns
			x.Src = w.tiles.outputs[(panel*t.inBlock+(n-first)*t.across)*kernel.Columns:]
			x.Dst = c.to.row(t, n)[channel:]
			if c.bias != nil {
				x.Bias = c.bias[channel:]
			}
			if c.mask.values != nil {
				x.Mask = c.mask.row(t, n)[channel:]
			}
			w.transformRow(x, t, min(t.side, t.h-n%t.down*t.side))
		}
	}
}

// transformRow transforms a row of tiles of which height lines lie inside the map: those that hang over
// the edge by way of a buffer.
func (w *Worker) transformRow(x *kernel.Transform, t *tiling, height int) {
	x.Tiles = t.w / t.side
	if height < t.side {
		x.Tiles = 0
	}
	whole := x.Tiles
	if whole > 0 {
		w.set.Transform(x)
	}
	edge := &w.tiles.call
	*edge = *x
	edge.Tiles, edge.Dst, edge.DstRow, edge.DstColumn = 1, w.tiles.edge, t.side*kernel.Columns, kernel.Columns
	for n := whole; n < t.across; n++ {
		edge.Src = x.Src[n*x.SrcTile:]
		if x.Mask != nil {
			edge.Mask = x.Mask[n*x.MaskTile:]
		}
		w.set.Transform(edge)
		dst, width := x.Dst[n*x.DstTile:], min(t.side, t.w-n*t.side)
		for y := range height {
			for column := range width {
				copy(dst[y*x.DstRow+column*x.DstColumn:][:kernel.Columns], edge.Dst[y*edge.DstRow+column*edge.DstColumn:])
			}
		}
	}
}

// forwardTiled is forward by tiles.
func (l *linear) forwardTiled(w *Worker, images int) {
	t := newTiling(l.kh, l.out.H, l.out.W)
	w.convolve(&convolution{from: viewOf(w.maps[l.from], &l.in, true), to: viewOf(w.maps[l.to], &l.out, false),
		filters: w.params.forward[l.number], filterStep: l.filterStep(), bias: w.params.bias[l.number], relu: l.relu}, &t, images)
}

// inputGradientTiled is inputGradient by tiles.
func (l *linear) inputGradientTiled(w *Worker, images int) {
	t := newTiling(l.kh, l.in.H, l.in.W)
	c := convolution{from: viewOf(w.gradients[l.to], &l.dOut, true), to: viewOf(w.gradients[l.from], &l.dIn, false),
		filters: w.params.backward[l.number], filterStep: l.backFilterStep()}
	if l.maskIn {
		c.mask = viewOf(w.maps[l.from], &l.in, false)
	}
	w.convolve(&c, &t, images)
}

// filterGradientStep is the distance of two frequencies of the gradient of the transformed weights between two
// panels of channels.
const filterGradientStep = kernel.Columns*kernel.Columns + gap

// weightGradientTiled is weightGradient by tiles.
func (l *linear) weightGradientTiled(w *Worker, images int, g *Gradient) {
	t := newTiling(l.kh, l.out.H, l.out.W)
	in, d := viewOf(w.maps[l.from], &l.in, true), viewOf(w.gradients[l.to], &l.dOut, false)
	rows := images * t.down
	for first := 0; first < rows; first += t.rows {
		end := min(first+t.rows, rows)
		w.transformInto(w.tiles.inputs, kernel.TransformInput, in, &t, first, end)
		w.transformInto(w.tiles.outputs, kernel.TransformGradient, d, &t, first, end)
		for inPanel := range panels(l.cin) {
			for outPanel := range panels(l.cout) {
				l.filterGradient(w, &t, (end-first)*t.across, inPanel, outPanel)
				w.addFilterGradient(l, g.panel(l, outPanel), inPanel)
			}
		}
	}
}

// filterGradient computes Σ inputs · output gradients of tiles tiles between two panels of channels, frequency
// by frequency.
func (l *linear) filterGradient(w *Worker, t *tiling, tiles, inPanel, outPanel int) {
	p := &w.product
	*p = kernel.Product{ARow: 1, CRow: kernel.Columns, Count: [3]int{1, 1, tiles},
		AStep: [3]int{0, 0, kernel.Columns}, BStep: [3]int{0, 0, kernel.Columns}}
	size := t.inBlock * kernel.Columns
	for f := range kernel.Frequencies {
		p.A = w.tiles.inputs[f*t.step(l.cin)+inPanel*size:]
		p.B = w.tiles.outputs[f*t.step(l.cout)+outPanel*size:]
		p.C = w.tiles.filters[f*filterGradientStep:]
		w.set.RunRows(p, kernel.Columns)
	}
}

// addFilterGradient transforms what filterGradient has left and adds it to a panel of the weight gradient.
func (w *Worker) addFilterGradient(l *linear, target []float32, inPanel int) {
	channel := inPanel * kernel.Columns
	w.transform = kernel.Transform{Kind: kernel.TransformFilterGradient, Filter: l.kh, Tiles: min(kernel.Columns, l.cin-channel),
		Src: w.tiles.filters, SrcTile: kernel.Columns, SrcRow: kernel.TileIn * filterGradientStep, SrcColumn: filterGradientStep,
		Dst: target[channel*kernel.Columns:], DstTile: kernel.Columns, DstRow: l.kw * l.cin * kernel.Columns, DstColumn: l.cin * kernel.Columns}
	w.set.Transform(&w.transform)
}
