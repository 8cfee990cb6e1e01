package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
)

// idx is an IDX file of bytes 0, 1, 2 …
func idx(shape ...uint32) []byte {
	data, n := []byte{0, 0, 8, byte(len(shape))}, uint32(1)
	for _, d := range shape {
		data, n = binary.BigEndian.AppendUint32(data, d), n*d
	}
	for i := range n {
		data = append(data, byte(i))
	}
	return data
}

func packed(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// writeFiles fills a new folder.
func writeFiles(t testing.TB, files map[string][]byte) string {
	t.Helper()
	folder := t.TempDir()
	for name, data := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	return folder
}

// mnist is a folder of three training and two test pictures of 2×4.
func mnist(t testing.TB, change map[string][]byte) string {
	files := map[string][]byte{
		"train-images-idx3-ubyte": idx(3, 2, 4), "train-labels-idx1-ubyte": idx(3),
		"t10k-images-idx3-ubyte": idx(2, 2, 4), "t10k-labels-idx1-ubyte": idx(2),
	}
	for name, data := range change {
		delete(files, name)
		if data != nil {
			files[name] = data
		}
	}
	return writeFiles(t, files)
}

func TestIDXFilesBecomeSets(t *testing.T) {
	cases := map[string]map[string][]byte{
		"plain": nil,
		"packed with gzip": {"train-images-idx3-ubyte": nil, "train-images-idx3-ubyte.gz": packed(t, idx(3, 2, 4)),
			"t10k-labels-idx1-ubyte": nil, "t10k-labels-idx1-ubyte.gz": packed(t, idx(2))},
		"a packed file beside its plain self": {"train-images-idx3-ubyte.gz": packed(t, idx(3, 2, 4))},
		"names with a dot, as in some copies": {"train-images-idx3-ubyte": nil, "train-images.idx3-ubyte": idx(3, 2, 4)},
		"test in place of t10k":               {"t10k-images-idx3-ubyte": nil, "emnist-test-images-idx3-ubyte": idx(2, 2, 4)},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			train, test, err := Load(mnist(t, change))
			require.NoError(t, err)
			require.Equal(t, "idx-train", train.Name)
			require.Equal(t, network.Shape{H: 2, W: 4, C: 1}, train.Shape)
			require.Equal(t, []string{"0", "1", "2"}, test.Classes)
			require.Equal(t, []uint8{0, 1, 2}, train.Labels)
			require.Equal(t, []uint8{8, 9, 10, 11, 12, 13, 14, 15}, test.Image(1))
		})
	}
}

func TestWrongIDXFilesAreRefusedWithNameAndOffset(t *testing.T) {
	whole := idx(3, 2, 4)
	const name = "train-images-idx3-ubyte"
	cases := map[string]struct {
		file string
		data []byte
		want string
	}{
		"no file at all":            {name, nil, "0 files with train-images"},
		"an empty file":             {name, []byte{}, "offset 0: the file is truncated"},
		"dimensions cut short":      {name, whole[:9], "offset 9: the file is truncated"},
		"pictures cut short":        {name, whole[:30], "ends at offset 30: want 40"},
		"bytes behind the end":      {name, append(idx(3, 2, 4), 0), "offset 40: more bytes"},
		"numbers that are no bytes": {name, []byte{0, 0, 13, 3}, "magic 00 00 0d"},
		"labels for pictures":       {name, idx(3), "1 dimensions: want [3 4]"},
		"an empty dimension":        {name, idx(3, 0, 4), "dimension 2 of [3 0 4]"},
		"a size beyond memory":      {name, append([]byte{0, 0, 8, 3}, bytes.Repeat([]byte{255}, 12)...), "4294967296 elements"},
		"a size that nothing backs": {name, append([]byte{0, 0, 8, 3}, 0, 0, 0, 255, 0, 0, 255, 255, 0, 0, 0, 255), "ends at offset 16"},
		"labels of other pictures":  {"train-labels-idx1-ubyte", idx(4), "4 labels for 3 pictures"},
		"test pictures of another size": {"t10k-images-idx3-ubyte", idx(2, 4, 4),
			"test pictures of 4x4x1: want 2x4x1"},
		"gzip that is none":     {"train-images-idx3-ubyte.gz", whole, ""},
		"two sets in one place": {"emnist-train-images-idx3-ubyte", whole, "2 files with train-images"},
	}
	for title, k := range cases {
		t.Run(title, func(t *testing.T) {
			change := map[string][]byte{k.file: k.data}
			if filepath.Ext(k.file) == ".gz" {
				change[name] = nil
			}
			_, _, err := Load(mnist(t, change))
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorContains(t, err, k.want)
		})
	}
}

func TestATruncatedGzipFileIsRefused(t *testing.T) {
	data := packed(t, idx(3, 2, 4))
	_, _, err := Load(mnist(t, map[string][]byte{"train-images-idx3-ubyte": nil, "train-images-idx3-ubyte.gz": data[:len(data)-5]}))
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "train-images-idx3-ubyte.gz")
	require.ErrorContains(t, err, "offset")
}

func FuzzIDX(f *testing.F) {
	f.Add(idx(3, 2, 4))
	f.Add(idx(3))
	f.Add([]byte{0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := readIDX(bytes.NewReader(data), []int{1, 3, 4})
		if err == nil {
			n, err := volume(a.shape)
			require.NoError(t, err)
			require.Len(t, a.data, n)
			require.Len(t, data, n+4+4*len(a.shape))
		}
	})
}
