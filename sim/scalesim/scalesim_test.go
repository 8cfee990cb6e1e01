package scalesim_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/sim/scalesim"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(text)
}

// The totals are those that SCALE-Sim v3 itself reports for the net.
func TestCyclesAreThoseOfSCALESim(t *testing.T) {
	for _, c := range []struct {
		dataflow string
		side     int
		want     int64
	}{{"ws", 16, 300_072}, {"os", 16, 197_878}, {"ws", 32, 113_600}, {"os", 32, 61_862}} {
		for _, topology := range []string{"cnn8.csv", "cnn8-gemm.csv"} {
			text := strings.NewReplacer(": ws", ": "+c.dataflow, " 16\n", " "+strconv.Itoa(c.side)+"\n").Replace(read(t, "scale.cfg"))
			config, err := scalesim.ParseConfig([]byte(text))
			require.NoError(t, err)
			require.Equal(t, c.side, config.Height)
			require.Equal(t, c.side, config.Width)
			layers, err := scalesim.ParseTopology(strings.NewReader(read(t, topology)))
			require.NoError(t, err)
			r := scalesim.Simulate(config, layers)
			assert.Equal(t, c.want, r.Cycles, "%s %d %s", c.dataflow, c.side, topology)
			assert.Equal(t, int64(39_160_320), r.MACs)
		}
	}
}

// A fold lasts as long as the matrix, cycle by cycle, of what the edges of the array
// demand.
func TestAFoldOnAnArrayThatIsNotSquare(t *testing.T) {
	layers := []scalesim.Layer{{Name: "one", M: 5, K: 3, N: 7, Repeats: 1}}
	ws := scalesim.Simulate(&scalesim.Config{Height: 4, Width: 8, Dataflow: scalesim.WeightStationary}, layers)
	assert.Equal(t, int64(4+5+(8-1)+(4-1)-1), ws.Cycles) // weights in, activations, sums across, skew; from 0
	os := scalesim.Simulate(&scalesim.Config{Height: 8, Width: 16, Dataflow: scalesim.OutputStationary}, layers)
	assert.Equal(t, int64(3+(16-1)+(8-1)-1), os.Cycles)
}

func TestKeysThatAreNotHonouredAreNamed(t *testing.T) {
	c, err := scalesim.ParseConfig([]byte(read(t, "scale.cfg") + "Novelty = 7\n"))
	require.NoError(t, err)
	var names []string
	for _, k := range c.Unused {
		names = append(names, k.Name)
	}
	assert.Equal(t, []string{"architecture_presets.IfmapSramSzkB", "architecture_presets.FilterSramSzkB", "architecture_presets.OfmapSramSzkB",
		"architecture_presets.IfmapOffset", "architecture_presets.FilterOffset", "architecture_presets.OfmapOffset",
		"architecture_presets.Bandwidth", "run_presets.InterfaceBandwidth", "run_presets.Novelty"}, names)
	assert.Equal(t, scalesim.Key{Name: "architecture_presets.Bandwidth", Value: "10", Line: 13}, c.Unused[6])
}

func TestDepthwiseLayersRunChannelByChannel(t *testing.T) {
	layers, err := scalesim.ParseTopology(strings.NewReader("h,\nDP1, 6, 6, 3, 3, 8, 1, 1,\nc, 7, 8, 3, 3, 2, 1, 2, 1:1,\n"))
	require.NoError(t, err)
	assert.Equal(t, [5]int{16, 9, 1, 8, 8}, [5]int{layers[0].M, layers[0].K, layers[0].N, layers[0].Repeats, int(layers[0].MACs() / 144)})
	assert.Equal(t, [2]int{3 * 4, 18}, [2]int{layers[1].M, layers[1].K}) // ⌈(8−3+2)/2⌉ = 4 columns
}

func TestFaultsAreNamed(t *testing.T) {
	good := read(t, "scale.cfg")
	for old, c := range map[string]struct{ with, want string }{
		"ArrayHeight:    16":      {"ArrayHeight: 0", `ArrayHeight: "0": want 1`},
		"ArrayWidth:     16":      {"", "no ArrayWidth"},
		"Dataflow : ws":           {"Dataflow : is", "want ws or os"},
		"SparsitySupport : false": {"SparsitySupport : true", "line 17"},
		"Bandwidth : 10":          {"arrayheight = 3", "stands in line 5"},
		"run_name = cnn8":         {"run_name", "line 2"},
	} {
		_, err := scalesim.ParseConfig([]byte(strings.Replace(good, old, c.with, 1)))
		require.ErrorIs(t, err, scalesim.ErrFile, c.want)
		assert.ErrorContains(t, err, c.want)
	}
	for text, want := range map[string]string{
		"":                              "no header",
		"h\n":                           "no layers",
		"h\na, 1, 2,\n":                 "line 2: 3 columns",
		"h\n\na, 1, 2, x,\n":            `line 3: a: K: "x"`,
		"h\na, 3, 3, 5, 3, 1, 1, 1,\n":  "filter of 5 × 3",
		"h\na, 1, 2, 3, 2:4,\n":         "sparsity 2:4",
		"h\na, 16777216, 16777216, 99,": "2^40",
		"h\na, 1, -2, 3,\n":             `N: "-2"`,
		"h\n\"a, 1, 2, 3,\n":            "line 2",
	} {
		_, err := scalesim.ParseTopology(strings.NewReader(text))
		require.ErrorIs(t, err, scalesim.ErrFile, text)
		assert.ErrorContains(t, err, want)
	}
}

func FuzzTopology(f *testing.F) {
	f.Add("h\na, 1, 2, 3,\n")
	f.Fuzz(func(t *testing.T, text string) {
		layers, err := scalesim.ParseTopology(strings.NewReader(text))
		if err != nil {
			return
		}
		r := scalesim.Simulate(&scalesim.Config{Height: 3, Width: 5, Dataflow: scalesim.WeightStationary}, layers)
		assert.Positive(t, r.Cycles)
	})
}
