package fit

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"lowres/internal/needs"
	"lowres/quant"
	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// At the least sum of squares no step within what is allowed leads down.
func TestLeastSquaresAreTheLeastAboveZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, n := rapid.IntRange(1, 12).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "columns")
		number := rapid.Float64Range(-5, 5)
		a, b := mat.NewDense(rows, n, nil), mat.NewVecDense(rows, nil)
		for i := range rows {
			for k := range n {
				a.Set(i, k, number.Draw(t, "a"))
			}
			b.SetVec(i, number.Draw(t, "b"))
		}
		x := nonNegative(a, b)
		r := residual(a, b, x)
		for k := range n {
			down := mat.Dot(a.ColView(k), r) // half of minus the gradient
			if x[k] < 0 {
				t.Fatalf("x[%d] = %g", k, x[k])
			}
			if down > 1e-3 || x[k] > 1e-9 && math.Abs(down) > 1e-3 {
				t.Fatalf("x = %v: %g at %d", x, down, k)
			}
		}
	})
}

func TestCoefficientsAreFoundAgain(t *testing.T) {
	var all []Measured
	for w := range 5 {
		for units := range 4 {
			x := []float64{1, float64(8 * w), float64(units)}
			all = append(all, Measured{Sample{Block: estimate.Block{X: x}}, synth.Resources{LUT: 20 + 16*w + 7*units, FF: 8 * w, BRAM: 0.5 * float64(units)}})
		}
	}
	c := coefficients(all)
	require.InDeltaSlice(t, []float64{20, 2, 7}, c.LUT, 1e-3)
	require.InDeltaSlice(t, []float64{0, 1}, c.FF, 1e-3)
	require.InDeltaSlice(t, []float64{0, 0, 0.5}, c.BRAM, 1e-3)
	require.Empty(t, c.Carry)
}

// Every block that a legal design can have was fitted.
func TestEveryLegalDesignIsEstimated(t *testing.T) {
	for i := range uint64(2000) {
		d := Draw(3, i, 2+int(i%5))
		for _, target := range synth.Targets() {
			_, err := estimate.Design(d, target)
			if synth.Refusal(d, target) != nil {
				require.ErrorIs(t, err, synth.ErrTarget)
				continue
			}
			require.NoError(t, err, "%+v", d.Spec)
		}
	}
}

// Adders in two halves have no model: a design that has them is refused with its field.
func TestSumsInTwoHalvesAreNotEstimated(t *testing.T) {
	s := arch.DefaultSpec()
	s.Target, s.Array.SkewedSums = arch.ICE40, true
	d, err := arch.New(s)
	require.NoError(t, err)
	_, err = estimate.Design(d, synth.ICE40)
	require.ErrorIs(t, err, estimate.ErrForm)
	require.ErrorContains(t, err, "array.skewed_sums: true")
}

// Designs are drawn with up to five level sets, eight and nine; others are estimated all the same.
func TestDesignsOfAnyNumberOfSetsAreEstimated(t *testing.T) {
	for sets := range 11 {
		s := arch.DefaultSpec()
		s.Levels = quant.PaperN()[:min(sets+1, len(quant.PaperN()))]
		for i := len(s.Levels); i <= sets; i++ {
			s.Custom = append(s.Custom, []int{-i, 0, i})
		}
		d, err := arch.New(s)
		require.NoError(t, err)
		for _, target := range synth.Targets() {
			_, err := estimate.Design(d, target)
			require.NoError(t, err, "%d sets", sets+1)
		}
	}
}

// The named examples fit what docs/design.md says that they are made for. tiny is placed and routed (make qor).
func TestNamedExamplesFitTheirFPGAs(t *testing.T) {
	for _, c := range []struct {
		example, fpga string
		target        synth.Target
		holds         synth.Resources
	}{
		{"small", "LFE5U-25", synth.ECP5, synth.Resources{LUT: 24288, FF: 24288, BRAM: 56}},
		{"small", "XC7A35T", synth.Xilinx, synth.Resources{LUT: 20800, FF: 41600, BRAM: 50}},
		{"medium", "XC7A200T", synth.Xilinx, synth.Resources{LUT: 134600, FF: 269200, BRAM: 365}},
	} {
		d, err := arch.ReadFile(filepath.Join("../../../examples", c.example+".yaml"))
		require.NoError(t, err)
		r, err := estimate.Design(d, c.target)
		require.NoError(t, err)
		require.LessOrEqual(t, r.Total.LUT, c.holds.LUT, "LUTs of %s on an %s", c.example, c.fpga)
		require.LessOrEqual(t, r.Total.FF, c.holds.FF, "flip-flops of %s on an %s", c.example, c.fpga)
		require.LessOrEqual(t, r.Total.BRAM, c.holds.BRAM, "block RAMs of %s on an %s", c.example, c.fpga)
	}
}

// A design of each target is synthesised as lowres synth does it.
func TestEstimatesAreWithinFivePercentOfYosys(t *testing.T) {
	needs.Tools(t, "yosys")
	tiny, err := arch.ReadFile("../../../examples/tiny.yaml")
	require.NoError(t, err)
	for _, target := range synth.Targets() {
		r := Runner{Dir: t.TempDir()}
		m, err := r.Measure(context.Background(), []Sample{{estimate.Block{Kind: whole, X: []float64{1}}, tiny}}, target)
		require.NoError(t, err)
		e, err := estimate.Design(tiny, target)
		require.NoError(t, err)
		t.Logf("%s: %+v for %+v", target, e.Total, m[0].Takes)
		require.LessOrEqual(t, OffBy(e.Total, m[0].Takes).Worst(), worst, "%s", target)
	}
}
