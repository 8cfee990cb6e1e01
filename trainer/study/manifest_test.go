package study

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/trainer"
	"lowres/trainer/dataset"
)

func TestAFolderKeepsItsStudy(t *testing.T) {
	cases := map[string]struct {
		change func(c *Config)
		want   string // "" = taken
	}{
		"the same":              {func(*Config) {}, ""},
		"another N":             {func(c *Config) { c.Grid.NValues = []string{"2", "0", "3"} }, ""},
		"levels by layer":       {func(c *Config) { c.Grid.NValues = []string{"0", "3", "-2/0/2"} }, ""},
		"another seed":          {func(c *Config) { c.Grid.Seeds = []uint64{1, 2, 3} }, ""},
		"another accuracy":      {func(c *Config) { c.Reach = 0.5 }, ""},
		"another model":         {func(c *Config) { c.Grid.Models = append(c.Grid.Models, linear(t, "other")) }, ""},
		"an N left out":         {func(c *Config) { c.Grid.NValues = []string{"3"} }, "linear-none-n0-s1, which is left out"},
		"other training":        {func(c *Config) { c.Grid.Recipe = longer }, "run linear-none-n0-s1: it is"},
		"other pictures":        {func(c *Config) { c.Train, _ = dataset.Builtin(2, 48, 0) }, "builtin-train (48 pictures, "},
		"other test pictures":   {func(c *Config) { _, c.Test = dataset.Builtin(1, 0, 30) }, "builtin-test (30 pictures, "},
		"an accuracy beyond 1":  {func(c *Config) { c.Reach = 50 }, "reach: 50: want above 0 to 1"},
		"no pictures to test":   {func(c *Config) { c.Test = nil }, "want a training and a test set"},
		"another model's layer": {func(c *Config) { c.Grid.Models[0].Layers[0].Out = 12; c.Grid.Models[0].Resolve() }, "parameters"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			c := smallConfig(t, t.TempDir())
			begin(t, c)
			k.change(&c)
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_, err := Train(ctx, c)
			if k.want == "" {
				require.ErrorIs(t, err, context.Canceled)
				return
			}
			require.ErrorContains(t, err, k.want)
		})
	}
}

// longer trains for more epochs than smallRecipe.
func longer(g *network.Graph, augmentation string) trainer.Recipe {
	r := smallRecipe(g, augmentation)
	r.Epochs++
	return r
}

// begin writes the manifest of a study and trains nothing.
func begin(t testing.TB, c Config) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Train(ctx, c)
	require.ErrorIs(t, err, context.Canceled)
}

func TestAFolderOfOtherFilesIsRefused(t *testing.T) {
	c := smallConfig(t, t.TempDir())
	require.NoError(t, os.WriteFile(filepath.Join(c.Folder, "letter.txt"), nil, 0o600))
	_, err := Train(context.Background(), c)
	require.ErrorIs(t, err, ErrManifest)
	require.ErrorContains(t, err, "want an empty folder")
	_, err = Load(c.Folder)
	require.ErrorIs(t, err, ErrManifest)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestDamagedManifestsAreRefused(t *testing.T) {
	c := smallConfig(t, t.TempDir())
	begin(t, c)
	path := filepath.Join(c.Folder, manifestName)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, text := range map[string][]byte{
		"cut short":            whole[:len(whole)/2],
		"something else":       []byte(`{"colour": "red"}`),
		"a name that leads on": bytes.Replace(whole, []byte("linear-none-n0-s1"), []byte("../../x"), 1),
		"levels that lead on":  bytes.Replace(whole, []byte(`"nvalues": 0,`), []byte(`"nvalues": 0, "levels": "..\\x",`), 1),
		"a run twice":          bytes.ReplaceAll(whole, []byte(`"seed": 2`), []byte(`"seed": 1`)),
		"more behind it":       append(bytes.Clone(whole), '{'),
	} {
		require.NoError(t, os.WriteFile(path, text, 0o600))
		_, err = Load(c.Folder)
		require.ErrorIs(t, err, ErrManifest, name)
		require.ErrorContains(t, err, path, name)
		_, err = Train(context.Background(), c)
		require.ErrorIs(t, err, ErrManifest, name)
	}
}

func FuzzParseManifest(f *testing.F) {
	c := smallConfig(f, f.TempDir())
	begin(f, c)
	text, err := os.ReadFile(filepath.Join(c.Folder, manifestName))
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseManifest(text)
		if err != nil {
			return
		}
		for _, r := range m.Runs {
			require.True(t, filepath.IsLocal(r.Name) && filepath.Base(r.Name) == r.Name, r.Name)
		}
		var again bytes.Buffer
		require.NoError(t, writeJSON(&again, m))
		_, err = parseManifest(again.Bytes())
		require.NoError(t, err)
	})
}
