package study

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/trainer"
)

// asStudy makes the test binary train smallConfig in the folder it names, to be killed.
const asStudy = "LOWRES_TEST_STUDY"

func TestMain(m *testing.M) {
	if folder := os.Getenv(asStudy); folder != "" {
		if _, err := Train(context.Background(), smallConfig(&testing.T{}, folder)); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// files are the contents of a folder by name.
func files(t testing.TB, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		all[name] = string(text)
		return err
	}))
	return all
}

// same compares two folders, without printing checkpoints.
func same(t testing.TB, want, got map[string]string) {
	t.Helper()
	for name, text := range want {
		require.True(t, text == got[name], "%s differs", name)
	}
	require.Len(t, got, len(want), "files that do not belong there")
}

// uninterrupted trains smallConfig in one go.
func uninterrupted(t testing.TB) map[string]string {
	t.Helper()
	c := smallConfig(t, filepath.Join(t.TempDir(), "new", "study"))
	results, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.True(t, results.Complete())
	return files(t, c.Folder)
}

func TestAStudyLeavesEveryFileThatItPromises(t *testing.T) {
	got := uninterrupted(t)
	require.Len(t, got, 1+8*2+2*2+2)
	for _, name := range []string{"study.json", "runs/linear-paper-n3-s2/run.ckpt", "runs/linear-none-n0-s1/run.csv",
		"figures/linear-none.csv", "figures/linear-paper.svg", "summary.csv", "summary.json"} {
		require.NotEmpty(t, got[filepath.FromSlash(name)], name)
	}
}

func TestACancelledStudyEndsWithTheSameBytes(t *testing.T) {
	want := uninterrupted(t)
	random := rand.New(rand.NewPCG(1, 2))
	c := smallConfig(t, filepath.Join(t.TempDir(), "study"))
	for stops := 0; ; stops++ {
		ctx, cancel := context.WithCancel(context.Background())
		left := 1 + random.IntN(40) // of 8 runs · 3 epochs · 4 reports
		c.Report = func(Progress) {
			if left--; left == 0 {
				cancel()
			}
		}
		c.Workers = 1 + random.IntN(3)
		_, err := Train(ctx, c)
		cancel()
		if err == nil {
			require.Greater(t, stops, 2)
			break
		}
		require.ErrorIs(t, err, context.Canceled)
		results, err := Load(c.Folder)
		require.NoError(t, err)
		require.NoError(t, results.Write(c.Folder), "figures can be drawn at any time")
	}
	same(t, want, files(t, c.Folder))
}

func TestAKilledStudyEndsWithTheSameBytes(t *testing.T) {
	want := uninterrupted(t)
	random := rand.New(rand.NewPCG(3, 4))
	folder := filepath.Join(t.TempDir(), "study")
	for kills := 0; ; kills++ {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), asStudy+"="+folder)
		require.NoError(t, command.Start())
		if kills < 12 {
			after := time.Duration(10+random.IntN(60)*(1+kills)) * time.Millisecond
			timer := time.AfterFunc(after, func() { command.Process.Kill() })
			defer timer.Stop()
		}
		if command.Wait() == nil {
			t.Logf("killed %d times", kills)
			break
		}
		require.Less(t, kills, 12, "the last one was not killed")
	}
	same(t, want, files(t, folder))
}

func TestWhatAKilledWriterLeftIsRemoved(t *testing.T) {
	c := smallConfig(t, t.TempDir())
	_, err := Train(context.Background(), c)
	require.NoError(t, err)
	want := files(t, c.Folder)
	for _, name := range []string{".study.json.new-1", "runs/linear-none-n0-s1/.run.ckpt.new-2", "runs/linear-none-n0-s1/.run.csv.new-3",
		"figures/.linear-none.svg.new-4", ".summary.csv.new-5"} {
		require.NoError(t, os.WriteFile(filepath.Join(c.Folder, name), []byte("half"), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(c.Folder, "runs/linear-none-n3-s1/run.csv"), nil, 0o600), "older than its checkpoint")
	steps := 0
	c.Report = func(p Progress) {
		if !p.Ended {
			steps++
		}
	}
	_, err = Train(context.Background(), c)
	require.NoError(t, err)
	require.Zero(t, steps, "nothing is trained twice")
	same(t, want, files(t, c.Folder))
}

func TestAGrownStudyTrainsOnlyWhatIsNew(t *testing.T) {
	c := smallConfig(t, t.TempDir())
	c.Grid.Augmentations, c.Grid.Seeds = []string{"none"}, []uint64{1}
	_, err := Train(context.Background(), c)
	require.NoError(t, err)
	trained := map[string]bool{}
	c.Report = func(p Progress) {
		if !p.Ended {
			trained[p.Run.Name] = true
		}
	}
	c.Grid.NValues = []string{"5", "3", "0", "-2/0/2"}
	results, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"linear-none-n5-s1": true, "linear-none-n-2.0.2-s1": true}, trained)
	require.Len(t, results.Runs, 4)
	net, err := trainer.LoadNet(filepath.Join(c.Folder, "runs", "linear-none-n-2.0.2-s1", checkpointName))
	require.NoError(t, err)
	require.Equal(t, []int{-2, 0, 2}, net.Levels[0].Values())
}

