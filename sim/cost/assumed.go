package cost

import (
	"math"
	"math/rand/v2"

	"lowres/network"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// SampleCells is how many cells × cycles of a layer Expected looks at.
const SampleCells = 1 << 19

// assumption says what a feature map is like: a Gaussian field, part of which is the same all over a channel,
// and the rest correlated from a pixel to its neighbours; rounded, and after a ReLU cut
// at 0. docs/energy.md says from which networks the figures are.
type assumption struct{ mean, deviation, channel, neighbour float64 }

// The kinds of feature maps.
var (
	picture   = assumption{0, 62, 0, 0.91}
	pooled    = assumption{10, 26.5, 0.4, 0.65} // ReLU and maximum: a third of the values are 0
	rectified = assumption{-8, 40, 0.4, 0.65}   // ReLU: 58 % are 0
	signed    = assumption{0, 33, 0.4, 0.65}
)

// Expected is the layers of a timed program with expected actions in place of those that
// depend on values: of the network's weights and of assumed feature maps, see
// docs/energy.md. It is the same every time.
func Expected(m *machine.Machine, p *program.Program, g *network.Graph) ([]machine.Layer, error) {
	memory := m.Memory()
	r := rand.New(rand.NewPCG(Seed, 3))
	for _, t := range p.Tensors[:len(p.Tensors)-1] { // nothing reads the last
		var values []int8
		for range t.Count() {
			values = append(values, assumptionOf(g, t.Layer, t.Last).draw(t.Shape, r)...)
		}
		if err := t.Put(memory, values); err != nil {
			return nil, err
		}
	}
	return m.Expect(memory, SampleCells)
}

// assumptionOf is what is assumed of the map that a layer writes, with those fused to it.
func assumptionOf(g *network.Graph, layer, last int) assumption {
	if layer < 0 {
		return picture
	}
	relu, pool := false, false
	for i := layer; i <= last; i++ {
		relu = relu || g.Layers[i].ReLU
		pool = pool || g.Layers[i].Kind == network.MaxPool
	}
	switch {
	case relu && pool:
		return pooled
	case relu:
		return rectified
	}
	if source := g.Layers[layer].Source; layer == last && pool && source >= 0 && assumptionOf(g, source, source) == rectified {
		return pooled // a pool alone
	}
	return signed
}

// draw is a map. With z Gaussian of variance 1, u the same all over a channel, and v of a
// separable autoregression, v(y, x) = ρ·v(y−1, x) + ρ·v(y, x−1) − ρ²·v(y−1, x−1) + (1−ρ²)·z:
//
//	value = clamp(round(mean + deviation·(√channel·u + √(1−channel)·v)))
func (a assumption) draw(s network.Shape, r *rand.Rand) []int8 {
	values := make([]int8, s.Size())
	field := make([]float64, s.H*s.W)
	low := float64(math.MinInt8)
	if a == pooled || a == rectified {
		low = 0
	}
	across, along := a.deviation*math.Sqrt(a.channel), a.deviation*math.Sqrt(1-a.channel)
	for c := range s.C {
		a.walk(field, s.W, r)
		offset := a.mean + across*r.NormFloat64()
		for i, v := range field {
			values[i*s.C+c] = int8(min(max(math.Round(offset+along*v), low), math.MaxInt8))
		}
	}
	return values
}

// walk fills a field of rows of w values.
func (a assumption) walk(field []float64, w int, r *rand.Rand) {
	rho := a.neighbour
	fresh := math.Sqrt(1 - rho*rho)
	for i := range field {
		z := r.NormFloat64()
		switch first, left := i < w, i%w == 0; {
		case first && left:
			field[i] = z
		case first:
			field[i] = rho*field[i-1] + fresh*z
		case left:
			field[i] = rho*field[i-w] + fresh*z
		default:
			field[i] = rho*(field[i-w]+field[i-1]) - rho*rho*field[i-w-1] + fresh*fresh*z
		}
	}
}
