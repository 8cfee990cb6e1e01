// Package kernel holds the float32 inner loops of the trainer: one batch-reduce matrix product that
// serves the forward pass, the input gradient and the weight gradient of convolution and dense layers
// alike, and the few element-wise loops around it (pooling, the momentum update).
//
// Every loop exists three times: AVX-512, AVX2 with FMA (both generated Go assembly) and plain Go. Best
// picks one by the features of the processor; the tests hold all of them to the plain one.
package kernel

// Columns is the number of outputs that one product computes side by side: the width of a weight panel.
const Columns = 32

// MaxRows is the largest number of rows of one tile of a product.
const MaxRows = 12

// Start says what an accumulator holds before the first term is added.
type Start int

// The three starts of a product.
const (
	FromZero Start = iota // 0
	FromBias              // Bias[n], the same for every row
	FromC                 // the present C[m][n]: the product accumulates
)

// Product is one batch-reduce product of Tiles tiles of Rows rows and 32 columns. For every tile t, row
// m and column n it computes
//
//	C[t,m,n] = epilogue( start + Σ_i Σ_j Σ_k A[t,m; i,j,k] · B[n; i,j,k] )
//
// with (i, j, k) running over Count, outermost first, and these places (in float32 elements):
//
//	A[t,m; i,j,k] = A[t·ATile + m·ARow + i·AStep[0] + j·AStep[1] + k·AStep[2]]
//	B[n; i,j,k]   = B[i·BStep[0] + j·BStep[1] + k·BStep[2] + n]
//	C[t,m,n]      = C[t·CTile + m·CRow + n]
//
// The epilogue clamps negative values to 0 if ReLU is set, then writes 0 wherever Mask (laid out like C,
// with MaskTile and MaskRow) is not above 0, if Mask is not nil. The terms of one C are added in the
// order of (i, j, k), one after another, so a result does not depend on Rows or Tiles.
//
// Next is what is read later: it is fetched to a cache meanwhile, tile by tile. It changes nothing else.
//
// Rows is 1 to MaxRows, Tiles and every Count at least 1, no stride is negative. C may not overlap A or B.
type Product struct {
	A, B, C             []float32
	Rows, Tiles         int
	ARow, ATile         int
	CRow, CTile         int
	Count, AStep, BStep [3]int
	Start               Start
	Bias                []float32
	ReLU                bool
	Mask                []float32
	MaskRow, MaskTile   int
	Next                []float32
	Narrow              bool // 16 columns instead of 32, with all else the same
}

// columns is the number of columns.
func (p *Product) columns() int {
	if p.Narrow {
		return Columns / 2
	}
	return Columns
}

// check panics if the product would leave its slices: the assembly trusts it.
func (p *Product) check() {
	a, b := (p.Tiles-1)*p.ATile+(p.Rows-1)*p.ARow, p.columns()-1
	for i, n := range p.Count {
		if n < 1 || p.AStep[i] < 0 || p.BStep[i] < 0 {
			panic("kernel: product with an empty or backward loop")
		}
		a += (n - 1) * p.AStep[i]
		b += (n - 1) * p.BStep[i]
	}
	c := (p.Tiles-1)*p.CTile + (p.Rows-1)*p.CRow + p.columns() - 1
	m := (p.Tiles-1)*p.MaskTile + (p.Rows-1)*p.MaskRow + p.columns() - 1
	switch {
	case p.Rows < 1 || p.Rows > MaxRows || p.Tiles < 1 || p.ARow < 0 || p.ATile < 0 || p.CRow < 0 || p.CTile < 0:
		panic("kernel: product of a wrong shape")
	case a >= len(p.A) || b >= len(p.B) || c >= len(p.C):
		panic("kernel: product outside its matrices")
	case p.Start == FromBias && len(p.Bias) < p.columns():
		panic("kernel: product with a short bias")
	case p.Mask != nil && (m >= len(p.Mask) || p.MaskRow < 0 || p.MaskTile < 0):
		panic("kernel: product outside its mask")
	}
}

