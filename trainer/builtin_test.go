package trainer

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/trainer/dataset"
)

// A linear classifier is one dense layer in float32, trained until its cost no longer falls.
func TestLinearModelStaysBelowSixtyPercentOnTheBuiltinSet(t *testing.T) {
	g := &network.Graph{Name: "linear", Input: network.Shape{H: 32, W: 32, C: 3},
		Layers: []network.Layer{{Name: "fc", Kind: network.Dense, Out: 10}}}
	require.NoError(t, g.Resolve())
	train, test := dataset.Builtin(1, 5000, 1000)
	top := 0.0
	for _, decay := range []float64{0, 0.02, 0.1} { // with little and with much regularisation
		r := QuickRecipe(40)
		r.Rate, r.Augment, r.Decay = 0.005, Augment{}, decay
		result, err := Train(context.Background(), Config{Graph: g, Recipe: r, Train: train, Test: test})
		require.NoError(t, err)
		last := result.History[len(result.History)-1]
		t.Logf("decay %v: training cost %.3f, accuracy %.3f; test %.3f", decay, last.TrainCost, last.TrainAccuracy, last.TestAccuracy)
		require.InDelta(t, result.History[35].TrainCost, last.TrainCost, 0.05, "the cost has settled")
		for _, e := range result.History {
			top = max(top, e.TestAccuracy)
		}
	}
	require.Less(t, top, 0.6)
	require.Greater(t, top, 0.2, "it must have learnt something")
}

func TestSmallNetworkWithThreeLevelsPassesNinetyPercentOnTheBuiltinSet(t *testing.T) {
	g, err := network.Model("cvnn-small")
	require.NoError(t, err)
	train, test := dataset.Builtin(1, 5000, 1000)
	r := QuickRecipe(16)
	r.Augment = Augment{}
	result, err := Train(context.Background(), Config{Graph: g, Levels: levelsOf(t, 3), Recipe: r, Train: train, Test: test})
	require.NoError(t, err)
	last := result.History[len(result.History)-1]
	t.Logf("training %.3f, test %.3f", last.TrainAccuracy, last.TestAccuracy)
	require.Greater(t, last.TestAccuracy, 0.9)
}
