package rtlgen

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/sim/arch"
)

// drawn is the diagram of the tiny design with a change.
func drawn(t *testing.T, change func(*arch.Spec)) (view, string) {
	t.Helper()
	s := tiny(t).Spec
	change(&s)
	d, err := arch.New(s)
	require.NoError(t, err)
	v, err := newView(d)
	require.NoError(t, err)
	return v, string(v.diagram())
}

func TestTheDiagramShowsWhatTheDesignChanges(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*arch.Spec)
		want   string
	}{
		{"the columns", func(s *arch.Spec) { s.Array.Cols = 8 }, "8 columns of 4 lanes"},
		{"the lanes", func(s *arch.Spec) { s.Array.Lanes = 16 }, "4 columns of 16 lanes"},
		{"the sums", func(s *arch.Spec) { s.Array.AccumulatorBits = 31 }, "of 4 sums of 31 bits"},
		{"a buffer", func(s *arch.Spec) { s.Buffers.Activation = 8192 }, "8192 bytes"},
		{"the memory", func(s *arch.Spec) { s.Memory.WidthBits = 256 }, "256 bits"},
		{"the levels", func(s *arch.Spec) { s.Levels = []int{3, 17} }, "N = 3, 17"},
		{"many levels", func(s *arch.Spec) {
			s.Levels = []int{2, 3, 4, 5, 8, 9, 16, 17}
			s.Custom = [][]int{{-8, -4, 0, 4, 8}}
		}, "9 level sets"},
		{"tables", func(s *arch.Spec) { s.Buffers.Table = 512 }, "function_table"},
		{"where weights are decoded", func(s *arch.Spec) { s.Weights.Decode = arch.DecodeAtLoad }, "digits of weights"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, plain := drawn(t, func(*arch.Spec) {})
			require.NotContains(t, plain, c.want)
			_, changed := drawn(t, c.change)
			require.Contains(t, changed, c.want)
		})
	}
}

func TestTheDiagramIsWellFormedAndItsTextsFit(t *testing.T) {
	v, svg := drawn(t, func(s *arch.Spec) {
		s.Array = arch.Array{Cell: arch.CellSelect, Lanes: 64, Cols: 64, Pixels: 1, Hold: 64, AccumulatorBits: 32, Requantisers: 64, RequantiserStages: arch.FewStages, WeightTiles: 2, SumBlocks: 2, LevelsPerStage: 1}
		s.Levels = []int{2, 3, 4, 5, 8, 9, 16, 17}
		s.Buffers = arch.Buffers{Activation: 1 << 20, Weight: 1 << 20, Parameter: 1 << 20, Output: 1 << 20, Table: 2048}
		s.Memory.WidthBits, s.Memory.Outstanding = 512, 16
	})
	require.NoError(t, xml.Unmarshal([]byte(svg), new(struct{})))
	const glyph = 7 // wider than the letters of 12 pixels are on average
	blocks := v.blocks()
	for i, b := range blocks {
		for _, line := range b.lines {
			require.LessOrEqual(t, glyph*len([]rune(line)), b.w+glyph, line)
		}
		require.LessOrEqual(t, 20+lineHeight*len(b.lines), b.h, b.title)
		require.LessOrEqual(t, b.x+b.w, diagramWidth)
		for _, o := range blocks[:i] {
			apart := b.x >= o.x+o.w || o.x >= b.x+b.w || b.y >= o.y+o.h || o.y >= b.y+b.h
			require.True(t, apart, "%s lies on %s", b.title, o.title)
		}
		require.Contains(t, svg, fmt.Sprintf(">%s</text>", b.title))
	}
	require.Equal(t, len(blocks), strings.Count(svg, `class="block"`))
}
