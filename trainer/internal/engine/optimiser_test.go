package engine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

// testAdam is a step of Adam whose numbers all differ.
func testAdam(l2, decoupled float64) kernel.Adam {
	a := kernel.NewAdam(0.25, 0.75, 0.875, 0.03125, 3)
	a.Decay, a.Keep = float32(l2), float32(1-0.25*decoupled)
	return a
}

// Whole steps of every optimiser, with and without clipping, against float64: all tensors of all layers.
func TestStepsOfEveryOptimiserEqualTheReference(t *testing.T) {
	sgd := kernel.Step{Rate: 0.5, Momentum: 0.75, Decay: 0.125}
	conv := convNet(t)
	conv.Levels[0] = quant.Levels{} // or windows have equal maxima
	passes := []pass{newPass(conv), newPass(vitNet(t))}
	for name, k := range map[string]struct {
		rule Rule
		adam bool
	}{
		"SGD":                 {Rule{SGD: sgd}, false},
		"SGD, clipped":        {Rule{SGD: sgd, Clip: 0.5}, false},
		"SGD, short enough":   {Rule{SGD: sgd, Clip: 1e9}, false},
		"Adam":                {Rule{Adam: testAdam(0.125, 0)}, true},
		"AdamW":               {Rule{Adam: testAdam(0, 0.125)}, true},
		"AdamW, clipped":      {Rule{Adam: testAdam(0, 0.125), Clip: 0.5}, true},
		"Adam, short enough":  {Rule{Adam: testAdam(0.125, 0), Clip: 1e9}, true},
		"Adam, almost nought": {Rule{Adam: testAdam(0.125, 0), Clip: 1e-6}, true},
	} {
		for _, p := range passes {
			t.Run(name+", "+p.net.Graph.Name, func(t *testing.T) { p.check(t, k.rule, k.adam) })
		}
	}
}

// optimiserImages are three groups.
const optimiserImages = 70

// pass is a network and its gradient in float64.
type pass struct {
	net    *network.Float
	labels []uint8
	r      *reference
}

func newPass(net *network.Float) pass {
	p := pass{net, make([]uint8, optimiserImages), newReference(net)}
	p.r.noise = &testNoise
	for i := range p.labels {
		p.labels[i], p.r.position = uint8(i%10), i
		p.r.cost(input(i, net.Graph.Input.Size()), i%10)
		p.r.backward(i%10, 1.0/optimiserImages)
	}
	return p
}

// check takes one step by a rule.
func (p *pass) check(t *testing.T, rule Rule, adam bool) {
	net := p.net.Clone()
	first, second := fill(t, net.Graph, 0), (*network.Float)(nil)
	if adam {
		second = fill(t, net.Graph, 0)
		for i := range net.Graph.Layers {
			for _, tensor := range second.Tensors(i) {
				for k, v := range tensor.Values {
					tensor.Values[k] = v * v
				}
			}
		}
	}
	want := optimised(net, first, second, p.r, rule)
	m, err := NewMachine(net, first, optimiserImages, Options{Workers: 2, Second: second})
	require.NoError(t, err)
	defer m.Close()
	m.StepBy(Batch{From: noise, Labels: p.labels, Noise: testNoise}, rule)
	for i := range net.Graph.Layers {
		for k, tensor := range net.Tensors(i) {
			checkClose(t, net.Graph.Layers[i].Name+" "+tensor.Name, want.Tensors(i)[k].Values, tensor.Values, p.r.gradient(i)[k].Values)
		}
	}
}

// length is the norm of the whole gradient.
func (r *reference) length() float64 {
	sum := 0.0
	for _, part := range [][][]float64{r.dWeights, r.dBiass, r.dOthers} {
		for _, values := range part {
			for _, v := range values {
				sum += v * v
			}
		}
	}
	return math.Sqrt(sum)
}

// optimised is net after one step in float64.
func optimised(net, first, second *network.Float, r *reference, rule Rule) *network.Float {
	w, factor := net.Clone(), 1.0
	if norm := r.length(); rule.Clip > 0 && norm > rule.Clip {
		factor = rule.Clip / norm
	}
	step := func(which func(*network.Float) []float32, gradient []float64, weights bool) {
		values, m, rule := which(w), which(first), rule
		if !weights { // nothing else decays
			rule.SGD.Decay, rule.Adam.Decay, rule.Adam.Keep = 0, 0, 1
		}
		for k := range values {
			g, x := factor*gradient[k], float64(values[k])
			if second == nil {
				s := rule.SGD
				values[k] = float32(x + float64(s.Momentum)*float64(m[k]) - float64(s.Rate)*(g+float64(s.Decay)*x))
				continue
			}
			a := rule.Adam
			g += float64(a.Decay) * x
			mean := 0.75*float64(m[k]) + 0.25*g
			square := 0.875*float64(which(second)[k]) + 0.125*g*g
			hat, squareHat := mean/(1-math.Pow(0.75, 3)), square/(1-math.Pow(0.875, 3))
			values[k] = float32(float64(a.Keep)*x - 0.25*hat/(math.Sqrt(squareHat)+0.03125))
		}
	}
	for i := range w.Weights {
		step(func(n *network.Float) []float32 { return n.Weights[i] }, r.dWeights[i], true)
		step(func(n *network.Float) []float32 { return n.Biases[i] }, r.dBiass[i], false)
		step(func(n *network.Float) []float32 { return n.Others[i] }, r.dOthers[i], false)
	}
	return w
}

func TestAWarmStepOfAdamWithClippingAllocatesNothing(t *testing.T) {
	for _, net := range []*network.Float{convNet(t), vitNet(t)} {
		empty := func() *network.Float { return network.NewFloat(net.Graph, quant.Levels{}) }
		m, err := NewMachine(net, empty(), 64, Options{Workers: 2, Second: empty()})
		require.NoError(t, err)
		defer m.Close()
		labels := make([]uint8, 64)
		step := func() {
			m.StepBy(Batch{From: noise, Labels: labels}, Rule{Adam: kernel.NewAdam(1e-6, 0.9, 0.999, 1e-8, 1), Clip: 1e-3})
		}
		step()
		assert.Zero(t, testing.AllocsPerRun(20, step), net.Graph.Name)
	}
}
