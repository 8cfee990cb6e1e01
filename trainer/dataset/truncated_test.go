package dataset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every file of every format, cut short at every place (the long ones at some), is refused with its name and an
// offset.
func TestEveryTruncatedFileIsRefusedWithNameAndOffset(t *testing.T) {
	cases := map[string]struct {
		folder string
		file   string
		load   string // what is read, "" = the folder
		step   int
	}{
		"CIFAR-10":        {writeFiles(t, map[string][]byte{"data_batch_1.bin": make([]byte, cifarRecords*cifarRecord)}), "data_batch_1.bin", "", 9999991},
		"CIFAR-100":       {writeFiles(t, map[string][]byte{"train.bin": make([]byte, 50000*3074)}), "train.bin", "", 49999991},
		"IDX pictures":    {mnist(t, nil), "train-images-idx3-ubyte", "", 1},
		"IDX labels":      {mnist(t, nil), "t10k-labels-idx1-ubyte", "", 1},
		"IDX with gzip":   {mnist(t, map[string][]byte{"train-images-idx3-ubyte": nil, "train-images-idx3-ubyte.gz": packed(t, idx(3, 2, 4))}), "train-images-idx3-ubyte.gz", "", 1},
		"PNG":             {zoo(t, nil), "train/bee/2.png", "", 1},
		"JPEG":            {zoo(t, map[string][]byte{"train/bee/3.jpg": jpegFile(t, picture(4, 2, red))}), "train/bee/3.jpg", "", 7},
		"NPZ, an archive": {writeFiles(t, map[string][]byte{"set.npz": npzFile(t, arrays(nil))}), "set.npz", "set.npz", 11},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(k.folder, filepath.FromSlash(k.file))
			whole, err := os.ReadFile(path)
			require.NoError(t, err)
			for n := 0; n < len(whole); n += k.step {
				require.NoError(t, os.Truncate(path, 0))
				require.NoError(t, os.WriteFile(path, whole[:n], 0o600))
				_, _, err := Load(filepath.Join(k.folder, k.load))
				require.ErrorIs(t, err, ErrFormat, "%d bytes", n)
				require.ErrorContains(t, err, path, "%d bytes", n)
				require.ErrorContains(t, err, "offset", "%d bytes", n)
			}
		})
	}
}
