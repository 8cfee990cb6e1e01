package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func TestAFileIsReplacedOrStaysAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	require.NoError(t, Write(path, text("old")))
	broken := errors.New("broken")
	require.ErrorIs(t, Write(path, func(w io.Writer) error { return errors.Join(text("half")(w), broken) }), broken)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(got))
	require.NoError(t, Write(path, text("new")))
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file stays")
}

func TestSweepRemovesWhatAKilledWriterLeft(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a", ".a.new-123", ".ab.new-123", ".b"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), nil, 0o600))
	}
	require.NoError(t, Sweep(filepath.Join(folder, "a")))
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Len(t, left, 3)
	require.NoFileExists(t, filepath.Join(folder, ".a.new-123"))
}
