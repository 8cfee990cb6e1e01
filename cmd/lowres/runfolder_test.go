package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/report"
)

func TestARunFolderKeepsWhatTheRunBeforeDidNotWrite(t *testing.T) {
	folder := runFolder(filepath.Join(t.TempDir(), "run"))
	manifest := func() *report.Manifest { return report.NewManifest(toolName, []string{"verify"}) }
	put := func(names ...string) {
		for _, name := range names {
			require.NoError(t, os.MkdirAll(filepath.Dir(folder.path(name)), 0o777))
			require.NoError(t, os.WriteFile(folder.path(name), []byte(name), 0o666))
		}
	}
	emitted := func() {
		require.NoError(t, folder.prepare(manifest()))
		put("rtl/core.v", "tb/Makefile", "tb/vectors/memory.hex")
		require.NoError(t, folder.finish(manifest()))
	}
	emitted()
	put("tb/build/Vtb", "tb/vectors/icarus.log", "tb/wave.vcd", "logs/icarus-0.log", "notes.txt")
	emitted() // what make leaves goes, and notes.txt stays
	require.NoFileExists(t, folder.path("tb/build/Vtb"))
	require.NoFileExists(t, folder.path("logs/icarus-0.log"))
	require.FileExists(t, folder.path("notes.txt"))
	require.NotContains(t, read(t, folder.path(manifestName)), "notes.txt")

	put("rtl/mine.v")
	err := folder.prepare(manifest())
	require.ErrorContains(t, err, folder.path("rtl/mine.v")+": the run before did not write it")
	require.FileExists(t, folder.path("rtl/core.v"), "nothing was removed")
	require.FileExists(t, folder.path("rtl/mine.v"))
}
