package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
)

// trimmed is text without spaces at the ends of lines.
func trimmed(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.Join(lines, "\n")
}

// writeMixed writes a network of two layers whose levels are known: N = 5 and −4, −1, 1, 4.
func writeMixed(t *testing.T) (path string) {
	t.Helper()
	g := &network.Graph{Name: "mixed", Input: network.Shape{H: 1, W: 1, C: 10}, Layers: []network.Layer{
		{Name: "a", Kind: network.Dense, Out: 10, ReLU: true}, {Name: "b", Kind: network.Dense, Out: 2}}}
	require.NoError(t, g.Resolve())
	five, err := quant.ForN(5)
	require.NoError(t, err)
	powers, err := quant.Custom([]int{-4, -1, 1, 4})
	require.NoError(t, err)
	a, b := make([]int16, 100), make([]int16, 20)
	for i := range a {
		a[i] = int16(i%4) - 1 // a quarter each of −1, 0, 1, 2
	}
	for i := range b {
		b[i] = 4
	}
	r, err := quant.NewRequantiser(1.0/256, true)
	require.NoError(t, err)
	requantisers := make([]quant.Requantiser, 10)
	for i := range requantisers {
		requantisers[i] = r
	}
	n := &network.Integer{Graph: g, InputScale: 1.0 / 128, Layers: []network.IntegerLayer{
		{Levels: five, Weights: a, Bias: make([]int32, 10), Requant: requantisers, WeightScale: 1, OutputScale: 2},
		{Levels: powers, Weights: b, Bias: make([]int32, 2), WeightScale: 1, OutputScale: 2}}}
	path = t.TempDir() + "/mixed.lrn"
	require.NoError(t, network.WriteFile(path, &network.File{Network: n}))
	return path
}

func TestInspectSaysHowEveryLayerIsPacked(t *testing.T) {
	golden(t, "mixed.txt", trimmed(must(t, "inspect", writeMixed(t)).out))
}

func TestThePackingsOfEveryNAreThoseOfTheDocument(t *testing.T) {
	text := trimmed(must(t, "inspect", "--packings").out)
	assert.Contains(t, read(t, "../../docs/arithmetic.md"), "```text\n"+text+"\n```\n")
	assert.Contains(t, text, "N = 2: 1 by byte: 8 of 2 levels fit")
	var all []packingsResult
	require.NoError(t, json.Unmarshal([]byte(must(t, "inspect", "--packings", "--json").out), &all))
	require.Len(t, all, 8)
	assert.Equal(t, 27, all[3].Packed[1].Codes)
	assert.Empty(t, all[3].Paper.Slips)
	o := lowres("inspect", "--packings", "x.lrn")
	assert.Equal(t, exitInput, o.code)
	assert.Contains(t, o.err, "--packings with x.lrn")
}
