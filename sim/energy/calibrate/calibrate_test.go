package calibrate_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/quant"
	"lowres/sim/energy/calibrate"
)

// Energies that are not fitted to are found again, none below zero, and held-out
// samples do not change them.
func TestFitFindsEnergiesAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	want := []float64{3e-15, 0, 7e-14}
	var samples []calibrate.Sample
	for i := range 20 {
		s := calibrate.Sample{HeldOut: i%2 == 1, Events: []float64{1000 + r.Float64(), 500 * r.Float64(), 900 * r.Float64()}}
		s.EnergyJ = calibrate.Predict(want, s.Events)
		if s.HeldOut {
			s.EnergyJ *= 1.1
		}
		samples = append(samples, s)
	}
	got := calibrate.Fit(samples, 3)
	for i := range want {
		require.InDelta(t, want[i]/7e-14, got[i]/7e-14, 1e-6, i)
	}
	held := calibrate.ErrorsOf(samples, got, func(s *calibrate.Sample) bool { return s.HeldOut })
	require.Equal(t, 10, held.Count)
	require.InDelta(t, 1-1/1.1, held.Mean, 1e-6)
	require.InDelta(t, 1-1/1.1, held.Worst, 1e-6)
	require.Less(t, held.Bias, 0.0)
}

func TestStreamsAreFixed(t *testing.T) {
	net, err := simtest.Model("cvnn-small", 3, 1)
	require.NoError(t, err)
	source := calibrate.Source{Name: "cvnn-small", Network: net, Input: simtest.Input(&network.Graph{Input: net.Graph.Input}, 1)}
	streams, err := calibrate.Collect(source)
	require.NoError(t, err)
	again, err := calibrate.Collect(source)
	require.NoError(t, err)
	require.Equal(t, streams, again)
	held := 0
	for _, s := range streams {
		require.Len(t, s.Issues, calibrate.Length, s.Name)
		if s.HeldOut {
			held++
		}
	}
	require.Equal(t, "cvnn-small conv1 1/4", streams[0].Name)
	require.Equal(t, []int{6, 2}, []int{len(streams), held}, "three convolutions, the second held out")

	l, err := quant.ForN(17)
	require.NoError(t, err)
	other := calibrate.Reweight(streams[0], l, rand.New(rand.NewPCG(1, 1)))
	changes, largest := 0, int16(0)
	for k := range other.Issues {
		a, b := &streams[0].Issues[k], &other.Issues[k]
		require.Equal(t, a.Word, b.Word)
		for _, w := range b.Tile {
			largest = max(largest, w)
		}
		if k > 0 && &b.Tile[0] != &other.Issues[k-1].Tile[0] {
			changes++
		}
	}
	require.Positive(t, changes)
	require.Equal(t, int16(8), largest)
}

func TestSmallNetworksGiveNoStreams(t *testing.T) {
	net, err := simtest.Model("fcnn1", 3, 1)
	require.NoError(t, err)
	net.Graph.Layers[0].Name = "first"
	_, err = calibrate.Collect(calibrate.Source{Name: "empty", Network: &network.Integer{Graph: net.Graph}})
	require.ErrorIs(t, err, calibrate.ErrStreams)
}
