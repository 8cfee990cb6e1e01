package kernel

// WeightStep is a step of gradient descent with a matrix of Rows rows and 32·Panels columns of weights W and their
// velocities V, whose rows lie Row apart. The gradient of row m and column n is
//
//	g[m,n] = Factor · Σ_k A[k·AStep + m] · B[n/32·BPanel + k·32 + n%32]   for k below Terms
//
// and moves both as Step says. Sums, products and differences are rounded as those of Run, Set.Scale and Set.Descend, so
// the result is theirs to the last bit. W and V may not overlap A, B or each other.
type WeightStep struct {
	Rows, Panels, Terms int
	A, B                []float32
	AStep, BPanel       int
	W, V                []float32
	Row                 int
	Step                Step
	Factor              float32
}

// check panics if p would leave its slices: the assembly trusts it.
func (p *WeightStep) check() {
	last := (p.Rows-1)*p.Row + p.Panels*Columns
	switch {
	case p.Rows < 1 || p.Panels < 1 || p.Terms < 1 || p.AStep < 0 || p.BPanel < 0 || p.Row < p.Panels*Columns:
		panic("kernel: step of weights of a wrong shape")
	case (p.Terms-1)*p.AStep+p.Rows > len(p.A) || (p.Panels-1)*p.BPanel+p.Terms*Columns > len(p.B):
		panic("kernel: step of weights outside what their gradient is made of")
	case last > len(p.W) || last > len(p.V):
		panic("kernel: step outside its weights or velocities")
	}
}

func stepWeightsGo(p *WeightStep) {
	p.check()
	var g [Columns]float32
	for panel := range p.Panels {
		for m := range p.Rows {
			at := m*p.Row + panel*Columns
			q := Product{A: p.A[m:], B: p.B[panel*p.BPanel:], C: g[:], Rows: 1, Tiles: 1,
				Count: [3]int{1, 1, p.Terms}, AStep: [3]int{0, 0, p.AStep}, BStep: [3]int{0, 0, Columns}}
			q.add()
			scaleGo(g[:], p.Factor)
			descendGo(p.W[at:][:Columns], p.V[at:], g[:], p.Step)
		}
	}
}
