package kernel

import "math"

// Normalisation is a layer normalisation of rows of channels. For every row, Norm writes
//
//	hat = (in − mean)/√(variance + ε);   inverse = 1/√(variance + ε);   out = gain·hat + shift
//
// NormAgain writes the same out once more, from hat. NormBack adds the gradients of in, gain and shift to DIn, DGain
// and DShift. D holds the gradient of out, later that of hat. Rows lie InRow, OutRow, DRow and DInRow apart, those of Hat
// follow each other, and Inverse has one value a row. Each of the three reads and writes its own fields alone.
type Normalisation struct {
	Rows, Channels int
	Gain, Shift    []float32
	Hat, Inverse   []float32
	Epsilon        float32

	In, Out       []float32
	InRow, OutRow int

	D, DIn        []float32
	DRow, DInRow  int
	DGain, DShift []float32
}

// check panics if rows would leave their slices: the assembly trusts it.
func (n *Normalisation) check(a, b []float32, aRow, bRow int, first, second []float32) {
	switch {
	case n.Rows < 1 || n.Channels < 1 || aRow < 0 || bRow < 0:
		panic("kernel: normalisation of a wrong shape")
	case (n.Rows-1)*aRow+n.Channels > len(a) || (n.Rows-1)*bRow+n.Channels > len(b):
		panic("kernel: normalisation outside its maps")
	case n.Rows*n.Channels > len(n.Hat) || n.Rows > len(n.Inverse):
		panic("kernel: normalisation outside its statistics")
	case n.Channels > min(len(n.Gain), len(first), len(second)):
		panic("kernel: normalisation outside its parameters")
	}
}

func (n *Normalisation) checkForward()  { n.check(n.In, n.Out, n.InRow, n.OutRow, n.Shift, n.Shift) }
func (n *Normalisation) checkAgain()    { n.check(n.Out, n.Out, n.OutRow, n.OutRow, n.Shift, n.Shift) }
func (n *Normalisation) checkBackward() { n.check(n.D, n.DIn, n.DRow, n.DInRow, n.DGain, n.DShift) }

// normGo is Set.Norm.
func normGo(n *Normalisation) {
	n.checkForward()
	size := float32(n.Channels)
	for r := range n.Rows {
		in, hat := n.In[r*n.InRow:][:n.Channels], n.Hat[r*n.Channels:][:n.Channels]
		mean := sum(in) / size
		for k, v := range in {
			hat[k] = v - mean
		}
		inverse := float32(1 / math.Sqrt(float64(dot(hat, hat)/size+n.Epsilon)))
		for k := range hat {
			hat[k] *= inverse
		}
		n.Inverse[r] = inverse
	}
	normAgainGo(n)
}

// normAgainGo is Set.NormAgain.
func normAgainGo(n *Normalisation) {
	n.checkAgain()
	for r := range n.Rows {
		out := n.Out[r*n.OutRow:]
		for k, v := range n.Hat[r*n.Channels:][:n.Channels] {
			out[k] = n.Gain[k]*v + n.Shift[k]
		}
	}
}

// normBackGo is Set.NormBack.
func normBackGo(n *Normalisation) {
	n.checkBackward()
	size := float32(n.Channels)
	for r := range n.Rows {
		d, dIn, hat := n.D[r*n.DRow:][:n.Channels], n.DIn[r*n.DInRow:], n.Hat[r*n.Channels:][:n.Channels]
		for k, v := range d {
			n.DGain[k] += v * hat[k]
			n.DShift[k] += v
			d[k] = v * n.Gain[k]
		}
		mean, slope := sum(d)/size, dot(d, hat)/size
		for k := range d {
			dIn[k] += (d[k] - mean - hat[k]*slope) * n.Inverse[r]
		}
	}
}
