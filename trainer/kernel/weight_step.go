package kernel

// WeightStep is a step of gradient descent with a matrix of Rows rows and 32·Panels columns of weights W and their
// velocities V, whose rows lie Row apart. The gradient of row m and column n is
//
//	g[m,n] = Factor · Σ_k A[m/12·ATile + k·12 + m%12] · B[n/32·BPanel + k·32 + n%32]   for k below Terms
//
// and moves both as Step says. Sums, products and differences are rounded as those of Run, Set.Scale and Set.Descend, so
// the result is theirs to the last bit. W and V may not overlap A, B or each other.
type WeightStep struct {
	Rows, Panels, Terms int
	A, B                []float32
	ATile, BPanel       int // from tile to tile of MaxRows rows of A, from panel to panel of B
	W, V                []float32
	Row                 int
	Step                Step
	Factor              float32
}

// check panics if p would leave its slices: the assembly trusts it.
func (p *WeightStep) check() {
	last := (p.Rows-1)*p.Row + p.Panels*Columns
	switch {
	case p.Rows < 1 || p.Panels < 1 || p.Terms < 1 || p.ATile < 0 || p.BPanel < 0 || p.Row < p.Panels*Columns:
		panic("kernel: step of weights of a wrong shape")
	case p.aEnd() > len(p.A) || (p.Panels-1)*p.BPanel+p.Terms*Columns > len(p.B):
		panic("kernel: step of weights outside what their gradient is made of")
	case last > len(p.W) || last > len(p.V):
		panic("kernel: step outside its weights or velocities")
	}
}

// aEnd is the number of elements of A up to the last one that is read.
func (p *WeightStep) aEnd() int {
	whole, rest, terms := p.Rows/MaxRows, p.Rows%MaxRows, (p.Terms-1)*MaxRows
	end := 0
	if whole > 0 {
		end = (whole-1)*p.ATile + terms + MaxRows
	}
	if rest > 0 {
		end = max(end, whole*p.ATile+terms+rest)
	}
	return end
}

func stepWeightsGo(p *WeightStep) {
	p.check()
	var g [Columns]float32
	for panel := range p.Panels {
		for m := range p.Rows {
			at := m*p.Row + panel*Columns
			q := Product{A: p.A[m/MaxRows*p.ATile+m%MaxRows:], B: p.B[panel*p.BPanel:], C: g[:], Rows: 1, Tiles: 1,
				Count: [3]int{1, 1, p.Terms}, AStep: [3]int{0, 0, MaxRows}, BStep: [3]int{0, 0, Columns}}
			q.add()
			scaleGo(g[:], p.Factor)
			descendGo(p.W[at:][:Columns], p.V[at:], g[:], p.Step)
		}
	}
}
