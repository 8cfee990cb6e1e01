package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/trainer"
)

// toyStudy is a study of four short runs.
func toyStudy(folder string, more ...string) []string {
	return append([]string{"study", "--models", "testdata/toy.yaml", "--nvalues", "0,3", "--augmentations", "none,simple",
		"--data", "builtin", "--train-images", "200", "--test-images", "50", "--recipe", "quick", "--epochs", "2", "--batch", "32", "--reach", "11", "-o", folder}, more...)
}

func TestAStudyPrintsItsSummary(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	o := must(t, toyStudy(folder)...)
	for _, want := range []string{"float32", "best %", "epochs to 11 %", "2 figures"} {
		assert.Contains(t, o.out, want)
	}
	assert.Contains(t, o.err, "run 4/4  toy-simple-n3-s1  done, test accuracy")
	assert.NotContains(t, o.out+o.err, "%!", "a broken format")
	summary := read(t, folder+"/summary.csv")
	svg := read(t, folder+"/figures/toy-none.svg")

	o = must(t, toyStudy(folder, "--json")...)
	assert.Contains(t, o.err, "run 1/4  toy-none-n0-s1  was trained before")
	var r struct {
		Complete bool     `json:"complete"`
		Figures  []string `json:"figures"`
		Reach    float64  `json:"reach"`
		Runs     []struct {
			Model   string `json:"model"`
			NValues int    `json:"nvalues"`
			Done    int    `json:"done"`
		} `json:"runs"`
	}
	require.NoError(t, json.Unmarshal([]byte(o.out), &r))
	assert.True(t, r.Complete)
	assert.Equal(t, []string{"toy-none", "toy-simple"}, r.Figures)
	assert.Equal(t, 0.11, r.Reach)
	require.Len(t, r.Runs, 4)
	assert.Equal(t, 2, r.Runs[3].Done)

	require.NoError(t, os.RemoveAll(folder+"/figures"))
	require.NoError(t, os.Remove(folder+"/summary.csv"))
	must(t, "plot", folder)
	assert.Equal(t, summary, read(t, folder+"/summary.csv"))
	assert.Equal(t, svg, read(t, folder+"/figures/toy-none.svg"))
}

func TestCtrlCStopsAStudyThatGoesOn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	command := exec.Command(os.Args[0], toyStudy(folder, "--epochs", "5000")...)
	command.Env = append(os.Environ(), asCommand+"=1")
	var text strings.Builder
	command.Stderr = &text
	require.NoError(t, command.Start())
	checkpoint := folder + "/runs/toy-none-n0-s1/run.ckpt"
	require.Eventually(t, func() bool { _, err := os.Stat(checkpoint); return err == nil }, 30*time.Second, 5*time.Millisecond)
	require.NoError(t, command.Process.Signal(os.Interrupt))
	err := command.Wait()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, exitInterrupted, exit.Sys().(syscall.WaitStatus).ExitStatus())
	assert.Contains(t, text.String(), "give the same command to go on; lowres plot "+folder)
	o := must(t, "plot", folder)
	assert.Contains(t, o.out, "of 5000")
	assert.Contains(t, o.out, "wrote "+folder)
}

func TestWrongStudiesSayWhatIsAllowed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/file", nil, 0o644))
	base := "study --models testdata/toy.yaml --data builtin -o DIR/new "
	for name, k := range map[string]struct{ args, want string }{
		"no folder":                 {"study --models fcnn1 --data builtin", "--output: none given"},
		"no models":                 {"study --data builtin -o DIR/new", "--models: none given"},
		"an unknown model":          {"study --models fcnn1,x --data builtin -o DIR/new", `"x"`},
		"a list that is none":       {base + "--nvalues 2;3", `nvalues 2;3 for toy: level set: "2;3": want`},
		"levels that there are not": {base + "--nvalues 6", "nvalues 6: want one of [2 3 4 5 8 9 16 17], 0 for float32"},
		"a layer that there is not": {base + "--nvalues 3:conv9=5", `layer "conv9": want first, last or one of`},
		"a value twice":             {base + "--seeds 1,1", "1 stands there twice"},
		"an unknown augmentation":   {base + "--augmentations all", `"all": want none, simple or paper`},
		"a part for per cent":       {base + "--reach 0", "want above 0 to 100"},
		"a wrong recipe":            {base + "--batch 0", "batch: 0"},
		"the seed of a single run":  {base + "--seed 1", "--seeds"},
		"a folder of other files":   {"study --models testdata/toy.yaml --train-images 20 --test-images 10 --data builtin -o DIR", "want an empty folder"},
		"a plot of nothing":         {"plot DIR", "no study.json"},
		"pictures of nothing":       {"study --models fcnn1 --data DIR/none -o DIR/new", "builtin, which needs no files"},
	} {
		o := lowres(strings.Fields(strings.ReplaceAll(k.args, "DIR", dir))...)
		assert.Equal(t, exitInput, o.code, "%s: %s", name, o.err)
		assert.Contains(t, o.err, k.want, name)
	}
	assert.NoDirExists(t, dir+"/new")
}

func TestABuiltinModelIsFittedToThePictures(t *testing.T) {
	folder := t.TempDir()
	writeIDX(t, folder)
	o := lowres("train", "--model", "fcnn1", "--data", folder, "--epochs", "1", "-o", folder+"/a.ckpt")
	require.Equal(t, exitOK, o.code, o.err)
	assert.Contains(t, o.err, "fcnn1: fitted to idx-train: input 4x4x1, 3 classes")
	must(t, "quantise", "--data", folder, "--calibration-images", "3", "-o", folder+"/a.lrn", folder+"/a.ckpt")
	o = must(t, "train", "--resume", "--epochs", "2", "--data", folder, "-o", folder+"/a.ckpt")
	assert.NotContains(t, o.err, "fitted")
}

// writeIDX writes the four files of three training and three test pictures of 4×4.
func writeIDX(t *testing.T, folder string) {
	t.Helper()
	pixels := append([]byte{0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 4}, make([]byte, 48)...)
	labels := []byte{0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2}
	for _, part := range []string{"train", "t10k"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, part+"-images-idx3-ubyte"), pixels, 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(folder, part+"-labels-idx1-ubyte"), labels, 0o644))
	}
}

func TestAStudyTakesLevelsByLayer(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "study")
	o := must(t, toyStudy(folder, "--nvalues", "3,17:3,3:last=17,-2/0/2", "--augmentations", "none")...)
	for _, want := range []string{"17:3 ", "3:last=17", "-2/0/2"} {
		assert.Contains(t, o.out, want)
	}
	for name, want := range map[string]string{"17_3": "N=17, N=3", "3_last=17": "N=3, N=17", "-2.0.2": "[-2 0 2]"} {
		net, err := trainer.LoadNet(folder + "/runs/toy-none-n" + name + "-s1/run.ckpt")
		require.NoError(t, err)
		assert.Equal(t, want, levelsText(net))
	}
	assert.Contains(t, read(t, folder+"/figures/toy-none.svg"), "3:last=17")
}
