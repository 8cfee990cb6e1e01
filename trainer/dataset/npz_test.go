package dataset

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
)

// npyFile is a file as numpy.save writes it.
func npyFile(descr, order, shape string, data []byte) []byte {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, order, shape)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	out := append([]byte(npyMagic), 1, 0)
	return append(append(binary.LittleEndian.AppendUint16(out, uint16(len(header))), header...), data...)
}

// npzFile is an archive of arrays.
func npzFile(t testing.TB, arrays map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		m, err := w.Create(name + ".npy")
		require.NoError(t, err)
		_, err = m.Write(arrays[name])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// arrays are three training and two test pictures of 2×4, with some changed.
func arrays(change map[string][]byte) map[string][]byte {
	a := map[string][]byte{
		"x_train": npyFile("|u1", "False", "(3, 2, 4)", idx(24)[8:]), "y_train": npyFile("|u1", "False", "(3,)", []byte{2, 0, 1}),
		"x_test": npyFile("|u1", "False", "(2, 2, 4)", idx(16)[8:]), "y_test": npyFile("|u1", "False", "(2,)", []byte{1, 1}),
	}
	maps.Copy(a, change)
	return a
}

func loadNPZ(t *testing.T, data []byte) (train, test *Dataset, err error) {
	return Load(writeFiles(t, map[string][]byte{"set.npz": data}) + "/set.npz")
}

func TestNPZArraysBecomeSets(t *testing.T) {
	cases := map[string]map[string][]byte{
		"bytes":                      nil,
		"labels of 64 bits":          {"y_train": npyFile("<i8", "False", "(3,)", binary.LittleEndian.AppendUint64(append(append(make([]byte, 0), 2, 0, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0, 0, 0, 0, 0), 1))},
		"labels with the high first": {"y_train": npyFile(">u2", "False", "(3,)", []byte{0, 2, 0, 0, 0, 1})},
		"labels in a column":         {"y_train": npyFile("|i1", "False", "(3, 1)", []byte{2, 0, 1})},
		"an array more":              {"z": []byte("anything")},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			train, test, err := loadNPZ(t, npzFile(t, arrays(change)))
			require.NoError(t, err)
			require.Equal(t, network.Shape{H: 2, W: 4, C: 1}, train.Shape)
			require.Equal(t, []uint8{2, 0, 1}, train.Labels)
			require.Equal(t, []uint8{1, 1}, test.Labels)
			require.Equal(t, []string{"0", "1", "2"}, test.Classes)
			require.Equal(t, []uint8{16, 17, 18, 19, 20, 21, 22, 23}, train.Image(2))
		})
	}
}

func TestNPZPicturesMayHaveChannels(t *testing.T) {
	train, _, err := loadNPZ(t, npzFile(t, arrays(map[string][]byte{
		"x_train": npyFile("|u1", "False", "(3, 2, 2, 2)", idx(24)[8:]), "x_test": npyFile("|u1", "False", "(2, 2, 2, 2)", idx(16)[8:])})))
	require.NoError(t, err)
	require.Equal(t, network.Shape{H: 2, W: 2, C: 2}, train.Shape)
}