// Set is one complete set of inner loops. The zero Set is not usable: take one of All, or Best.
type Set struct {
	// Name is "avx512", "avx2" or "go".
	Name string
	// Run computes p; it panics if p leaves its slices, which is a mistake in the caller's plan.
	Run func(p *Product)
	// StepWeights computes a gradient and takes the step with it; it panics if p leaves its slices. Moves says that this
	// is faster than a product and a Descend of its sums.
	StepWeights func(p *WeightStep)
	Moves       bool
	// MaxPool and MaxPoolBack are the 2×2 pooling loops over one row of windows.
	MaxPool     func(p *Pool)
	MaxPoolBack func(p *Pool)
	// Add computes dst[i] += src[i].
	Add func(dst, src []float32)
	// Descend is one momentum step; see Step.
	Descend func(w, v, g []float32, s Step)
	// Adam is one step of Adam; see Adam.
	Adam func(w, m, v, g []float32, s Adam)
	// SumSquares is Σ x² in float64.
	SumSquares func(x []float32) float64
	// Scale computes x[i] *= factor.
	Scale func(x []float32, factor float32)
	// Transform computes t; it panics if t leaves its slices.
	Transform func(t *Transform)

	// Quantise writes the value of the level of every weight; see Table.
	Quantise func(dst, w []float32, t Table)
	// Codes writes the level of every weight, which is -128 to 127, of rows of columns weights: dst[r·dstRow + c] is that
	// of w[r·wRow + c]; see Table. Rows do not overlap.
	Codes func(dst []int8, dstRow int, w []float32, wRow, rows, columns int, t Table)
	// Expand computes dst[i] = scale·codes[i].
	Expand func(dst []float32, codes []int8, scale float32)
	// ExpandFours computes the same for codes of which four rows of 32 columns lie side by side:
	// dst[(4i + j)·32 + n] = scale·codes[(32i + n)·4 + j], for j below 4 and n below 32.
	ExpandFours func(dst []float32, codes []int8, scale float32)
	// SumAbs is quant.SumAbs, to the last bit.
	SumAbs func(x []float32) float64
	// Transpose computes dst[c·dstRow + r] = src[r·srcRow + c] for r below rows and c below columns. dstRow is at
	// least rows; the matrices do not overlap.
	Transpose func(dst []float32, dstRow int, src []float32, srcRow, rows, columns int)

	// Panels computes dst[c/32·step + r·32 + c%32] = src[r·srcRow + c] for r below rows and c below columns.
	Panels func(dst []float32, step int, src []float32, srcRow, rows, columns int)
	// Tiles computes the same for tiles of MaxRows columns: dst[c/12·step + r·12 + c%12] = src[r·srcRow + c].
	Tiles func(dst []float32, step int, src []float32, srcRow, rows, columns int)

	// Pixels computes dst[i] = (src[i] − 128)/128, exactly.
	Pixels func(dst []float32, src []uint8)
	// PixelPanels computes the same in panels: dst[c/32·step + r·32 + c%32] = (src[r·srcRow + c] − 128)/128 for r below rows and
	// c below columns.
	PixelPanels func(dst []float32, step int, src []uint8, srcRow, rows, columns int)

	// Softmax replaces every column of a matrix, rows values that lie row apart, by exp(scale·v)/Σ exp(scale·v).
	Softmax func(values []float32, row, rows, columns int, scale float32)
	// SoftmaxBack replaces the gradients d of the shares that Softmax wrote by those of its values.
	SoftmaxBack func(d, shares []float32, row, rows, columns int, scale float32)
	// GELU writes x·Φ(x) and its derivative Φ(x) + x·φ(x), with the normal distribution Φ and density φ.
	GELU func(out, slope, x []float32)
	// Multiply computes dst[i] = a[i]·b[i].
	Multiply func(dst, a, b []float32)
	// Drop writes what d leaves of src to dst, which may be the same memory.
	Drop func(dst, src []float32, d Dropout)
	// Norm and NormBack are a layer normalisation and its gradients, NormAgain is its output; see Normalisation.
	Norm      func(n *Normalisation)
	NormAgain func(n *Normalisation)
	NormBack  func(n *Normalisation)

	// FarCache says that the third-level cache is far, and that the processor fetches by itself within a page only: as much
	// as possible should stay in the second-level cache, and be fetched in time where it does not.
	FarCache bool

	peak  func(n int)
	lanes int // float32 values of one instruction
}

// RunRows computes p for rows rows in all, cut into tiles of at most MaxRows rows: whole tiles of one
// size first, then one smaller tile. It overwrites Rows, Tiles, ATile, CTile, MaskTile and Next.
func (s *Set) RunRows(p *Product, rows int) {
	p.Rows = tileRows(rows)
	p.Tiles = rows / p.Rows
	p.ATile, p.CTile, p.MaskTile = p.Rows*p.ARow, p.Rows*p.CRow, p.Rows*p.MaskRow
	s.Run(p)
	p.Next = nil
	done := p.Rows * p.Tiles
	if done == rows {
		return
	}
	a, c, m := p.A, p.C, p.Mask
	p.A, p.C = a[done*p.ARow:], c[done*p.CRow:]
	if m != nil {
		p.Mask = m[done*p.MaskRow:]
	}
	p.Rows, p.Tiles = rows-done, 1
	s.Run(p)
	p.A, p.C, p.Mask = a, c, m
}

// fewRows is the number of rows up to which no second call should be needed.
const fewRows = 64

// tileRows picks the rows of a tile: all of them if they fit; of few rows a part that leaves none over, as a second
// call would take longer than what a smaller tile loses; MaxRows if what they leave is worth a tile; else the most
// even cut.
func tileRows(rows int) int {
	for n := MaxRows; n >= 8 && rows <= fewRows; n-- {
		if rows%n == 0 {
			return n
		}
	}
	if left := rows % MaxRows; rows > 2*MaxRows && (left == 0 || left >= MaxRows/2) {
		return MaxRows
	}
	tiles := (rows + MaxRows - 1) / MaxRows
	return (rows + tiles - 1) / tiles
}
