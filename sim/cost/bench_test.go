package cost_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/energy"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/sim/workload"
)

// BenchmarkFast is the fast mode on the eight layers that simulators are compared on, its
// mapping given. "cycles": of a program that is known to be sound. "network": with traffic,
// actions and energy by layer.
func BenchmarkFast(b *testing.B) {
	for _, side := range []int{16, 32} {
		d, p := cnn8(b, side)
		timer, err := machine.NewTimer(d, p)
		require.NoError(b, err)
		m, err := machine.New(d, p)
		require.NoError(b, err)
		expected, err := cost.Expected(m, p, cnn8Graph(b))
		require.NoError(b, err)
		tech, err := energy.Load(d.Technology)
		require.NoError(b, err)
		estimate, err := cost.NewEstimate(d, p, expected, tech.Prices(d).Expected())
		require.NoError(b, err)
		for _, work := range []struct {
			name string
			run  func()
		}{{"cycles", func() { timer.Time() }}, {"network", estimate.Run}} {
			b.Run(fmt.Sprintf("%dx%d/%s", side, side, work.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					work.run()
				}
				perSecond := float64(b.N) / b.Elapsed().Seconds()
				b.ReportMetric(perSecond, "networks/s")
				b.ReportMetric(perSecond*float64(estimate.Cycles), "cycles/s")
			})
		}
	}
}

// BenchmarkExact is the exact mode on the same network, with its values and with all bits
// that change.
func BenchmarkExact(b *testing.B) {
	for _, side := range []int{16, 32} {
		d, p := cnn8(b, side)
		m, err := machine.New(d, p)
		require.NoError(b, err)
		for _, work := range []struct {
			name    string
			options machine.Options
		}{{"values", machine.Options{}}, {"toggles", machine.Options{Toggles: true}}} {
			b.Run(fmt.Sprintf("%dx%d/%s", side, side, work.name), func(b *testing.B) {
				b.ReportAllocs()
				memory := m.Memory()
				require.NoError(b, p.Input().Put(memory, cost.Input(cnn8Graph(b), 1)))
				for b.Loop() {
					_, err := m.Run(memory, work.options)
					require.NoError(b, err)
				}
				b.ReportMetric(float64(m.Timing().Counters.Cycles)*float64(b.N)/b.Elapsed().Seconds(), "cycles/s")
			})
		}
	}
}

// BenchmarkCost is a row of lowres cost.
func BenchmarkCost(b *testing.B) {
	w, err := workload.Open("cnn8")
	require.NoError(b, err)
	d, err := arch.New(arch.DefaultSpec())
	require.NoError(b, err)
	set, err := quant.ForN(3)
	require.NoError(b, err)
	for b.Loop() {
		_, err := cost.Evaluate(w, d, set, nil, cost.Options{})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.N)*float64(w.MACs())/b.Elapsed().Seconds(), "MACs/s")
}

// cnn8Graph is the eight layers.
func cnn8Graph(b *testing.B) *network.Graph {
	w, err := workload.Open("cnn8")
	require.NoError(b, err)
	return w.Parts[0].Graph
}

// cnn8 maps the network, N = 3, to a square array.
func cnn8(b *testing.B, side int) (*arch.Design, *program.Program) {
	s := arch.DefaultSpec()
	s.Array.Lanes, s.Array.Cols = side, side
	d, err := arch.New(s)
	require.NoError(b, err)
	g := cnn8Graph(b)
	sets, err := network.ParseLevels(g, "3")
	require.NoError(b, err)
	net, err := network.Uniform(g, sets, true, cost.Seed)
	require.NoError(b, err)
	p, err := mapping.Map(net, d)
	require.NoError(b, err)
	return d, p
}
