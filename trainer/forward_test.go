package trainer

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/network"
	"lowres/trainer/dataset"
)

func smallNet(t testing.TB) (*network.Float, *dataset.Dataset) {
	t.Helper()
	g, err := network.Model("cvnn-small")
	require.NoError(t, err)
	pictures, _ := dataset.Builtin(5, 70, 0)
	return Initialise(g, levelsOf(t, 3), 1), pictures
}

func TestAccuracyCountsTheBestLogits(t *testing.T) {
	net, pictures := smallNet(t)
	logits, err := Logits(net, pictures, true, 2)
	require.NoError(t, err)
	right := 0
	for i, label := range pictures.Labels {
		row := logits[i*10 : i*10+10]
		best := 0
		for k := range row {
			if row[k] > row[best] {
				best = k
			}
		}
		if best == int(label) {
			right++
		}
	}
	for _, workers := range []int{0, 1, 5} {
		accuracy, err := Accuracy(net, pictures, true, workers)
		require.NoError(t, err)
		require.Equal(t, float64(right)/70, accuracy)
	}
}

func TestActivationRangesAreThoseOfTheOutputs(t *testing.T) {
	net, pictures := smallNet(t)
	logits, err := Logits(net, pictures, true, 1)
	require.NoError(t, err)
	top := float32(0)
	for _, v := range logits[:50*10] {
		top = max(top, v, -v)
	}
	ranges, err := ActivationRanges(net, pictures, 50, 1)
	require.NoError(t, err)
	require.Len(t, ranges, len(net.Graph.Layers))
	assert.Equal(t, top, ranges[6], "the last layer's outputs are the logits")
	assert.Equal(t, ranges[0], ranges[1], "a pool keeps the largest output")
	smaller, err := ActivationRanges(net, pictures, 50, 0.99)
	require.NoError(t, err)
	for i := range ranges {
		assert.Less(t, smaller[i], ranges[i], "layer %d", i)
		assert.Positive(t, smaller[i])
	}
}

func TestActivationRangesRefuseWhatTheyCannotDo(t *testing.T) {
	net, pictures := smallNet(t)
	_, err := ActivationRanges(net, pictures, 10, 0)
	require.ErrorContains(t, err, "percentile 0: want above 0 to 1")
	_, err = ActivationRanges(net, pictures, 10, nan())
	require.ErrorContains(t, err, "percentile NaN")
	_, err = ActivationRanges(net, pictures, 0, 1)
	require.ErrorContains(t, err, "0 pictures")
	_, err = Accuracy(net, pictures.Slice(0, 0), true, 1)
	require.ErrorContains(t, err, "empty")
}

func TestPercentileIsAnUpperEdgeWithinFourThousandths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float32Range(-1000, 1000), 1, 200).Draw(t, "values")
		part := rapid.Float64Range(0.01, 1).Draw(t, "part")
		h := &Histogram{Counts: make([]uint64, histogramBuckets)}
		h.add(values)
		p := h.Percentile(part)
		within, near := 0, false
		for _, v := range values {
			v = float32(math.Abs(float64(v)))
			if v <= p {
				within++
			}
			near = near || (v <= p && v >= p/1.004-1e-37)
		}
		require.GreaterOrEqual(t, float64(within), part*float64(len(values))-1e-9)
		require.True(t, near, "no value is near the percentile")
		require.LessOrEqual(t, p, h.Max)
	})
}

func TestGlorotWeightsAreThirdsWithThreeLevels(t *testing.T) {
	net, _ := smallNet(t)
	for i := range net.Weights {
		if net.Weights[i] == nil {
			continue
		}
		q := make([]int16, len(net.Weights[i]))
		net.Levels[i].Quantise(q, net.Weights[i])
		counts := map[int16]float64{}
		for _, v := range q {
			counts[v] += 1 / float64(len(q))
		}
		for level, part := range counts {
			assert.InDelta(t, 1.0/3, part, 0.08, "layer %d, level %d", i, level)
		}
		assert.Zero(t, net.Biases[i][0])
	}
}

func TestCosineFallsFromTheRateToZero(t *testing.T) {
	r := QuickRecipe(11)
	assert.Zero(t, r.rate(0))
	assert.InDelta(t, r.Rate/2, r.rate(0.5), 1e-12, "half way through the warm-up")
	assert.InDelta(t, r.Rate, r.rate(1), 1e-12)
	assert.InDelta(t, r.Rate/2, r.rate(6), 1e-12, "half way down")
	assert.InDelta(t, 0, r.rate(11), 1e-12)
	assert.Equal(t, 0.001, DefaultRecipe().rate(150), "the paper's rate is fixed")
}
