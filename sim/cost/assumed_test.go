package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/energy"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/trainer/dataset"
)

// prepared is cvnn-small with random weights, on the default design.
func prepared(t testing.TB, n int) (*network.Integer, *machine.Machine, func(input []int8) *machine.Result, []machine.Layer) {
	t.Helper()
	s := arch.DefaultSpec()
	s.Levels = []int{n}
	d, err := arch.New(s)
	require.NoError(t, err)
	net, err := simtest.Model("cvnn-small", n, 7)
	require.NoError(t, err)
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	m, err := machine.New(d, p)
	require.NoError(t, err)
	run := func(input []int8) *machine.Result {
		memory := m.Memory()
		require.NoError(t, p.Input().Put(memory, input))
		r, err := m.Run(memory, machine.Options{Toggles: true})
		require.NoError(t, err)
		return r
	}
	expected, err := cost.Expected(m, p, net.Graph)
	require.NoError(t, err)
	return net, m, run, expected
}

// Expected actions are those of runs on pictures: the same where values do not matter or
// only weights do, and within the band of energy.ExpectedSpread where activations do.
func TestExpectedActionsAreNearThoseOfRunsOnPictures(t *testing.T) {
	_, pictures := dataset.Builtin(1, 1, 4)
	for _, n := range []int{2, 3, 9} {
		_, _, run, expected := prepared(t, n)
		for _, l := range expected {
			var sum machine.LevelCells
			for _, v := range l.Levels {
				sum = sum.Add(v)
			}
			assert.Equal(t, []int64{l.Actions[machine.CellActive], l.Actions[machine.CellZeroActivation]}, []int64{sum.Active, sum.ZeroActivation}, "N=%d: cells by level", n)
		}
		for i := range pictures.Len() {
			r := run(network.Input(pictures.Image(i)))
			sums := [2]machine.Counts{}
			for l := range expected {
				sums[0].Add(&expected[l].Actions)
				sums[1].Add(&r.Layers[l].Actions)
			}
			for a := range machine.ActionCount {
				got, want := float64(sums[0][a]), float64(sums[1][a])
				switch {
				case a == machine.CellZeroActivation || want == 0: // what is left of the others
				case !a.Exact() || a == machine.CellZeroWeight || a == machine.WeightChange:
					assert.Equal(t, want, got, "N=%d, picture %d: %v", n, i, a)
				case a == machine.WeightToggle || a == machine.SignToggle || a == machine.SumAddressToggle:
					assert.InEpsilon(t, want, got, 0.02, "N=%d, picture %d: %v", n, i, a)
				default:
					assert.InDelta(t, 1, got/want, energy.ExpectedSpread-1, "N=%d, picture %d: %v", n, i, a)
				}
			}
		}
	}
}

// All of a network looked at gives the same as a run over the same maps.
func TestASampleOfEverythingIsARun(t *testing.T) {
	net, m, run, _ := prepared(t, 3)
	r := run(simtest.Input(net.Graph, 3))
	all, err := m.Expect(r.Memory, 1<<60)
	require.NoError(t, err)
	for i := range all {
		for a, n := range r.Layers[i].Actions {
			switch action := machine.Action(a); action {
			case machine.SumReadToggle, machine.SumToggle, machine.ProductToggle, machine.TreeToggle: // sums start elsewhere
				assert.InEpsilon(t, float64(n), float64(all[i].Actions[a]), 0.001, "layer %d: %v", i, action)
			default:
				assert.Equal(t, n, all[i].Actions[a], "layer %d: %v", i, action)
			}
		}
		assert.Equal(t, r.Layers[i].Levels, all[i].Levels, "layer %d: cells by level", i)
	}
}

func TestAnEstimateIsTheReportOfItsActions(t *testing.T) {
	s := arch.DefaultSpec()
	d, err := arch.New(s)
	require.NoError(t, err)
	net, err := simtest.Model("cvnn-small", 3, 7)
	require.NoError(t, err)
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	_, m, _, expected := prepared(t, 3)
	tech, err := energy.Load(d.Technology)
	require.NoError(t, err)
	prices := tech.Prices(d).Expected()
	e, err := cost.NewEstimate(d, p, expected, prices)
	require.NoError(t, err)
	assert.Zero(t, testing.AllocsPerRun(10, e.Run))
	assert.Equal(t, m.Timing().Counters.Cycles, e.Cycles)
	assert.Equal(t, expected, e.Layers)
	var total machine.Counts
	for i := range expected {
		total.Add(&expected[i].Actions)
	}
	r, err := prices.Evaluate(&total)
	require.NoError(t, err)
	assert.Equal(t, energy.Expected, r.Activity)
	assert.InEpsilon(t, r.Total.TypicalPJ, e.Energy.TypicalPJ, 1e-12)
	assert.InEpsilon(t, r.Total.LowPJ, e.Energy.LowPJ, 1e-12)
	counted, err := energy.Evaluate(tech, d, &total)
	require.NoError(t, err)
	assert.Less(t, r.Part(energy.Cells).LowPJ, counted.Part(energy.Cells).LowPJ)
	assert.Equal(t, r.Part(energy.Memory), counted.Part(energy.Memory))
}
