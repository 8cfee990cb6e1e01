package mapping_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/mapping"
	"lowres/sim/program"
)

func design(t *testing.T, change func(*arch.Spec)) *arch.Design {
	t.Helper()
	s := arch.DefaultSpec()
	if change != nil {
		change(&s)
	}
	d, err := arch.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// fill resolves the graph and gives it random ternary parameters.
func fill(t *testing.T, input network.Shape, layers ...network.Layer) *network.Integer {
	t.Helper()
	return fillN(t, 3, input, layers...)
}

// fillN is fill with weights of n levels.
func fillN(t *testing.T, n int, input network.Shape, layers ...network.Layer) *network.Integer {
	t.Helper()
	g := &network.Graph{Name: "test", Input: input, Layers: layers}
	if err := g.Resolve(); err != nil {
		t.Fatal(err)
	}
	net, err := simtest.Fill(g, []int{n}, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func conv(name string, out, kernel int) network.Layer {
	return network.Layer{Name: name, Kind: network.Conv, Out: out, Kernel: kernel, Pad: kernel / 2, ReLU: true}
}

func dense(name string, out int) network.Layer {
	return network.Layer{Name: name, Kind: network.Dense, Out: out}
}

func pool(name string) network.Layer {
	return network.Layer{Name: name, Kind: network.MaxPool, Kernel: 2}
}

func TestRefusalsNameTheLayerAndWhatToChange(t *testing.T) {
	shape := network.Shape{H: 8, W: 8, C: 4}
	for _, c := range []struct {
		name   string
		net    func(t *testing.T) *network.Integer
		spec   func(*arch.Spec)
		is     error
		wanted []string
	}{
		{"a pool of the input without a level of 0", func(t *testing.T) *network.Integer { return fill(t, shape, pool("p"), dense("fc", 2)) },
			func(s *arch.Spec) { s.Levels = []int{2, 4} }, mapping.ErrUnsupported, []string{"layer p", "[0 1]", "levels"}},
		{"a depthwise layer without a set that has 0 too", func(t *testing.T) *network.Integer {
			return fill(t, shape, network.Layer{Name: "d", Kind: network.Depthwise, Kernel: 3}, dense("fc", 2))
		}, func(s *arch.Spec) { s.Levels = []int{2} }, mapping.ErrUnsupported, []string{"layer d", "[-1 0 1]", "levels"}},
		{"a function without a table", func(t *testing.T) *network.Integer {
			return fill(t, shape, conv("c", 4, 3), network.Layer{Name: "f", Kind: network.Lookup, Function: network.GELU}, dense("fc", 2))
		}, nil, mapping.ErrUnsupported, []string{"layer c", "function f", "buffers.table_bytes"}},
		{"levels that the design does not run", func(t *testing.T) *network.Integer { return fill(t, shape, dense("fc", 2)) },
			func(s *arch.Spec) { s.Levels = []int{5} }, mapping.ErrUnsupported, []string{"layer fc", "N=3", "[N=5]", "levels"}},
		{"an accumulator that is too narrow", func(t *testing.T) *network.Integer {
			return fill(t, network.Shape{H: 8, W: 8, C: 64}, conv("c", 4, 3), dense("fc", 2))
		}, func(s *arch.Spec) { s.Array.AccumulatorBits = 14 }, mapping.ErrFit, []string{"layer c", "17 bits", "array.accumulator_bits"}},
		{"a pixel larger than the output buffer", func(t *testing.T) *network.Integer {
			return fill(t, shape, conv("c", 300, 1), dense("fc", 2))
		}, func(s *arch.Spec) { s.Buffers.Output = 256 }, mapping.ErrFit, []string{"layer c", "buffers.output_bytes"}},
		{"a window larger than the activation buffer", func(t *testing.T) *network.Integer {
			return fill(t, network.Shape{H: 8, W: 8, C: 64}, conv("c", 4, 3), dense("fc", 2))
		}, func(s *arch.Spec) { s.Buffers.Activation = 512 }, mapping.ErrFit, []string{"layer c", "buffers.activation_bytes"}},
		{"a pool window of more positions than hold when weights stream", func(t *testing.T) *network.Integer {
			return fill(t, network.Shape{H: 8, W: 8, C: 64}, conv("c", 4, 3), pool("p"), dense("fc", 2))
		}, func(s *arch.Spec) { s.Buffers.Weight, s.Array.Hold = 1024, 3 }, mapping.ErrFit, []string{"layer c", "buffers.weight_bytes", "array.hold"}},
		{"more instructions than the design holds", func(t *testing.T) *network.Integer {
			return fill(t, network.Shape{H: 32, W: 32, C: 16}, conv("c", 64, 3), dense("fc", 2))
		}, func(s *arch.Spec) { s.Program.Compute, s.Buffers.Output = 4, 512 }, mapping.ErrFit, []string{"compute", "raise program.compute"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := mapping.Map(c.net(t), design(t, c.spec))
			if !errors.Is(err, c.is) {
				t.Fatalf("got %v, want %v", err, c.is)
			}
			for _, w := range c.wanted {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q: want %q in it", err, w)
				}
			}
		})
	}
}

func TestParametersThatDoNotFitTheGraphAreRefused(t *testing.T) {
	for name, damage := range map[string]func(*network.Integer){
		"a layer is missing":         func(n *network.Integer) { n.Layers = n.Layers[:1] },
		"a weight is missing":        func(n *network.Integer) { n.Layers[0].Weights = n.Layers[0].Weights[1:] },
		"a weight is not a level":    func(n *network.Integer) { n.Layers[0].Weights[3] = 7 },
		"the graph is not resolved":  func(n *network.Integer) { n.Graph.Layers[0].InShape = network.Shape{} },
		"a shift is out of range":    func(n *network.Integer) { n.Layers[0].Requant[2].Shift = 48 },
		"channels differ in relu":    func(n *network.Integer) { n.Layers[0].Requant[2].ReLU = false },
		"sums in the middle":         func(n *network.Integer) { n.Layers[0].Requant = nil },
		"a bias overflows corrected": func(n *network.Integer) { n.Layers[0].Bias[0] = 1<<31 - 1 },
	} {
		t.Run(name, func(t *testing.T) {
			net := fill(t, network.Shape{H: 4, W: 4, C: 4}, conv("c", 4, 3), dense("fc", 2))
			damage(net)
			if p, err := mapping.Map(net, design(t, nil)); err == nil || p != nil {
				t.Errorf("mapped, %v", err)
			}
		})
	}
}

// The bound is tight: the same network maps with the bits that a refusal asks
// for, and not with one fewer.
func TestTheWidthBoundIsTheBitsItNames(t *testing.T) {
	net := fill(t, network.Shape{H: 1, W: 1, C: 64}, dense("fc", 1))
	l := &net.Layers[0]
	for i := range l.Weights {
		l.Weights[i] = 1
	}
	l.Bias[0] = 0
	// Sums of 64 · −128 … 64 · 127 take 14 bits; −8192 is just in.
	for bits, ok := range map[int]bool{14: true, 13: false} {
		_, err := mapping.Map(net, design(t, func(s *arch.Spec) { s.Array.AccumulatorBits = bits }))
		if (err == nil) != ok {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
	l.Bias[0] = -1
	if _, err := mapping.Map(net, design(t, func(s *arch.Spec) { s.Array.AccumulatorBits = 14 })); !errors.Is(err, mapping.ErrFit) {
		t.Errorf("one less than the least sum: %v", err)
	}
}

func TestMapIsDeterministic(t *testing.T) {
	net, err := simtest.Model("cvnn-small", 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := design(t, nil)
	a, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	b, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	if a.Disassemble(nil) != b.Disassemble(nil) || string(a.Image) != string(b.Image) {
		t.Error("two programs of one network differ")
	}
}

// With too few instructions for the fastest tiles, Map takes the fewest.
func TestFewerInstructionsAreTriedBeforeARefusal(t *testing.T) {
	net, err := simtest.Model("cvnn-small", 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	fast, err := mapping.Map(net, design(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	few, err := mapping.Map(net, design(t, func(s *arch.Spec) { s.Program.Store = 4 }))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fast.Count(program.StoreEngine), few.Count(program.StoreEngine); a <= 4 || b > 4 {
		t.Errorf("%d stores, then %d", a, b)
	}
}

// Weights are packed as docs/instruction-set.md says: the first tile of a
// dense layer with two outputs holds their first weights, column by column.
func TestFirstTileOfTheImage(t *testing.T) {
	net := fill(t, network.Shape{H: 1, W: 1, C: 5}, dense("fc", 2))
	d := design(t, func(s *arch.Spec) {
		s.Array.Lanes, s.Array.Cols, s.Array.Requantisers, s.Memory.WidthBits = 4, 4, 4, 64
	})
	p, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]int16, 16)
	l := net.Layers[0].Levels
	if err := l.Unpack(got, quant.Byte, p.Image); err != nil {
		t.Fatal(err)
	}
	w := net.Layers[0].Weights
	want := append(append(append([]int16{}, w[:4]...), w[5:9]...), make([]int16, 8)...)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}
