package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCIFAR100HasTheClassesOfItsLabels(t *testing.T) {
	fine, coarse := cifar100(false).classes, cifar100(true).classes
	require.Len(t, fine, 100)
	require.Len(t, coarse, 20)
	require.True(t, slices.IsSorted(fine))
	require.Equal(t, "worm", fine[99])
	require.Equal(t, "vehicles_2", coarse[19])
}

func TestCIFAR100RecordsHaveTwoLabels(t *testing.T) {
	data := append([]byte{19}, record(99, 1, 2, 3)...) // coarse, then fine
	for _, k := range []struct {
		coarse bool
		label  uint8
	}{{false, 99}, {true, 19}} {
		c := cifar100(k.coarse)
		d := c.empty("x", 1)
		require.NoError(t, c.appendRecords(d, data))
		require.NoError(t, d.Validate())
		require.Equal(t, []uint8{k.label}, d.Labels)
		require.Equal(t, []uint8{1, 2, 3}, d.Image(0)[:3])
	}
}

func TestWrongCIFAR100FilesAreRefused(t *testing.T) {
	cases := map[string]struct {
		bytes  int
		coarse bool
		spoil  func(data []byte)
		want   string
	}{
		"a file cut short":        {50000*3074 - 1, false, nil, "ends at offset 153699999: want 153700000"},
		"a fine label too high":   {50000 * 3074, false, func(d []byte) { d[3074+1] = 100 }, "offset 3075: label 100: want 0 to 99"},
		"a coarse label too high": {50000 * 3074, true, func(d []byte) { d[3074] = 20 }, "offset 3074: label 20: want 0 to 19"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			data := make([]byte, k.bytes)
			if k.spoil != nil {
				k.spoil(data)
			}
			require.NoError(t, os.WriteFile(filepath.Join(folder, "train.bin"), data, 0o600))
			_, _, err := CIFAR100(folder, k.coarse)
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorContains(t, err, filepath.Join(folder, "train.bin"))
			require.ErrorContains(t, err, k.want)
		})
	}
}

func FuzzCIFAR100Records(f *testing.F) {
	f.Add(append([]byte{19}, record(99, 1, 2, 3)...), true)
	f.Add([]byte{}, false)
	f.Add(make([]byte, 3075), false)
	f.Fuzz(func(t *testing.T, data []byte, coarse bool) {
		c := cifar100(coarse)
		d := c.empty("x", 0)
		if c.appendRecords(d, data) == nil {
			require.NoError(t, d.Validate())
			require.Equal(t, len(data)/3074, d.Len())
		}
	})
}