func TestARunThatDivergesIsNotedAndTheStudyGoesOn(t *testing.T) {
	c := smallConfig(t, t.TempDir())
	c.Grid.Augmentations, c.Grid.Seeds = []string{"none"}, []uint64{1}
	c.Grid.Recipe = func(*network.Graph, string) trainer.Recipe {
		r := smallRecipe(nil, "none")
		r.Rate, r.Decay, r.Epochs = 1e3, 1, 40
		return r
	}
	results, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.True(t, results.Complete())
	require.True(t, results.Runs[0].Diverged && results.Runs[1].Diverged)
	want := files(t, c.Folder)
	require.Contains(t, want[filepath.FromSlash("runs/linear-none-n0-s1/diverged.json")], "try a lower learning rate")
	_, rows := results.Summary().Table()
	require.Contains(t, rows[0][5], ", diverged")
	c.Report = func(p Progress) { require.True(t, p.Ended && p.Diverged, "it is not tried again") }
	_, err = Train(context.Background(), c)
	require.NoError(t, err)
	same(t, want, files(t, c.Folder))
}

func TestAStudyStopsRunsWhosePatienceEnds(t *testing.T) {
	c := smallConfig(t, t.TempDir())
	c.Grid.Recipe = func(g *network.Graph, augmentation string) trainer.Recipe {
		r := smallRecipe(g, augmentation)
		r.Epochs, r.Patience = 100, 1
		return r
	}
	results, err := Train(context.Background(), c)
	require.NoError(t, err)
	require.True(t, results.Complete())
	require.Less(t, len(results.Runs[0].History), 100, "the test needs a run that is stopped")
	header, rows := results.Summary().Table()
	require.Equal(t, "epochs", header[5])
	require.Equal(t, fmt.Sprint(len(results.Runs[0].History))+", stopped", rows[0][5])
	want := files(t, c.Folder)
	c.Report = func(p Progress) { require.True(t, p.Ended, "nothing is trained any more") }
	_, err = Train(context.Background(), c)
	require.NoError(t, err)
	same(t, want, files(t, c.Folder))
}

func TestARunOfOtherLayersIsRefused(t *testing.T) {
	c := smallConfig(t, t.TempDir())
	_, err := Train(context.Background(), c)
	require.NoError(t, err)
	c.Grid.Models[0].Layers[0].ReLU = true // as many parameters as before
	_, err = Train(context.Background(), c)
	require.ErrorIs(t, err, ErrManifest)
	require.ErrorContains(t, err, "other layers")
}

func TestADamagedRunIsNamed(t *testing.T) {
	c := smallConfig(t, t.TempDir())
	_, err := Train(context.Background(), c)
	require.NoError(t, err)
	folder := filepath.Join(c.Folder, "runs", "linear-none-n3-s1")
	require.NoError(t, os.WriteFile(filepath.Join(folder, historyName), []byte("x"), 0o600))
	_, err = Load(c.Folder)
	require.ErrorIs(t, err, trainer.ErrHistory)
	require.ErrorContains(t, err, folder)
	require.NoError(t, os.WriteFile(filepath.Join(folder, checkpointName), []byte("x"), 0o600))
	_, err = Train(context.Background(), c)
	require.ErrorIs(t, err, trainer.ErrCheckpoint)
	require.ErrorContains(t, err, "remove "+folder)
}
