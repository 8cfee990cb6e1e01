package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOutputsThatWouldDestroyEachOtherAreRefused(t *testing.T) {
	dir := t.TempDir()
	train := []string{"train", "--model", "cvnn-small", "--data", "builtin"}
	for name, c := range map[string]struct{ args, want []string }{
		"the CSV over the checkpoint":      {[]string{"-o", dir + "/x.csv"}, []string{"--csv", "--output writes, too"}},
		"the best over the checkpoint":     {[]string{"-o", dir + "/y.ckpt", "--best", dir + "/./y.ckpt"}, []string{"--best", "--output writes, too"}},
		"the best over the CSV":            {[]string{"-o", dir + "/z.ckpt", "--best", dir + "/z.csv"}, []string{"--best", "--csv writes, too"}},
		"a folder for the CSV":             {[]string{"-o", dir + "/z.ckpt", "--csv", dir}, []string{"--csv", "is a folder"}},
		"going on and starting again":      {[]string{"-o", dir + "/z.ckpt", "--resume", "--force"}, []string{"--resume with --force"}},
		"fewer goroutines than none":       {[]string{"-o", dir + "/z.ckpt", "--workers", "-3"}, []string{"--workers: -3: want 1 or more"}},
		"a folder where nothing can stand": {[]string{"-o", dir + "/z.ckpt", "--csv", "/proc/a.csv"}, []string{"--csv"}},
	} {
		o := lowres(append(train, c.args...)...)
		require.Equal(t, exitInput, o.code, "%s: %s", name, o.err)
		for _, want := range c.want {
			require.Contains(t, o.err, want, name)
		}
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries, "nothing was written")
}

func TestQuantiseKeepsItsCheckpoint(t *testing.T) {
	folder := t.TempDir()
	trainToy(t, folder)
	path := filepath.Join(folder, "toy.ckpt")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	o := lowres("quantise", "--data", "builtin", "-o", path, path)
	require.Equal(t, exitInput, o.code)
	require.Contains(t, o.err, "is the input")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestResultsThatCannotBeWrittenAreAFailure(t *testing.T) {
	var text bytes.Buffer
	code := run(context.Background(), &console{fullDisk{}, &text}, []string{"lowres", "version"})
	require.Equal(t, exitFailure, code)
	require.Contains(t, text.String(), "standard output: no space left")
}
