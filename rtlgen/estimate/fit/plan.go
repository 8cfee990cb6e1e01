package fit

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

// pool is how many designs the samples are chosen from, and largestX the greatest quantity
// that a sample may have: what is linear in larger ones is not worth the time.
const (
	pool     = 4000
	largestX = 1200
	cheap    = 200 // sum of the quantities up to which a sample's time hardly matters
)

// Plan chooses the samples of each kind of block for a target: those of drawn designs
// that tell the most about the coefficients.
func Plan(seed uint64, t synth.Target) map[string][]Sample {
	all := map[string][]Sample{}
	seen := map[string]bool{}
	for i := range uint64(pool) {
		d := Draw(seed, i, 2+int(i%5))
		if synth.Refusal(d, t) != nil {
			continue
		}
		blocks := estimate.Blocks(d, t)
		for _, b := range blocks {
			key := fmt.Sprint(b.Kind, b.X)
			if seen[key] || slices.Max(b.X) > limit(b.Kind) || elaborates(b.Kind) && d.Array.Lanes*d.Array.Cols > smallArray {
				continue
			}
			seen[key] = true
			all[b.Kind] = append(all[b.Kind], Sample{b, neutral(d, b.Kind)})
		}
	}
	for kind, samples := range all {
		all[kind] = choose(samples, enough(kind))
	}
	return all
}

// elaborates reports whether a sample of the kind elaborates the whole design.
func elaborates(kind string) bool {
	return slices.Contains([]string{"core", "axi", "board"}, kind) || strings.HasPrefix(kind, "decoder")
}

// smallArray is the most lanes × columns of designs that are elaborated for a block alone.
const smallArray = 64

// limit is the greatest quantity of a sample.
func limit(kind string) float64 {
	switch {
	case strings.HasPrefix(kind, "ram"):
		return 1100
	case kind == "accumulate" || kind == "accumulate ahead":
		return 4096 // where most LUTs of a design for iCE40 are
	case strings.HasPrefix(kind, "dot"):
		return 3 * largestX // of modules that are much the same
	}
	return largestX
}

// neutral is the design without its target's cells, where they do not matter.
func neutral(d *arch.Design, kind string) *arch.Design {
	s := d.Spec
	if !strings.HasPrefix(kind, "dot ") {
		s.Target = arch.Portable
	}
	n, err := arch.New(s)
	if err != nil {
		panic(err) // portable Verilog is there for every design
	}
	return n
}

// enough is how many samples a kind has for each quantity that its samples tell apart:
// how well Yosys minimises tables differs from one to the next.
func enough(kind string) int {
	if strings.HasPrefix(kind, "decode") {
		return 2
	}
	return 1
}

// choose picks samples one after the other, each where the ones before leave the most
// uncertain what a block takes for the time: the greatest x·(sum of x xᵀ)⁻¹·x, by size.
func choose(samples []Sample, each int) []Sample {
	n := len(samples[0].Block.X)
	scale := make([]float64, n)
	for _, s := range samples {
		for k, x := range s.Block.X {
			scale[k] = max(scale[k], math.Abs(x))
		}
	}
	scaled := func(s Sample) *mat.VecDense {
		v := mat.NewVecDense(n, nil)
		for k, x := range s.Block.X {
			if scale[k] > 0 {
				v.SetVec(k, x/scale[k])
			}
		}
		return v
	}
	inverse := mat.NewDense(n, n, nil)
	for k := range n {
		inverse.Set(k, k, 1e4)
	}
	want := 1 // what is always the same
	for _, most := range scale {
		if most > 0 && n > 1 {
			want += each
		}
	}
	want = min(want, len(samples))
	var chosen []Sample
	taken := make([]bool, len(samples))
	for len(chosen) < want {
		best, most := -1, -1.0
		for i, s := range samples {
			if taken[i] {
				continue
			}
			v := scaled(s)
			if u := mat.Inner(v, inverse, v) / (1 + floatsSum(s.Block.X)/cheap); u > most {
				best, most = i, u
			}
		}
		taken[best] = true
		chosen = append(chosen, samples[best])
		v := scaled(samples[best])
		var iv mat.VecDense
		iv.MulVec(inverse, v)
		var outer mat.Dense
		outer.Outer(1/(1+mat.Dot(v, &iv)), &iv, &iv)
		inverse.Sub(inverse, &outer)
	}
	return chosen
}

func floatsSum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

// kinds are the kinds of a plan in alphabetical order.
func kinds(plan map[string][]Sample) []string { return slices.Sorted(maps.Keys(plan)) }
