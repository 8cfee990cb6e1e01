//go:build unix

package driver

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// mapFile maps a file of 8192 random bytes.
func mapFile(t *testing.T) (*Mapped, string, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "device")
	contents := make([]byte, 8192)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range contents {
		contents[i] = byte(r.Uint32())
	}
	require.NoError(t, os.WriteFile(path, contents, 0o600))
	m, err := Map(path, 4096, 4096)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m, path, contents[4096:]
}

func TestAMappingReadsAndWritesWhatTheFileHolds(t *testing.T) {
	m, path, contents := mapFile(t)
	r := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		at := r.IntN(len(contents))
		part := make([]byte, r.IntN(min(40, len(contents)-at)+1))
		if r.IntN(2) == 0 {
			n, err := m.ReadAt(part, int64(at))
			require.NoError(t, err)
			require.Equal(t, len(part), n)
			require.Equal(t, contents[at:at+len(part)], part)
			continue
		}
		for i := range part {
			part[i] = byte(r.Uint32())
		}
		copy(contents[at:], part)
		_, err := m.WriteAt(part, int64(at))
		require.NoError(t, err)
	}
	require.NoError(t, m.Write(8, 0x04030201))
	copy(contents[8:], []byte{1, 2, 3, 4})
	got, err := m.Read(8)
	require.NoError(t, err)
	require.EqualValues(t, 0x04030201, got)
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(contents, file[4096:]))
}

func TestAccessesOutsideAMappingAreRefused(t *testing.T) {
	m, path, _ := mapFile(t)
	_, err := m.Read(4096)
	require.ErrorIs(t, err, ErrRange)
	require.ErrorIs(t, m.Write(2, 0), ErrRange)
	_, err = m.ReadAt(make([]byte, 5), 4092)
	require.ErrorIs(t, err, ErrRange)
	_, err = m.WriteAt(make([]byte, 1), -1)
	require.ErrorIs(t, err, ErrRange)
	_, err = Map(path, 0, 6)
	require.ErrorContains(t, err, "multiple of 4")
	_, err = Map(path, 1, 4)
	require.ErrorContains(t, err, "map 4 bytes from 0x1")
	_, err = Map(filepath.Join(t.TempDir(), "none"), 0, 4)
	require.ErrorIs(t, err, os.ErrNotExist)
}
