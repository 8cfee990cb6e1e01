package kernel

import "math"

// Winograd's minimal filtering F(4×4, 3×3), nested in two dimensions: a tile of 4×4 outputs y of a filter g
// over 6×6 inputs d is
//
//	y = Aᵀ[ (G g Gᵀ) ⊙ (Bᵀ d B) ]A
//
// with one product of every one of its 36 frequencies instead of 144. Summed over channels, a frequency is a
// matrix product. The gradients are the adjoints: of d that of the same with the filter turned by 180°, of g
// Gᵀ[ (Bᵀ d B) ⊙ (A dy Aᵀ) ]G.
//
// The points are 0, ±√½, ±√2 and ∞: their products are 1 and their powers near it, which halves the error of
// the usual 0, ±1, ±2. Source: A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks", 2016;
// the points are those of B. Barabasz et al., "Error analysis and improving the accuracy of Winograd
// convolution for deep neural networks", 2020.
const (
	// TileOut, TileIn and TileFilter are the sides of a tile's outputs, inputs and filter.
	TileOut    = 4
	TileIn     = 6
	TileFilter = 3
	// Frequencies is the number of products of a tile.
	Frequencies = TileIn * TileIn
)

// TransformKind says which of the five transforms of a tile.
type TransformKind int

// The transforms, with the sides of what they read and write.
const (
	TransformInput          TransformKind = iota // Bᵀ d B: 6×6 from 6×6
	TransformOutput                              // Aᵀ m A: 4×4 from 6×6
	TransformGradient                            // A dy Aᵀ: 6×6 from 4×4
	TransformFilter                              // G g Gᵀ: 6×6 from 3×3
	TransformFilterGradient                      // Gᵀ u G: 3×3 from 6×6
)

// Transform is one transform of Tiles tiles of 32 channels. For every tile t and channel n it computes
// dst = M src Mᵀ, with the matrix M of Kind and these places of (row y, column x):
//
//	src[y][x] = Src[t·SrcTile + y·SrcRow + x·SrcColumn + n]
//	dst[y][x] = Dst[t·DstTile + y·DstRow + x·DstColumn + n]
//
// TransformOutput then adds Bias[n], if Bias is not nil, clamps negative values to 0 if ReLU is set, and
// writes 0 wherever Mask (laid out like Dst, with steps of its own) is not above 0, if Mask is not nil.
// TransformFilterGradient adds to what is in Dst. Dst may not overlap Src, Bias or Mask.
type Transform struct {
	Kind                          TransformKind
	Src, Dst                      []float32
	Tiles                         int
	SrcTile, SrcRow, SrcColumn    int
	DstTile, DstRow, DstColumn    int
	Bias                          []float32
	ReLU                          bool
	Mask                          []float32
	MaskTile, MaskRow, MaskColumn int
}

// sides returns the sides of what k reads and writes.
func (k TransformKind) sides() (in, out int) {
	switch k {
	case TransformOutput:
		return TileIn, TileOut
	case TransformGradient:
		return TileOut, TileIn
	case TransformFilter:
		return TileFilter, TileIn
	case TransformFilterGradient:
		return TileIn, TileFilter
	}
	return TileIn, TileIn
}

// check panics if the transform would leave its slices: the assembly trusts it.
func (t *Transform) check() {
	in, out := t.Kind.sides()
	last := func(side, tile, row, column int) int {
		if tile < 0 || row < 0 || column < 0 {
			panic("kernel: transform with a backward step")
		}
		return (t.Tiles-1)*tile + (side-1)*(row+column) + Columns
	}
	switch {
	case t.Tiles < 1 || t.Kind < TransformInput || t.Kind > TransformFilterGradient:
		panic("kernel: transform of a wrong kind or of no tiles")
	case last(in, t.SrcTile, t.SrcRow, t.SrcColumn) > len(t.Src):
		panic("kernel: transform outside its source")
	case last(out, t.DstTile, t.DstRow, t.DstColumn) > len(t.Dst):
		panic("kernel: transform outside its destination")
	case t.Bias != nil && len(t.Bias) < Columns:
		panic("kernel: transform with a short bias")
	case t.Mask != nil && last(out, t.MaskTile, t.MaskRow, t.MaskColumn) > len(t.Mask):
		panic("kernel: transform outside its mask")
	}
}

