package kernel

import "math"

// Winograd's minimal filtering F(4×4, 3×3), and F(2×2, 5×5), nested in two dimensions: a tile of outputs y of a
// filter g over 6×6 inputs d is
//
//	y = Aᵀ[ (G g Gᵀ) ⊙ (Bᵀ d B) ]A
//
// with one product of every one of its 36 frequencies instead of 144, or 100. Summed over channels, a frequency
// is a matrix product. The gradients are the adjoints: of d that of the same with the filter turned by 180°, of g
// Gᵀ[ (Bᵀ d B) ⊙ (A dy Aᵀ) ]G.
//
// The points are 0, ±√½, ±√2 and ∞: their products are 1 and their powers near it, which halves the error of
// the usual 0, ±1, ±2. Source: A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks", 2016;
// the points are those of B. Barabasz et al., "Error analysis and improving the accuracy of Winograd
// convolution for deep neural networks", 2020.
const (
	// TileIn is the side of the inputs of a tile.
	TileIn = 6
	// Frequencies is the number of products of a tile.
	Frequencies = TileIn * TileIn
)

// TileOut is the side of the outputs of a tile with a filter of side 3 or 5, and 0 for a filter without tiles.
func TileOut(filter int) int {
	if filter != 3 && filter != 5 {
		return 0
	}
	return TileIn + 1 - filter
}

// TransformKind says which of the five transforms of a tile.
type TransformKind int

// The transforms, with the sides of what they read and write for a filter of 3 (of 5).
const (
	TransformInput          TransformKind = iota // Bᵀ d B: 6×6 from 6×6
	TransformOutput                              // Aᵀ m A: 4×4 from 6×6
	TransformGradient                            // A dy Aᵀ: 6×6 from 4×4
	TransformFilter                              // G g Gᵀ: 6×6 from 3×3
	TransformFilterGradient                      // Gᵀ u G: 3×3 from 6×6
)

// Transform is one transform of Tiles tiles of 32 channels. For every tile t and channel n it computes
// dst = M src Mᵀ, with the matrix M of Kind and Filter, the side of
// the filter (3 or 5), and these places of (row y, column x):
//
//	src[y][x] = Src[t·SrcTile + y·SrcRow + x·SrcColumn + n]
//	dst[y][x] = Dst[t·DstTile + y·DstRow + x·DstColumn + n]
//
// TransformOutput then adds Bias[n], if Bias is not nil, clamps negative values to 0 if ReLU is set, and
// writes 0 wherever Mask (laid out like Dst, with steps of its own) is not above 0, if Mask is not nil.
// TransformFilterGradient adds to what is in Dst. Dst may not overlap Src, Bias or Mask.
type Transform struct {
	Kind                          TransformKind
	Filter                        int
	Src, Dst                      []float32
	Tiles                         int
	SrcTile, SrcRow, SrcColumn    int
	DstTile, DstRow, DstColumn    int
	Bias                          []float32
	ReLU                          bool
	Mask                          []float32
	MaskTile, MaskRow, MaskColumn int
}

// sides returns the sides of what t reads and writes.
func (t *Transform) sides() (in, out int) {
	switch t.Kind {
	case TransformOutput:
		return TileIn, TileOut(t.Filter)
	case TransformGradient:
		return TileOut(t.Filter), TileIn
	case TransformFilter:
		return t.Filter, TileIn
	case TransformFilterGradient:
		return TileIn, t.Filter
	}
	return TileIn, TileIn
}

// family is 0 for filters of 3 and 1 for those of 5.
func (t *Transform) family() int { return (t.Filter - 3) / 2 }

// check panics if the transform would leave its slices: the assembly trusts it.
func (t *Transform) check() {
	if TileOut(t.Filter) == 0 {
		panic("kernel: transform for a filter without tiles")
	}
	in, out := t.sides()
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

// matrices are Bᵀ, Aᵀ, A, G and Gᵀ, by family and kind.
var matrices = [2][5][TileIn][TileIn]float32{{
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
}, {
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
		{0, pointA, -pointA, pointB, -pointB, 1},
	},
	TransformGradient: {
		{1},
		{1, pointA},
		{1, -pointA},
		{1, pointB},
		{1, -pointB},
		{0, 1},
	},
	TransformFilter: {
		{1},
		{-2.0 / 3, -2.0 / 3 * pointA, -1.0 / 3, -1.0 / 3 * pointA, -1.0 / 6},
		{-2.0 / 3, 2.0 / 3 * pointA, -1.0 / 3, 1.0 / 3 * pointA, -1.0 / 6},
		{1.0 / 6, pointB / 6, 1.0 / 3, pointB / 3, 2.0 / 3},
		{1.0 / 6, -pointB / 6, 1.0 / 3, -pointB / 3, 2.0 / 3},
		{0, 0, 0, 0, 1},
	},
	TransformFilterGradient: {
		{1, -2.0 / 3, -2.0 / 3, 1.0 / 6, 1.0 / 6, 0},
		{0, -2.0 / 3 * pointA, 2.0 / 3 * pointA, pointB / 6, -pointB / 6, 0},
		{0, -1.0 / 3, -1.0 / 3, 1.0 / 3, 1.0 / 3, 0},
		{0, -1.0 / 3 * pointA, 1.0 / 3 * pointA, pointB / 3, -pointB / 3, 0},
		{0, -1.0 / 6, -1.0 / 6, 2.0 / 3, 2.0 / 3, 1},
	},
}}

// transformGo is Transform in plain Go, and the meaning of the assembly: the rows of the source are multiplied
// first, then the columns of what they have become.
func transformGo(t *Transform) {
	t.check()
	in, out := t.sides()
	m := &matrices[t.family()][t.Kind]
	var half [TileIn][TileIn][Columns]float32
	var sum [Columns]float32
	for tile := range t.Tiles {
		for y := range in {
			for x := range out {
				half[y][x] = [Columns]float32{}
				for k := range in {
					addTimes(&half[y][x], m[x][k], t.Src[tile*t.SrcTile+y*t.SrcRow+k*t.SrcColumn:])
				}
			}
		}
		for y := range out {
			for x := range out {
				sum = [Columns]float32{}
				for k := range in {
					addTimes(&sum, m[y][k], half[k][x][:])
				}
				t.store(&sum, tile, y, x)
			}
		}
	}
}

// addTimes adds factor times the first values of src.
func addTimes(sum *[Columns]float32, factor float32, src []float32) {
	if factor == 0 {
		return
	}
	for n, v := range src[:Columns] {
		sum[n] += factor * v
	}
}

// store is the end of a transform for place (y, x) of a tile.
func (t *Transform) store(sum *[Columns]float32, tile, y, x int) {
	dst := t.Dst[tile*t.DstTile+y*t.DstRow+x*t.DstColumn:][:Columns]
	switch t.Kind {
	case TransformOutput:
		t.finish(sum, tile*t.MaskTile+y*t.MaskRow+x*t.MaskColumn)
	case TransformFilterGradient:
		addTimes(sum, 1, dst)
	}
	copy(dst, sum[:])
}

// finish adds the bias, clamps, and masks by what is at mask.
func (t *Transform) finish(sum *[Columns]float32, mask int) {
	if t.Bias != nil {
		addTimes(sum, 1, t.Bias)
	}
	for n, v := range sum {
		if t.ReLU && v < 0 || t.Mask != nil && !(t.Mask[mask+n] > 0) {
			sum[n] = 0
		}
	}
}
