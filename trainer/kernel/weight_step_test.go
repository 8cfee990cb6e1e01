package kernel

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawWeightStep draws any small step of weights.
func drawWeightStep(t *rapid.T) WeightStep {
	small := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	p := WeightStep{Rows: small("rows", 1, 60), Panels: small("panels", 1, 3), Terms: small("terms", 1, 60), Factor: 1,
		Step: Step{Rate: 0.3, Momentum: 0.9, Decay: 0.125}}
	if rapid.Bool().Draw(t, "shortened") {
		p.Factor = 0.3
	}
	p.ATile, p.BPanel = p.Terms*MaxRows+small("aGap", 0, 9), p.Terms*Columns+small("bGap", 0, 9)
	p.Row = p.Panels*Columns + small("gap", 0, 9)
	seed := rapid.Uint64().Draw(t, "seed")
	p.A = numbers(seed, p.aEnd())
	p.B = numbers(seed+1, (p.Panels-1)*p.BPanel+p.Terms*Columns)
	p.W, p.V = numbers(seed+2, p.Rows*p.Row), numbers(seed+3, p.Rows*p.Row)
	return p
}

// bySteps is what p comes to by a product for every panel, which is stored, scaled and descended with.
func bySteps(s *Set, p *WeightStep) (w, v []float32) {
	w, v = slices.Clone(p.W), slices.Clone(p.V)
	g := make([]float32, p.Rows*Columns)
	for panel := range p.Panels {
		for r := 0; r < p.Rows; r += MaxRows {
			q := Product{A: p.A[r/MaxRows*p.ATile:], B: p.B[panel*p.BPanel:], C: g[r*Columns:], ARow: 1, CRow: Columns,
				Count: [3]int{1, 1, p.Terms}, AStep: [3]int{0, 0, MaxRows}, BStep: [3]int{0, 0, Columns}}
			s.RunRows(&q, min(MaxRows, p.Rows-r))
		}
		s.Scale(g, p.Factor)
		for r := range p.Rows {
			at := r*p.Row + panel*Columns
			s.Descend(w[at:at+Columns], v[at:], g[r*Columns:], p.Step)
		}
	}
	return w, v
}

func TestAStepOfWeightsIsAProductAndADescentToTheLastBit(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := drawWeightStep(t)
				w, v := bySteps(s, &p)
				s.StepWeights(&p)
				require.Equal(t, w, p.W)
				require.Equal(t, v, p.V)
			})
		})
	}
}

func TestAStepOutsideItsSlicesPanics(t *testing.T) {
	good := func() WeightStep {
		return WeightStep{Rows: 15, Panels: 2, Terms: 5, ATile: 5 * MaxRows, BPanel: 5 * Columns, Row: 2 * Columns, Factor: 1,
			A: make([]float32, 9*MaxRows+3), B: make([]float32, 10*Columns), W: make([]float32, 30*Columns), V: make([]float32, 30*Columns)}
	}
	cases := map[string]func(p *WeightStep){
		"A one short":          func(p *WeightStep) { p.A = p.A[1:] },
		"a whole tile short":   func(p *WeightStep) { p.Rows, p.A = 12, p.A[:5*MaxRows-1] },
		"a first tile short":   func(p *WeightStep) { p.ATile, p.A = 0, p.A[:5*MaxRows-1] },
		"B one short":          func(p *WeightStep) { p.B = p.B[1:] },
		"weights one short":    func(p *WeightStep) { p.W = p.W[1:] },
		"velocities one short": func(p *WeightStep) { p.V = p.V[1:] },
		"no rows":              func(p *WeightStep) { p.Rows = 0 },
		"no panels":            func(p *WeightStep) { p.Panels = 0 },
		"no terms":             func(p *WeightStep) { p.Terms = 0 },
		"rows that overlap":    func(p *WeightStep) { p.Row-- },
		"tiles that go back":   func(p *WeightStep) { p.ATile = -1 },
		"panels that go back":  func(p *WeightStep) { p.BPanel = -1 },
	}
	for _, s := range All() {
		for name, spoil := range cases {
			p := good()
			assert.NotPanics(t, func() { s.StepWeights(&p) }, s.Name)
			spoil(&p)
			assert.Panics(t, func() { s.StepWeights(&p) }, "%s: %s", s.Name, name)
		}
	}
}

func TestAStepOfWeightsAllocatesNothing(t *testing.T) {
	for _, s := range All() {
		p := WeightStep{Rows: 13, Panels: 1, Terms: 5, ATile: 5 * MaxRows, BPanel: 5 * Columns, Row: Columns, Factor: 1,
			A: make([]float32, 10*MaxRows), B: make([]float32, 5*Columns), W: make([]float32, 13*Columns), V: make([]float32, 13*Columns)}
		assert.Zero(t, testing.AllocsPerRun(10, func() { s.StepWeights(&p) }), s.Name)
	}
}
