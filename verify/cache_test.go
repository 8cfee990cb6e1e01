package verify

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheCacheForgetsWhatWasNotUsedForLongest(t *testing.T) {
	cache, now := t.TempDir(), time.Now()
	put := func(name string, bytes int, age time.Duration) {
		dir := filepath.Join(cache, name)
		require.NoError(t, os.MkdirAll(dir, 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Vtb"), make([]byte, bytes), 0o666))
		require.NoError(t, os.Chtimes(dir, now.Add(-age), now.Add(-age)))
	}
	put("verilator-oldest", 100, 5*time.Hour)
	put("verilator-old", 100, 4*time.Hour)
	put("icarus-older-than-an-hour", 100, 2*time.Hour)
	put("icarus-of-now", 1000, time.Minute)
	put(".build-interrupted", 1, 3*time.Hour)
	put(".build-of-now", 1, time.Minute)
	put("runtime-5.006-12.2.0", 1000, 9*time.Hour)
	b := builder{cache: cache}
	b.trim(now, 1250)
	var left []string
	entries, err := os.ReadDir(cache)
	require.NoError(t, err)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	require.Equal(t, []string{".build-of-now", "icarus-of-now", "icarus-older-than-an-hour", "runtime-5.006-12.2.0", "verilator-old"}, left)
	b.trim(now, 0)
	require.DirExists(t, filepath.Join(cache, "icarus-of-now"), "somebody may be about to run it")
	require.NoDirExists(t, filepath.Join(cache, "verilator-old"))
}
