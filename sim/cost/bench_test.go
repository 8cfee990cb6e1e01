package cost_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/sim/workload"
)

// BenchmarkFast is the fast mode on the eight layers that simulators are compared on,
// its mapping given: cycles of a program that is known to be sound, with the checks, and
// with traffic and actions by layer too.
func BenchmarkFast(b *testing.B) {
	for _, side := range []int{16, 32} {
		d, p := cnn8(b, side)
		timer, err := machine.NewTimer(d, p)
		require.NoError(b, err)
		for name, work := range map[string]func() error{
			"cycles":  func() error { timer.Time(); return nil },
			"checked": func() error { _, err := machine.Time(d, p); return err },
			"layers": func() error {
				t, err := machine.Time(d, p)
				if err == nil {
					machine.Layers(d, p, t)
				}
				return err
			},
		} {
			b.Run(fmt.Sprintf("%dx%d/%s", side, side, name), func(b *testing.B) {
				b.ReportAllocs()
				t, err := machine.Time(d, p)
				require.NoError(b, err)
				for b.Loop() {
					require.NoError(b, work())
				}
				perSecond := float64(b.N) / b.Elapsed().Seconds()
				b.ReportMetric(perSecond*float64(t.Counters.Cycles), "cycles/s")
			})
		}
	}
}

// BenchmarkCost is a row of lowres cost, with values.
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

// cnn8 maps the network, N = 3, to a square array.
func cnn8(b *testing.B, side int) (*arch.Design, *program.Program) {
	w, err := workload.Open("cnn8")
	require.NoError(b, err)
	s := arch.DefaultSpec()
	s.Array.Lanes, s.Array.Cols = side, side
	d, err := arch.New(s)
	require.NoError(b, err)
	g := w.Parts[0].Graph
	sets, err := network.ParseLevels(g, "3")
	require.NoError(b, err)
	net, err := network.Uniform(g, sets, true, cost.Seed)
	require.NoError(b, err)
	p, err := mapping.Map(net, d)
	require.NoError(b, err)
	return d, p
}
