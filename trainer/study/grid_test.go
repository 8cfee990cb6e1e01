package study

import (
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
		Models: []*network.Graph{linear(t, "linear")}, NValues: []int{0, 3}, Augmentations: []string{"none", "paper"}, Seeds: []uint64{1, 2},
		Recipe: smallRecipe}}
}

func smallRecipe(_ *network.Graph, augmentation string) trainer.Recipe {
	r := trainer.PaperRecipe(false, augmentation == "paper")
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
	assert.Equal(t, 3, last.levels.N())
	assert.Equal(t, 30730, last.Parameters)
	assert.True(t, runs[0].levels.IsZero(), "N = 0 is float32")
	assert.Zero(t, runs[0].Recipe.Augment)
}

func TestWrongGridsAreRefusedWithEveryMistake(t *testing.T) {
	g := smallConfig(t, "").Grid
	g.Models = append(g.Models, linear(t, "linear"), linear(t, "a/b"))
	g.NValues, g.Seeds, g.Augmentations = []int{6, 6}, nil, []string{""}
	g.Recipe = func(*network.Graph, string) trainer.Recipe { return trainer.Recipe{} }
	_, err := g.Runs()
	require.ErrorIs(t, err, ErrGrid)
	for _, want := range []string{"models: linear stands there twice", "nvalues: 6 stands there twice", "seeds: none", `name "a/b"`,
		`name ""`, "or 0 for float32", "recipe of linear", "epochs: 0"} {
		assert.ErrorContains(t, err, want)
	}
}
