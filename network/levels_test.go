package network

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/quant"
)

func TestParseLevelsReadsEveryForm(t *testing.T) {
	g, err := Model("cvnn1") // conv1 pool1 conv2 pool2 conv3 pool3 fc1 fc2
	require.NoError(t, err)
	const rest = "float32" // of the pools
	for text, want := range map[string][]string{
		"3":                        {"N=3", "N=3", "N=3", "N=3", "N=3"},
		"0":                        {"float32", "float32", "float32", "float32", "float32"},
		"17,3,3,5,2":               {"N=17", "N=3", "N=3", "N=5", "N=2"},
		"3,first=17,last=17":       {"N=17", "N=3", "N=3", "N=3", "N=17"},
		"3, conv2 = 5, fc2=0":      {"N=3", "N=5", "N=3", "N=3", "float32"},
		"-4/-2/-1/0/1/2/4,last=17": {"[-4 -2 -1 0 1 2 4]", "[-4 -2 -1 0 1 2 4]", "[-4 -2 -1 0 1 2 4]", "[-4 -2 -1 0 1 2 4]", "N=17"},
		"17:3:3:5:2":               {"N=17", "N=3", "N=3", "N=5", "N=2"},
		"3:first=17,last=5":        {"N=17", "N=3", "N=3", "N=3", "N=5"},
		"3,first=17,first=5":       {"N=5", "N=3", "N=3", "N=3", "N=3"},
		"17,3,3,5,2,conv3=-1/1":    {"N=17", "N=3", "N=2", "N=5", "N=2"},
	} {
		levels, err := ParseLevels(g, text)
		require.NoError(t, err, text)
		full := []string{want[0], rest, want[1], rest, want[2], rest, want[3], want[4]}
		require.Equal(t, fmt.Sprint(full), fmt.Sprint(levels), text)
		require.NoError(t, NewFloat(g, quant.Levels{}).SetLevels(levels), text)
	}
}

func TestParseLevelsLeavesFloat32LayersAlone(t *testing.T) {
	g, err := Model("vit1")
	require.NoError(t, err)
	levels, err := ParseLevels(g, "3,first=17,last=5")
	require.NoError(t, err)
	require.Equal(t, "[float32 N=17 N=3 N=3 N=3 float32 float32 N=3 N=3 N=5]", fmt.Sprint(levels))
}

func TestParseLevelsNamesWhatIsWrong(t *testing.T) {
	g, err := Model("fcnn1")
	require.NoError(t, err)
	for text, want := range map[string]string{
		"":                `"": want a number of levels`,
		"three":           `"three": want a number of levels, or levels such as -2/-1/0/1/2`,
		"6":               "nvalues 6: want one of [2 3 4 5 8 9 16 17], 0 for float32",
		"3,3":             "2 sets: want 1 for all layers, or 3 for fc1, fc2, fc3",
		"first=3":         "0 sets: want 1 for all layers",
		"3,conv1=3":       `layer "conv1": want first, last or one of fc1, fc2, fc3`,
		"3,first=17,5":    "a set without a layer after one with",
		"-1/0/2":          "level 2: want its negative -2",
		"3,first=1/2/3/4": "level set",
	} {
		_, err := ParseLevels(g, text)
		require.ErrorIs(t, err, quant.ErrLevels, text)
		require.ErrorContains(t, err, want, text)
	}
	pool := &Graph{Name: "p", Input: Shape{2, 2, 1}, Layers: []Layer{{Name: "p", Kind: MaxPool, Kernel: 2}}}
	require.NoError(t, pool.Resolve())
	_, err = ParseLevels(pool, "3")
	require.ErrorContains(t, err, "p has no layer with levels")
}

func TestALayerNamedLastIsMeantByItsName(t *testing.T) {
	g := &Graph{Name: "g", Input: Shape{1, 1, 1}, Layers: []Layer{{Name: "last", Kind: Dense, Out: 1}, {Name: "b", Kind: Dense, Out: 1}}}
	require.NoError(t, g.Resolve())
	levels, err := ParseLevels(g, "3,last=5")
	require.NoError(t, err)
	require.Equal(t, "[N=5 N=3]", fmt.Sprint(levels))
}

func TestSetLevelsRefusesWhatDoesNotFit(t *testing.T) {
	g, err := Model("vit1")
	require.NoError(t, err)
	f := NewFloat(g, quant.Levels{})
	require.ErrorIs(t, f.SetLevels(nil), ErrShape)
	require.ErrorContains(t, f.SetLevels(uniformLevels(g, 3)), "layer patches: levels N=3: patches layers have none")
	require.True(t, f.Levels[1].IsZero(), "nothing has changed")
}
