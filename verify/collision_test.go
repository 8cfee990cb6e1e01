package verify

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/sim/arch"
	"lowres/sim/mapping"
)

// What ram_sdp reads, and what it reads in this test of a word that is written in the same cycle: unknown.
const (
	oldWord     = "\n    if (re_i) rdata_o <= mem[raddr_i];"
	unknownWord = "\n    if (re_i) rdata_o <= (we_i && (waddr_i == raddr_i)) ? {Width{1'bx}} : mem[raddr_i];"
)

// Tokens keep every read of a buffer or program from a write of the same word, so synthesis for iCE40 may
// leave out the registers that would keep the old word (rtlgen/templates/flows/ice40.ys.tmpl).
func TestNoWordIsReadWhileItIsWritten(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	for name, change := range map[string]func(*arch.Spec){
		"tiny":                    nil,
		"two tiles and blocks":    func(s *arch.Spec) { s.Array.WeightTiles, s.Array.SumBlocks = 2, 2 },
		"narrow reads":            func(s *arch.Spec) { s.Memory.WidthBits, s.Buffers.Parameter = 256, 1024 },
		"wide reads":              func(s *arch.Spec) { s.Array.Lanes, s.Array.Cols = 16, 16 },
		"functions":               func(s *arch.Spec) { s.Array.Cols, s.Buffers.Table = 8, 256 },
		"buffers as small as can": func(s *arch.Spec) { s.Buffers.Activation, s.Buffers.Weight, s.Buffers.Output = 256, 256, 256 },
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(9, 9))
			d := tinyDesign(t, change)
			g := tinyGraph()
			if d.Buffers.Table > 0 {
				g = operatorGraph()
			}
			net := fill(t, g, d.Levels, r)
			p, err := mapping.Map(net, d)
			require.NoError(t, err)
			o := &Options{Design: d, Network: net, Program: p, Images: randomImages(net.Graph, 2, r), Jobs: 1, Tools: tools, CacheDir: t.TempDir(), WorkDir: t.TempDir()}
			mutate(t, o, "ram_sdp", oldWord, unknownWord)
			require.NoError(t, o.runEdited(t))
		})
	}
	t.Run("an unknown word shows", func(t *testing.T) {
		o := plantCase(t, nil)
		o.Tools, o.CacheDir, o.WorkDir = tools, t.TempDir(), t.TempDir()
		mutate(t, o, "ram_sdp", oldWord, "\n    if (re_i) rdata_o <= (raddr_i == 1) ? {Width{1'bx}} : mem[raddr_i];")
		require.Error(t, o.runEdited(t))
	})
}
