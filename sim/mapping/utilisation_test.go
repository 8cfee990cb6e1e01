package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// busyDesign is 16 × 16 with a memory of 128 bits and 40 cycles.
func busyDesign(t *testing.T) *arch.Design {
	return design(t, func(s *arch.Spec) {
		s.Levels = quant.PaperN()
		s.Array.Requantisers = 8
		s.Program = arch.Depths{Load: 2048, Compute: 2048, Store: 256}
		s.Buffers = arch.Buffers{Activation: 32 << 10, Weight: 32 << 10, Parameter: 4 << 10, Output: 32 << 10}
	})
}

// model is a built-in model with random weights of n levels.
func model(t *testing.T, name string, n int) *network.Integer {
	t.Helper()
	net, err := simtest.Model(name, n, 1)
	require.NoError(t, err)
	return net
}

// layersIn maps a network and times its layers.
func layersIn(t *testing.T, d *arch.Design, net *network.Integer) []machine.Layer {
	t.Helper()
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	timing, err := machine.Time(d, p)
	require.NoError(t, err)
	return machine.Layers(d, p, timing)
}

// useful is the share of the cells' cycles that multiply a weight of the network.
func useful(d *arch.Design, g *network.Graph, layers []machine.Layer) float64 {
	macs, cycles := int64(0), machine.Cycle(0)
	for _, l := range layers {
		macs += g.Layers[l.Index].MACs()
		cycles += l.Cycles
	}
	return float64(macs) / float64(d.Array.Lanes*d.Array.Cols) / float64(cycles)
}

// bandwidth is the share of a layer's cycles in which weights come from memory.
func bandwidth(l *machine.Layer) float64 {
	return float64(l.Actions[machine.WeightWrite]) / float64(l.Cycles)
}

func TestTheArrayIsBusyWithCVNN1(t *testing.T) {
	d := busyDesign(t)
	for _, n := range []int{2, 3, 5, 9, 17} {
		net := model(t, "cvnn1", n)
		layers := layersIn(t, d, net)
		for _, l := range layers[:3] {
			share, least := useful(d, net.Graph, []machine.Layer{l}), 0.95
			if l.Index == 0 {
				least = 0.65 // 27 of 32 lanes have a weight
			}
			t.Logf("N=%d %s: %d cycles, %.1f %% useful", n, net.Graph.Layers[l.Index].Name, l.Cycles, 100*share)
			require.Greater(t, share, least, "N=%d %s", n, net.Graph.Layers[l.Index].Name)
		}
		require.Greater(t, useful(d, net.Graph, layers[:3]), 0.92, "N=%d", n)
		fc := &layers[3]
		require.Greater(t, bandwidth(fc), 0.94, "N=%d: weights of fc1, which waits for its input", n)
	}
}

func TestTheArrayIsBusyWithCVNN2(t *testing.T) {
	d := busyDesign(t)
	net := model(t, "cvnn2", 3)
	share := useful(d, net.Graph, layersIn(t, d, net))
	t.Logf("%.1f %% useful", 100*share)
	require.Greater(t, share, 0.95)
}

// A fully connected layer at batch 1 runs at the pace of the memory, so that fewer
// bits a weight are fewer cycles. This one has the shape of CVNN2's first.
func TestFullyConnectedLayersRunAtThePaceOfTheMemory(t *testing.T) {
	d := busyDesign(t)
	words, cycles := 0, machine.Cycle(0)
	for i, n := range quant.PaperN() {
		net := fillN(t, n, network.Shape{H: 4, W: 4, C: 512}, dense("fc1", 512), dense("fc2", 10))
		l := &layersIn(t, d, net)[0]
		share := bandwidth(l)
		t.Logf("N=%d: %d cycles, %.1f %% of the bandwidth", n, l.Cycles, 100*share)
		require.Greater(t, share, 0.95, "N=%d", n)
		if d.TileWords(i) > words {
			require.Greater(t, l.Cycles, cycles, "N=%d", n)
		}
		words, cycles = d.TileWords(i), l.Cycles
	}
}
