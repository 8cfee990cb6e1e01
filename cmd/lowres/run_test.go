package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// asCommand makes the test binary behave as lowres itself.
const asCommand = "LOWRES_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// outcome is what a command left.
type outcome struct {
	out, err string
	code     int
}

// lowres runs the command in this process.
func lowres(args ...string) outcome { return lowresUntil(context.Background(), args...) }

func lowresUntil(ctx context.Context, args ...string) outcome {
	var out, err bytes.Buffer
	code := run(ctx, &console{&out, &err}, append([]string{"lowres"}, args...))
	return outcome{out.String(), err.String(), code}
}

// must runs the command and wants success.
func must(t *testing.T, args ...string) outcome {
	t.Helper()
	o := lowres(args...)
	require.Equal(t, exitOK, o.code, o.err)
	return o
}

// toy trains and quantises testdata/toy.yaml in a new folder, quickly and badly.
func toy(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	trainToy(t, folder)
	must(t, "quantise", "--data", "builtin", "--calibration-images", "50", "-o", folder+"/toy.lrn", folder+"/toy.ckpt")
	return folder
}

func trainToy(t *testing.T, folder string, more ...string) outcome {
	t.Helper()
	return must(t, append(toyTraining(folder), more...)...)
}

func toyTraining(folder string) []string {
	return []string{"train", "--model", "testdata/toy.yaml", "--data", "builtin", "--train-images", "500", "--test-images", "100",
		"--recipe", "quick", "--epochs", "2", "--batch", "32", "-o", folder + "/toy.ckpt"}
}

// golden compares text with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "if it should differ, run with -update")
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

const (
	tinyDesign  = "../../examples/tiny.yaml"
	smallDesign = "../../examples/small.yaml"
)