func TestWrongNPZFilesAreRefusedWithArrayAndOffset(t *testing.T) {
	pixels := idx(24)[8:]
	cases := map[string]struct {
		change map[string][]byte
		want   string
	}{
		"pictures cut short":          {map[string][]byte{"x_train": npyFile("|u1", "False", "(3, 2, 4)", pixels[:20])}, "x_train: ends at offset 148: want 152"},
		"bytes behind the end":        {map[string][]byte{"x_train": npyFile("|u1", "False", "(2, 2, 4)", pixels)}, "x_train: offset 144: more bytes"},
		"pictures of floats":          {map[string][]byte{"x_train": npyFile("<f4", "False", "(3, 2, 4)", pixels)}, "no sound 'descr'"},
		"pictures of 16 bits":         {map[string][]byte{"x_train": npyFile("<u2", "False", "(3, 2, 2)", pixels)}, "type <u2: want |u1"},
		"columns first":               {map[string][]byte{"x_train": npyFile("|u1", "True", "(3, 2, 4)", pixels)}, "ascontiguousarray"},
		"flat pictures":               {map[string][]byte{"x_train": npyFile("|u1", "False", "(3, 8)", pixels)}, "shape [3 8]: want [n, height, width]"},
		"a size beyond memory":        {map[string][]byte{"x_train": npyFile("|u1", "False", "(99999999, 99999999, 4)", pixels)}, "4294967296 elements"},
		"a number beyond 64 bits":     {map[string][]byte{"x_train": npyFile("|u1", "False", "(99999999999999999999,)", pixels)}, "out of range"},
		"a size that nothing backs":   {map[string][]byte{"x_train": npyFile("|u1", "False", "(9999, 99, 99)", pixels)}, "ends at offset 152"},
		"labels of other pictures":    {map[string][]byte{"y_train": npyFile("|u1", "False", "(2,)", []byte{0, 1})}, "2 labels for 3 pictures"},
		"a label that is negative":    {map[string][]byte{"y_test": npyFile("|i1", "False", "(2,)", []byte{0, 255})}, "y_test: element 1: -1"},
		"a label beyond a byte":       {map[string][]byte{"y_test": npyFile("<u2", "False", "(2,)", []byte{0, 0, 0, 1})}, "element 1: 00 01 as <u2"},
		"labels one-hot":              {map[string][]byte{"y_test": npyFile("|u1", "False", "(2, 3)", make([]byte, 6))}, "want [n] or [n, 1] labels"},
		"something else":              {map[string][]byte{"y_test": []byte("0,1,2,3,4,5")}, "y_test: offset 0: magic"},
		"an empty array file":         {map[string][]byte{"y_test": {}}, "y_test: offset 0: the file is truncated"},
		"a header cut short":          {map[string][]byte{"y_test": npyFile("|u1", "False", "(2,)", nil)[:30]}, "offset 30: the file is truncated"},
		"a version yet to come":       {map[string][]byte{"y_test": []byte(npyMagic + "\x09\x00\x00\x00")}, "version 9: want 1 to 3"},
		"a header beyond any measure": {map[string][]byte{"y_test": []byte(npyMagic + "\x02\x00\xff\xff\xff\x7f")}, "header of 2147483647 bytes"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := loadNPZ(t, npzFile(t, arrays(k.change)))
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorContains(t, err, k.want)
			require.ErrorContains(t, err, "set.npz")
		})
	}
}

func TestAnNPZWithoutAnArrayOrItsEndIsRefused(t *testing.T) {
	some := arrays(nil)
	delete(some, "y_test")
	_, _, err := loadNPZ(t, npzFile(t, some))
	require.ErrorContains(t, err, "no array y_test")
	whole := npzFile(t, arrays(nil))
	for _, n := range []int{0, 1, 100, len(whole) - 1} {
		_, _, err = loadNPZ(t, whole[:n])
		require.ErrorIs(t, err, ErrFormat)
		require.ErrorContains(t, err, fmt.Sprintf("offset %d", n))
	}
}

func FuzzNPY(f *testing.F) {
	f.Add(npyFile("|u1", "False", "(3, 2, 4)", idx(24)[8:]))
	f.Add(npyFile(">i8", "False", "(1, 1)", make([]byte, 8)))
	f.Add([]byte(npyMagic + "\x02\x00\x04\x00\x00\x00{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := readNPY(bytes.NewReader(data))
		if err != nil {
			return
		}
		n, err := volume(append([]int{a.width}, a.shape...))
		require.NoError(t, err)
		require.Len(t, a.data, n)
		if len(a.shape) > 0 {
			labels, err := a.labels()
			require.True(t, err != nil || len(labels) == a.shape[0])
		}
	})
}

func FuzzNPZ(f *testing.F) {
	f.Add(npzFile(f, arrays(nil)))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, data []byte) {
		train, test, err := readNPZ(bytes.NewReader(data), int64(len(data)))
		if err == nil {
			require.NoError(t, train.Validate())
			require.NoError(t, test.Validate())
		}
	})
}
