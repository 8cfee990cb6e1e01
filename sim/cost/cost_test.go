package cost_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/workload"
)

func evaluate(t *testing.T, name string, n int, fast bool, change func(*arch.Spec)) cost.Row {
	t.Helper()
	w, err := workload.Open(name)
	require.NoError(t, err)
	s := arch.DefaultSpec()
	if change != nil {
		change(&s)
	}
	d, err := arch.New(s)
	require.NoError(t, err)
	set, err := quant.ForN(n)
	require.NoError(t, err)
	r, err := cost.Evaluate(w, d, set, nil, cost.Options{Fast: fast})
	require.NoError(t, err)
	return r
}

// Cycles and traffic depend on shapes and levels alone: other weights cost the same.
func TestCostsAreThoseOfAnyWeights(t *testing.T) {
	r := evaluate(t, "cvnn-small", 5, false, nil)
	s := arch.DefaultSpec()
	s.Levels = []int{5}
	d, err := arch.New(s)
	require.NoError(t, err)
	net, err := simtest.Model("cvnn-small", 5, 9)
	require.NoError(t, err)
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	timing, err := machine.Time(d, p)
	require.NoError(t, err)
	assert.Equal(t, int64(timing.Counters.Cycles), r.Cycles)
	assert.Equal(t, (timing.Counters.ReadBeats+timing.Counters.WriteBeats)*int64(d.MemoryBytes()), r.TrafficBytes)
	assert.Equal(t, int64(len(p.Image)), r.WeightBytes)
	require.NotNil(t, r.Energy)

	fast := evaluate(t, "cvnn-small", 5, true, nil)
	require.Nil(t, fast.Energy)
	fast.Energy = r.Energy
	assert.Equal(t, r, fast)
	assert.InDelta(t, 3, evaluate(t, "cvnn-small", 5, true, func(s *arch.Spec) { s.Weights.Packing = quant.Plain }).BitsPerWeight, 0.1)
}

func TestPartsCountAsOftenAsTheyRun(t *testing.T) {
	w, err := workload.Open("../scalesim/testdata/cnn8-gemm.csv")
	require.NoError(t, err)
	w.Parts = w.Parts[6:7]
	d, err := arch.New(arch.DefaultSpec())
	require.NoError(t, err)
	set, _ := quant.ForN(3)
	once, err := cost.Evaluate(w, d, set, nil, cost.Options{})
	require.NoError(t, err)
	w.Parts[0].Repeats = 3
	thrice, err := cost.Evaluate(w, d, set, nil, cost.Options{})
	require.NoError(t, err)
	assert.Equal(t, 3*once.Cycles, thrice.Cycles)
	assert.Equal(t, 3*once.TrafficBytes, thrice.TrafficBytes)
	assert.Equal(t, once.WeightBytes, thrice.WeightBytes, "the same weights")
	assert.InEpsilon(t, 3*once.Energy.TypicalPJ, thrice.Energy.TypicalPJ, 1e-12)
}

// Residuals take levels 0 and 1, which N = 4 lacks and N = 5 has.
func TestADesignHasWhatPassesWithoutWeightsTake(t *testing.T) {
	g, err := network.ParseModel("residual", []byte(`
input: [6, 6, 8]
layers:
  - {name: conv1, kind: conv, out: 8, kernel: 3, pad: 1, relu: true}
  - {name: conv2, kind: conv, out: 8, kernel: 3, pad: 1}
  - {name: add, kind: add, with: conv1}
  - {name: fc, kind: dense, out: 4}
`))
	require.NoError(t, err)
	w := &workload.Workload{Parts: []workload.Part{{Graph: g, Repeats: 1, Copies: 1, Logits: true}}}
	d, err := arch.New(arch.DefaultSpec())
	require.NoError(t, err)
	for n, beside := range map[int]string{4: "N=3", 5: ""} {
		set, err := quant.ForN(n)
		require.NoError(t, err)
		r, err := cost.Evaluate(w, d, set, nil, cost.Options{Fast: true})
		require.NoError(t, err)
		assert.Equal(t, []any{beside, ""}, []any{r.Beside, r.Fault}, "N=%d", n)
		assert.Positive(t, r.Cycles, "N=%d", n)
	}
}

func TestWhatADesignCannotRunIsAFault(t *testing.T) {
	r := evaluate(t, "cvnn1", 3, true, func(s *arch.Spec) { s.Program = arch.Depths{Load: 4, Compute: 4, Store: 4} })
	assert.Contains(t, r.Fault, "program")
	assert.Zero(t, r.Cycles)
	assert.Contains(t, evaluate(t, "vit1", 3, true, nil).Fault, "unsupported layer")
}

func TestParetoKeepsWhatNothingBeats(t *testing.T) {
	accuracy := func(x float64) *float64 { return &x }
	rows := []cost.Row{
		{N: 2, WeightBytes: 1, Cycles: 10, Accuracy: accuracy(0.5)},
		{N: 3, WeightBytes: 2, Cycles: 10, Accuracy: accuracy(0.9)},
		{N: 4, WeightBytes: 3, Cycles: 11, Accuracy: accuracy(0.8)},
		{N: 5, WeightBytes: 3, Cycles: 9, Accuracy: accuracy(0.7)},
		{N: 8, Fault: "too large", Accuracy: accuracy(1)},
	}
	marked := func() (all []bool) {
		cost.MarkPareto(rows)
		for _, r := range rows {
			all = append(all, r.Pareto)
		}
		return all
	}
	assert.Equal(t, []bool{true, true, false, true, false}, marked())
	rows[0].Accuracy = nil // then N stands for what a row can say
	assert.Equal(t, []bool{true, true, false, true, false}, marked())
	rows[3].WeightBytes = 1
	assert.Equal(t, []bool{false, false, false, true, false}, marked())

	var first, again bytes.Buffer
	require.NoError(t, cost.SVG(&first, "title", rows))
	require.NoError(t, cost.SVG(&again, "title", rows))
	assert.Equal(t, first.String(), again.String())
	assert.Contains(t, first.String(), "title")
	require.NoError(t, cost.SVG(&again, "nothing runs", rows[4:]))
}
