package study

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/trainer"
)

// measured is a run with the given test accuracies in percent.
func measured(model string, n int, seed uint64, percent ...float64) Measured {
	r := Measured{Run: Run{Model: model, Augmentation: "none", NValues: n, Recipe: trainer.Recipe{Epochs: len(percent), Seed: seed}}}
	for i, p := range percent {
		r.History = append(r.History, trainer.Epoch{Number: i + 1, TrainCost: 2 / float64(i+1), TrainAccuracy: 0.5, TestCost: 2, TestAccuracy: p / 100})
	}
	return r
}

func TestTheSummarySaysHowRunsWent(t *testing.T) {
	cases := map[string]struct {
		percent                       []float64
		best, last                    float64
		bestEpoch, reachEpoch, tumble int
		largest                       float64
	}{
		"a run that rises":              {[]float64{20, 30, 55, 60}, 0.6, 0.6, 4, 3, 0, 0},
		"a run that falls twice":        {[]float64{60, 40, 60, 54, 50}, 0.6, 0.5, 1, 1, 2, 0.2},
		"a fall of just five points":    {[]float64{65, 60, 55, 50}, 0.65, 0.5, 1, 1, 0, 0.05},
		"a fall of a little more":       {[]float64{65, 59.99}, 0.65, 0.5999, 1, 1, 1, 0.0501},
		"a run that never gets there":   {[]float64{10, 10, 49.99}, 0.4999, 0.4999, 3, 0, 0, 0},
		"a run that has not begun":      {nil, 0, 0, 0, 0, 0, 0},
		"the first of two best results": {[]float64{0, 0}, 0, 0, 1, 0, 0, 0},
	}
	for name, k := range cases {
		run := measured("a", 3, 7, k.percent...)
		got := run.row(0.5)
		want := Row{Model: "a", Augmentation: "none", NValues: 3, Bits: math.Log2(3), Seed: 7, Epochs: len(k.percent), Done: len(k.percent),
			BestTest: k.best, BestEpoch: k.bestEpoch, LastTest: k.last, ReachEpoch: k.reachEpoch, Falls: k.tumble, Levels: "3", Reduction: 20, LargestFall: k.largest}
		if len(k.percent) > 0 {
			want.LastTrain = 0.5
		}
		assert.Equal(t, want, got, name)
	}
}

func TestTheSummaryIsATableAndACSV(t *testing.T) {
	unfinished := measured("b", 0, 1, 10)
	unfinished.Recipe.Epochs = 9
	r := Results{Reach: 0.125, Runs: []Measured{measured("a", 3, 1, 20, 12), unfinished, measured("c", 2, 1)}}
	r.Runs[0].Diverged = true
	header, rows := r.Summary().Table()
	require.Contains(t, header, "epochs to 12.5 %")
	require.Equal(t, [][]string{
		{"a", "none", "3", "1.58", "1", "2, diverged", "20.00", "1", "12.00", "50.00", "1", "1"},
		{"b", "none", "float32", "32.00", "1", "1 of 9", "10.00", "1", "10.00", "50.00", "-", "0"},
		{"c", "none", "2", "1.00", "1", "0", "-", "-", "-", "-", "-", "-"}}, rows)
	var text bytes.Buffer
	require.NoError(t, r.Summary().CSV(&text))
	lines := strings.Split(text.String(), "\n")
	require.Equal(t, "a,none,3,1.58,1,2,2,0.200000,1,0.120000,0.500000,1,1,true,false,3,0,20.00,0.080000", lines[1])
	require.Len(t, strings.Split(lines[0], ","), 19)
}

func TestFiguresAreModelsWithALineForEveryN(t *testing.T) {
	r := Results{Runs: []Measured{measured("fcnn2", 3, 1, 10, 20), measured("fcnn2", 0, 1, 30), measured("cvnn1", 3, 1),
		measured("fcnn2", 3, 2, 30), measured("fcnn1", 2, 1, 5)}}
	figures := r.Figures()
	require.Len(t, figures, 2, "a model without an epoch has none")
	require.Equal(t, "fcnn2-none", figures[0].Name())
	require.Equal(t, "fcnn2, augmentation: none (compare the paper's figure 2)", figures[0].Title())
	test := func(e trainer.Epoch) float64 { return e.TestAccuracy }
	require.Equal(t, []line{{&figures[0].Runs[0].Run, []float64{0.3}}, {&figures[0].Runs[1].Run, []float64{0.2, 0.2}}}, figures[0].lines(test), "mean of the seeds that have come so far")
	var text bytes.Buffer
	require.NoError(t, figures[0].CSV(&text))
	require.Equal(t, "nvalues,seed,epoch,train_cost,train_accuracy,test_cost,test_accuracy,levels\n"+
		"0,1,1,2.000000,0.500000,2.000000,0.300000,0\n"+
		"3,1,1,2.000000,0.500000,2.000000,0.100000,3\n"+
		"3,1,2,1.000000,0.500000,2.000000,0.200000,3\n"+
		"3,2,1,2.000000,0.500000,2.000000,0.300000,3\n", text.String())
}

func TestThePapersFiguresAreNamed(t *testing.T) {
	for name, want := range map[string]int{"fcnn1 none": 1, "fcnn2 paper": 4, "cvnn1 none": 5, "cvnn2-5x5 paper": 9, "cvnn2-5x5 none": 0,
		"vit1 none": 10, "vit2 paper": 13, "vit2 simple": 0, "other none": 0} {
		model, augmentation, _ := strings.Cut(name, " ")
		f := Figure{Model: model, Augmentation: augmentation}
		require.Equal(t, want, f.paper(), name)
	}
}

func TestAnSVGIsSoundAndTheSameEachTime(t *testing.T) {
	f := (&Results{Runs: []Measured{measured("fcnn1", 0, 1, 10, 20, 30), measured("fcnn1", 2, 1, 10), measured("fcnn1", 3, 1, 10, 40, 50)}}).Figures()[0]
	var first, second bytes.Buffer
	require.NoError(t, f.SVG(&first))
	require.NoError(t, f.SVG(&second))
	require.Equal(t, first.String(), second.String())
	d := xml.NewDecoder(bytes.NewReader(first.Bytes()))
	for {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
	}
	for _, want := range []string{"figure 1)", "training cost", "test accuracy, %", "float32", "N = 2", "N = 3", "stroke-dasharray"} {
		require.Contains(t, first.String(), want)
	}
}

func TestOtherSetsAreLinesAtTheEnd(t *testing.T) {
	mixed := func(levels string, seed uint64, percent ...float64) Measured {
		r := measured("fcnn1", 0, seed, percent...)
		r.Levels, r.Bits = levels, 1.75
		return r
	}
	long := strings.Repeat("17:", 12) + "3"
	r := Results{Runs: []Measured{mixed("17:3", 1, 10), mixed("17:3", 2, 20), mixed(long, 1, 50, 60), measured("fcnn1", 3, 1, 30), measured("fcnn1", 0, 1, 40)}}
	f := r.Figures()[0]
	var names []string
	for _, l := range f.lines(func(e trainer.Epoch) float64 { return e.TestAccuracy }) {
		names = append(names, l.run.label())
	}
	require.Equal(t, []string{"float32", "N = 3", "17:3", "17:17:17:17:17:17:17:17…"[:23] + "…"}, names)
	var svg bytes.Buffer
	require.NoError(t, f.SVG(&svg))
	require.Contains(t, svg.String(), "17:3")
	_, rows := r.Summary().Table()
	require.Equal(t, []string{"17:3", "1.75"}, rows[0][2:4])
}
