package trainer

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
)

// documented is the checkpoint of docs/file-formats.md.
func documented(t *testing.T) *Checkpoint {
	g := &network.Graph{Name: "doc", Input: network.Shape{H: 1, W: 1, C: 2},
		Layers: []network.Layer{{Name: "fc", Kind: network.Dense, Out: 1}}}
	require.NoError(t, g.Resolve())
	c := newCheckpoint(Initialise(g, levelsOf(t, 3), 1), DefaultRecipe())
	copy(c.Net.Weights[0], []float32{0.5, -1})
	copy(c.Net.Biases[0], []float32{0.25})
	copy(c.Momentum.Weights[0], []float32{2, 0})
	c.History = []Epoch{{1, 2.5, 0.25, 2.25, 0.5}}
	return c
}

func TestTheCheckpointInTheDocumentIsReal(t *testing.T) {
	page, err := os.ReadFile("../docs/file-formats.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "## Training checkpoint")
	require.True(t, found)
	_, dump, found := strings.Cut(section, "```text\n")
	require.True(t, found)
	dump, _, _ = strings.Cut(dump, "```")
	require.Equal(t, dump, hex.Dump(encoded(t, documented(t))))
}