// The two points beside 0 and ∞ whose negatives are points too.
const (
	pointA = math.Sqrt2 / 2
	pointB = math.Sqrt2
)

// matrices are Bᵀ, Aᵀ, A, G and Gᵀ, by kind.
var matrices = [...][TileIn][TileIn]float32{
	TransformInput: {
		{1, 0, -2.5, 0, 1, 0},
		{0, -2 * pointA, -2, pointA, 1, 0},
		{0, 2 * pointA, -2, -pointA, 1, 0},
		{0, -pointB / 2, -0.5, pointB, 1, 0},
		{0, pointB / 2, -0.5, -pointB, 1, 0},
		{0, 1, 0, -2.5, 0, 1},
	},
	TransformOutput: {
		{1, 1, 1, 1, 1, 0},
		{0, pointA, -pointA, pointB, -pointB, 0},
		{0, 0.5, 0.5, 2, 2, 0},
		{0, pointA / 2, -pointA / 2, 2 * pointB, -2 * pointB, 1},
	},
	TransformGradient: {
		{1},
		{1, pointA, 0.5, pointA / 2},
		{1, -pointA, 0.5, -pointA / 2},
		{1, pointB, 2, 2 * pointB},
		{1, -pointB, 2, -2 * pointB},
		{0, 0, 0, 1},
	},
	TransformFilter: {
		{1},
		{-2.0 / 3, -2.0 / 3 * pointA, -1.0 / 3},
		{-2.0 / 3, 2.0 / 3 * pointA, -1.0 / 3},
		{1.0 / 6, pointB / 6, 1.0 / 3},
		{1.0 / 6, -pointB / 6, 1.0 / 3},
		{0, 0, 1},
	},
	TransformFilterGradient: {
		{1, -2.0 / 3, -2.0 / 3, 1.0 / 6, 1.0 / 6, 0},
		{0, -2.0 / 3 * pointA, 2.0 / 3 * pointA, pointB / 6, -pointB / 6, 0},
		{0, -1.0 / 3, -1.0 / 3, 1.0 / 3, 1.0 / 3, 1},
	},
}

// transformGo is Transform in plain Go, and the meaning of the assembly.
func transformGo(t *Transform) {
	t.check()
	for tile := range t.Tiles {
		for n := range Columns {
			transformOne(t, tile, n)
		}
	}
}

// transformOne transforms channel n of one tile: rows first, then columns.
func transformOne(t *Transform, tile, n int) {
	in, out := t.Kind.sides()
	m := &matrices[t.Kind]
	src, dst := t.Src[tile*t.SrcTile+n:], t.Dst[tile*t.DstTile+n:]
	var half [TileIn][TileIn]float32
	for y := range in {
		for x := range out {
			for k := range in {
				half[y][x] += m[x][k] * src[y*t.SrcRow+k*t.SrcColumn]
			}
		}
	}
	for y := range out {
		for x := range out {
			sum := float32(0)
			for k := range in {
				sum += m[y][k] * half[k][x]
			}
			place := y*t.DstRow + x*t.DstColumn
			switch t.Kind {
			case TransformOutput:
				sum = t.finish(sum, tile*t.MaskTile+y*t.MaskRow+x*t.MaskColumn+n, n)
			case TransformFilterGradient:
				sum += dst[place]
			}
			dst[place] = sum
		}
	}
}

// finish is the end of TransformOutput for one value of channel n.
func (t *Transform) finish(v float32, mask, n int) float32 {
	if t.Bias != nil {
		v += t.Bias[n]
	}
	if t.ReLU && v < 0 || t.Mask != nil && !(t.Mask[mask] > 0) {
		return 0
	}
	return v
}
