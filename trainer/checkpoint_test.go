package trainer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
)

// tinyCheckpoint is a small state with every field set.
func tinyCheckpoint(t testing.TB) *Checkpoint {
	t.Helper()
	g := &network.Graph{Name: "tiny", Input: network.Shape{H: 4, W: 4, C: 1}, Layers: []network.Layer{
		{Name: "a", Kind: network.Conv, Out: 2, Kernel: 3, Stride: 1, Pad: 1, ReLU: true},
		{Name: "b", Kind: network.MaxPool, Kernel: 2},
		{Name: "c", Kind: network.Dense, Out: 3},
	}}
	require.NoError(t, g.Resolve())
	r := QuickRecipe(5)
	r.Augment = PaperAugment()
	c := newCheckpoint(Initialise(g, levelsOf(t, 5), r.Seed), r)
	c.Momentum = Initialise(g, levelsOf(t, 0), 9)
	c.Data = "0123"
	c.History = []Epoch{{1, 2.5, 0.25, 2.25, 0.5}, {2, 2, 0.5, 1.5, 0.75}}
	return c
}

func encoded(t testing.TB, c *Checkpoint) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteCheckpoint(&b, c))
	return b.Bytes()
}

func TestCheckpointComesBackWhole(t *testing.T) {
	c := tinyCheckpoint(t)
	path := filepath.Join(t.TempDir(), "x.ckpt")
	require.NoError(t, c.Save(path))
	back, err := LoadCheckpoint(path)
	require.NoError(t, err)
	require.Equal(t, c, back)
	net, err := LoadNet(path)
	require.NoError(t, err)
	require.Equal(t, c.Net, net)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file stays behind")
}

// seal puts the right SHA-256 at the end of an altered file.
func seal(data []byte) []byte {
	body := data[:len(data)-sha256.Size]
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

func TestUnsoundCheckpointsAreRefused(t *testing.T) {
	good := encoded(t, tinyCheckpoint(t))
	at := func(offset int, b ...byte) []byte {
		d := bytes.Clone(good)
		copy(d[offset:], b)
		return d
	}
	replace := func(old, new string) []byte {
		d := bytes.Replace(good, []byte(old), []byte(new), 1)
		length := binary.LittleEndian.Uint32(d[12:]) + uint32(len(new)-len(old))
		binary.LittleEndian.PutUint32(d[12:], length)
		return seal(d)
	}
	last := len(good) - sha256.Size - 4
	inf := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(math.Inf(1))))
	cases := map[string]struct {
		data []byte
		want string
	}{
		"an empty file":                    {nil, "truncated"},
		"a file cut short":                 {good[:len(good)-1], "sha256"},
		"one bit changed":                  {at(100, good[100]^1), "sha256"},
		"another magic":                    {at(0, 'X'), "magic"},
		"a later version":                  {at(8, 2), "version 2: want 1"},
		"a header beyond the file":         {seal(at(12, 255, 255, 255, 3)), "header:"},
		"a header that is no JSON":         {replace(`{"name"`, `["name"`), "header:"},
		"an unknown field":                 {replace(`"batch":256`, `"betch":256`), "unknown field"},
		"a layer of another size":          {replace(`"out":3`, `"out":4`), "numbers:"},
		"a layer that asks for the memory": {replace(`"out":3`, `"out":1048577`), "header:"},
		"levels that are not symmetric":    {replace(`[-2,-1,0,1,2]`, `[-2,-1,0,1,3]`), "layer a"},
		"levels on a pool":                 {replace(`"kernel":2}`, `"kernel":2,"levels":[-1,1]}`), "layer b"},
		"a recipe out of range":            {replace(`"batch":256`, `"batch":0`), "batch: 0"},
		"an epoch left out":                {replace(`"epoch":2`, `"epoch":3`), "history[1]"},
		"a weight that is not finite":      {seal(at(last, inf...)), "c momentum of biases[2]"},
		"numbers missing":                  {seal(append(bytes.Clone(good[:last]), good[last+4:]...)), "numbers:"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCheckpoint(bytes.NewReader(k.data))
			require.ErrorIs(t, err, ErrCheckpoint)
			require.ErrorContains(t, err, k.want)
		})
	}
}

func TestMissingCheckpointIsNamed(t *testing.T) {
	_, err := LoadCheckpoint(filepath.Join(t.TempDir(), "none.ckpt"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "none.ckpt")
}

// Any bytes are refused or read; what is read is written back the same. The checksum is put right first,
// so that the fuzzer reaches what lies behind it.
func FuzzReadCheckpoint(f *testing.F) {
	good := encoded(f, tinyCheckpoint(f))
	f.Add(good)
	f.Add(good[:60])
	f.Add([]byte(checkpointMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= sha256.Size {
			data = seal(data)
		}
		c, err := ReadCheckpoint(bytes.NewReader(data))
		if err != nil {
			require.ErrorIs(t, err, ErrCheckpoint)
			return
		}
		again, err := ReadCheckpoint(bytes.NewReader(encoded(t, c)))
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}
