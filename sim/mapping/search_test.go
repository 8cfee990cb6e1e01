package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
	"lowres/sim/workload"
)

// price is an energy in which everything has another cost.
func price(c *machine.Counts) float64 {
	sum := 0.0
	for a, n := range c {
		sum += float64(n) * float64(1+a*a%17)
	}
	return sum
}

// The search finds what trying every way to cut the layer finds, for every goal and
// policy, and no bound is above what its trial takes. The first layer is searched with all
// folds of its input too.
func TestTheSearchFindsTheBestOfTheWholeSpace(t *testing.T) {
	searched, trials := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := shallow(t, simtest.Design(t))
		net := simtest.Network(t, d)
		s := searcher{d: d, prefer: policy(rapid.IntRange(0, 2).Draw(t, "policy")),
			options: &Options{Goal: rapid.SampledFrom(Goals()).Draw(t, "goal"), Price: price, Batch: rapid.SampledFrom([]int{1, 1, 2, 5}).Draw(t, "batch")}}
		layers, err := plan(net, &s)
		if err != nil {
			return
		}
		spaces := [][]candidate{waysOf(foldingsOfFirst(t, net, &s), d)}
		for i := range layers {
			all, err := layers[i].candidates(d)
			if err != nil {
				return
			}
			spaces = append(spaces, all)
		}
		for _, all := range spaces {
			searched, trials = searched+len(all), trials+searchWhole(t, &s, all)
		}
	})
	t.Logf("%d trials for %d candidates", trials, searched)
}

// searchWhole fails unless the search finds the best of all candidates. It returns the
// trials that the search took.
func searchWhole(t rapid.TB, s *searcher, all []candidate) (trials int) {
	s.trials = 0
	got, err := s.best(all)
	if err != nil {
		t.Fatal(err)
	}
	trials = s.trials
	want := everywhere(t, s, all)
	if want != nil && (got.shape != want.shape || got.layer != want.layer) {
		t.Fatalf("%s: %s, policy %d: got %+v, fold %+v, of %g and %d instructions, want %+v, fold %+v, of %g and %d", got.layer.name, s.options.Goal, s.prefer,
			got.shape, got.layer.fold, got.value, got.trial.instructions, want.shape, want.layer.fold, want.value, want.trial.instructions)
	}
	return trials
}

// foldingsOfFirst are the foldings of the network's first layer.
func foldingsOfFirst(t rapid.TB, net *network.Integer, s *searcher) []layer {
	l, err := newLayer(net, 0, net.Graph.Readers(), map[int]int{-1: 0}, s.d)
	if err != nil {
		t.Fatal(err)
	}
	return l.foldings(s)
}

// shallow is the design with program memories that hold few instructions, in some cases.
func shallow(t *rapid.T, d *arch.Design) *arch.Design {
	s := d.Spec
	s.Program.Compute = 1 << rapid.IntRange(3, 12).Draw(t, "depth")
	d, err := arch.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// everywhere is the best of all candidates, found by trying all of them.
func everywhere(t rapid.TB, s *searcher, all []candidate) *candidate {
	least := 0.0
	for i := range all {
		c := &all[i]
		if err := s.try(c); err != nil {
			t.Fatal(err)
		}
		if !c.trial.fits {
			continue
		}
		if above := c.above(); above != nil {
			t.Fatalf("%s: %+v: the bound is above the trial: %s", c.layer.name, c.shape, strings.Join(above, ", "))
		}
		if least == 0 || c.value < least {
			least = c.value
		}
	}
	balanced := s.prefer == fastest && s.options.Goal == Balanced
	fits := slices.DeleteFunc(slices.Clone(all), func(c candidate) bool {
		return !c.trial.fits || s.prefer == lean && c.value > least*1.1 || balanced && c.value > least*1.004
	})
	if len(fits) == 0 {
		return nil
	}
	value := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.trial.beats, b.trial.beats))
	}
	instructions := func(a, b candidate) int { return cmp.Compare(a.trial.instructions, b.trial.instructions) }
	best := slices.MinFunc(fits, func(a, b candidate) int {
		if balanced {
			return cmp.Or(cmp.Compare(a.trial.beats, b.trial.beats), value(a, b), instructions(a, b))
		}
		if s.prefer == fastest {
			return cmp.Or(value(a, b), instructions(a, b))
		}
		return cmp.Or(instructions(a, b), value(a, b))
	})
	return &best
}

func TestAGoalOfEnergyNeedsPrices(t *testing.T) {
	d, err := arch.New(arch.DefaultSpec())
	require.NoError(t, err)
	net, err := simtest.Model("cvnn-small", 3, 1)
	require.NoError(t, err)
	for o, want := range map[*Options]string{{Goal: Energy}: "needs the energy", {Goal: "speed"}: `goal "speed": want one of`} {
		_, err := MapFor(net, d, *o)
		require.ErrorIs(t, err, ErrUnsupported)
		require.ErrorContains(t, err, want)
	}
}

// BenchmarkSearch is the search for the tiles of each layer.
func BenchmarkSearch(b *testing.B) {
	d, err := arch.New(arch.DefaultSpec())
	require.NoError(b, err)
	tech, err := energy.Load(d.Technology)
	require.NoError(b, err)
	prices := tech.Prices(d)
	price := func(c *machine.Counts) float64 { return prices.Total(c).TypicalPJ }
	for _, name := range []string{"cnn8", "cvnn1", "cvnn2"} {
		w, err := workload.Open(name)
		require.NoError(b, err)
		sets, err := network.ParseLevels(w.Parts[0].Graph, "3")
		require.NoError(b, err)
		net, err := network.Uniform(w.Parts[0].Graph, sets, true, 1)
		require.NoError(b, err)
		layers, err := plan(net, &searcher{d: d, options: &Options{}})
		require.NoError(b, err)
		for _, goal := range Goals() {
			for i := range layers {
				benchmarkLayer(b, fmt.Sprintf("%s/%s/%s", name, goal, layers[i].name), &searcher{d: d, options: &Options{Goal: goal, Price: price}}, &layers[i])
			}
		}
	}
}

func benchmarkLayer(b *testing.B, name string, s *searcher, l *layer) {
	b.Run(name, func(b *testing.B) {
		var n int
		for b.Loop() {
			all, err := l.candidates(s.d)
			require.NoError(b, err)
			s.trials, n = 0, len(all)
			_, err = s.best(all)
			require.NoError(b, err)
		}
		b.ReportMetric(float64(n), "candidates")
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "searches/s")
		b.ReportMetric(float64(s.trials), "trials")
	})
}
