package study

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/trainer"
	"lowres/trainer/dataset"
)

// linear is a network of one layer, which trains in no time.
func linear(t testing.TB, name string) *network.Graph {
	t.Helper()
	g := &network.Graph{Name: name, Input: network.Shape{H: 32, W: 32, C: 3},
		Layers: []network.Layer{{Name: "fc", Kind: network.Dense, Out: 10}}}
	require.NoError(t, g.Resolve())
	return g
}

// smallConfig is a study of eight short runs.
func smallConfig(t testing.TB, folder string) Config {
	t.Helper()
	train, test := dataset.Builtin(1, 48, 20)
	return Config{Folder: folder, Train: train, Test: test, Reach: 0.15, Workers: 2, Grid: Grid{
		Models: []*network.Graph{linear(t, "linear")}, NValues: []string{"0", "3"}, Augmentations: []string{"none", "paper"}, Seeds: []uint64{1, 2},
		Recipe: smallRecipe}}
}

func smallRecipe(_ *network.Graph, augmentation string) trainer.Recipe {
	r := trainer.PaperRecipe(false, augmentation == "paper")
	if augmentation == "paper" {
		r = r.WithOptimiser(trainer.AdamW)
		r.Clip, r.Patience = 1, 2
	}
	r.Epochs, r.Batch = 3, 16
	return r
}

func TestAGridIsEveryCombination(t *testing.T) {
	g := smallConfig(t, "").Grid
	runs, err := g.Runs()
	require.NoError(t, err)
	var names []string
	for _, r := range runs {
		names = append(names, r.Name)
	}
	require.Equal(t, []string{"linear-none-n0-s1", "linear-none-n0-s2", "linear-none-n3-s1", "linear-none-n3-s2",
		"linear-paper-n0-s1", "linear-paper-n0-s2", "linear-paper-n3-s1", "linear-paper-n3-s2"}, names)
	last := runs[7]
	assert.Equal(t, uint64(2), last.Recipe.Seed)
	assert.Equal(t, trainer.PaperAugment(), last.Recipe.Augment)
	assert.Equal(t, 3, last.sets[0].N())
	assert.Equal(t, []any{3, "", "3"}, []any{last.NValues, last.Levels, last.LevelsText()})
	assert.Equal(t, 30730, last.Parameters)
	assert.True(t, runs[0].sets[0].IsZero(), "N = 0 is float32")
	assert.Zero(t, runs[0].Recipe.Augment)
}

func TestWrongGridsAreRefusedWithEveryMistake(t *testing.T) {
	g := smallConfig(t, "").Grid
	g.Models = append(g.Models, linear(t, "linear"), linear(t, "a/b"))
	g.NValues, g.Seeds, g.Augmentations = []string{"6", "6"}, nil, []string{""}
	g.Recipe = func(*network.Graph, string) trainer.Recipe { return trainer.Recipe{} }
	_, err := g.Runs()
	require.ErrorIs(t, err, ErrGrid)
	for _, want := range []string{"models: linear stands there twice", "nvalues: 6 stands there twice", "seeds: none", `name "a/b"`,
		`name ""`, "0 for float32", "recipe of linear", "epochs: 0"} {
		assert.ErrorContains(t, err, want)
	}
}

func TestEveryKindOfLevelsIsARunOfItsOwn(t *testing.T) {
	g := smallConfig(t, "").Grid
	cvnn1, err := network.Model("cvnn1")
	require.NoError(t, err)
	g.Models, g.Augmentations, g.Seeds = []*network.Graph{cvnn1}, []string{"none"}, []uint64{1}
	g.NValues = []string{"0", "5", "17:3:3:5:2", " 3:first=17 ", "-4/-1/0/1/4", "0:fc2=2", "3:conv1=-2/0/2"}
	runs, err := g.Runs()
	require.NoError(t, err)
	var got []string
	for _, r := range runs {
		got = append(got, fmt.Sprintf("%s %d %q %.2f %.2f", r.Name, r.NValues, r.Levels, r.Bits, r.Reduction))
	}
	require.Equal(t, []string{
		`cvnn1-none-n0-s1 0 "" 32.00 1.00`,
		`cvnn1-none-n5-s1 5 "" 2.32 12.00`,
		`cvnn1-none-n17_3_3_5_2-s1 0 "17:3:3:5:2" 2.02 14.31`,
		`cvnn1-none-n3_first=17-s1 0 "3:first=17" 1.59 19.85`,
		`cvnn1-none-n-4.-1.0.1.4-s1 5 "-4/-1/0/1/4" 2.32 12.00`,
		`cvnn1-none-n0_fc2=2-s1 0 "0:fc2=2" 31.96 1.00`,
		`cvnn1-none-n3_conv1=-2.0.2-s1 0 "3:conv1=-2/0/2" 1.58 20.00`}, got)
	names := map[string]bool{}
	for _, r := range runs {
		require.NoError(t, r.checkLevels())
		require.NoError(t, r.checkName())
		names[r.Name] = true
	}
	require.Len(t, names, 7)

	for text, want := range map[string]string{"3:none=5": `layer "none"`, "17:3": "2 sets: want 1 for all layers, or 5", "3:3:3:3:3": "stands there twice"} {
		g.NValues = []string{"3", text}
		_, err = g.Runs()
		require.ErrorIs(t, err, ErrGrid, text)
		require.ErrorContains(t, err, want, text)
	}
}
