package verify

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/sim/mapping"
	"lowres/sim/program"
)

// emitted is the folder of a network of three layers on the tiny design, file by file.
type emitted struct {
	net     *network.Integer
	program *program.Program
	files   map[string][]byte
}

// emitEdited emits a network after an edit of its graph and one of its parameters.
func emitEdited(t *testing.T, graph func(*network.Graph), parameters func(*network.Integer, []int8)) emitted {
	t.Helper()
	g := &network.Graph{Name: "edited", Input: network.Shape{H: 6, W: 6, C: 3}, Layers: []network.Layer{
		{Name: "conv1", Kind: network.Conv, Out: 6, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "conv2", Kind: network.Conv, Out: 8, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "fc1", Kind: network.Dense, Out: 5},
	}}
	graph(g)
	r := rand.New(rand.NewPCG(8, 8))
	e := emitted{net: fill(t, g, []int{3}, r), files: map[string][]byte{}}
	picture := randomImages(g, 1, rand.New(rand.NewPCG(9, 9)))[0]
	parameters(e.net, picture)
	d := tinyDesign(t, nil)
	var err error
	e.program, err = mapping.Map(e.net, d)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, Emit(dir, d, e.program, [][]int8{picture}))
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		e.files[name], err = os.ReadFile(path)
		return err
	}))
	return e
}

// differ are the names of files that differ, sorted.
func (e emitted) differ(f emitted) []string {
	var names []string
	for name, text := range e.files {
		if !bytes.Equal(text, f.files[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestAnEditChangesNothingElse edits a network: its Verilog and testbench stay, weights change only
// the words of memory that are theirs, a layer's shape only program and memory.
func TestAnEditChangesNothingElse(t *testing.T) {
	noGraph, noParameters := func(*network.Graph) {}, func(*network.Integer, []int8) {}
	before := emitEdited(t, noGraph, noParameters)
	require.Len(t, before.differ(emitted{}), len(before.files))
	require.Empty(t, before.differ(emitEdited(t, noGraph, noParameters)))

	const vectors = "tb/vectors/"
	weights := emitEdited(t, noGraph, func(net *network.Integer, _ []int8) {
		for i, w := range net.Layers[1].Weights {
			net.Layers[1].Weights[i] = -w
		}
	})
	require.Equal(t, []string{vectors + "expected.log", vectors + "memory.hex"}, before.differ(weights))
	old, edited := bytes.Split(before.files[vectors+"memory.hex"], []byte("\n")), bytes.Split(weights.files[vectors+"memory.hex"], []byte("\n"))
	require.Len(t, edited, len(old))
	of := layersOfBeats(before.program, 8)
	changed := 0
	for i := range old {
		if !bytes.Equal(old[i], edited[i]) {
			changed++
			require.Equal(t, []int{1}, of[i], "beat %d of memory", i)
		}
	}
	require.Positive(t, changed)

	shape := emitEdited(t, func(g *network.Graph) { g.Layers[1].Out = 7 }, noParameters)
	for _, name := range before.differ(shape) {
		require.Contains(t, []string{vectors + "control.txt", vectors + "expected.log", vectors + "memory.hex", vectors + "program.h", vectors + "settings.hex"}, name)
	}
	picture := emitEdited(t, noGraph, func(_ *network.Integer, picture []int8) { picture[0]++ })
	require.Equal(t, []string{vectors + "expected.log", vectors + "input0.hex"}, before.differ(picture))
}

// layersOfBeats are the layers whose instructions load each beat of memory.
func layersOfBeats(p *program.Program, beat int) map[int][]int {
	of := map[int][]int{}
	for i, l := range p.Loads {
		for b := range l.Beats {
			at := int(l.Memory)/beat + b
			if layer := p.Places[program.LoadEngine][i].Layer; !slices.Contains(of[at], layer) {
				of[at] = append(of[at], layer)
			}
		}
	}
	return of
}
