package workload

import "lowres/network"

// The sizes of BitNet b1.58 2B4T, as its model card states them.
const (
	hidden    = 2560
	blocks    = 30
	heads     = 20
	keyHeads  = 5 // a key and a value for every 4 queries
	headSize  = hidden / heads
	inner     = 6912 // of the feed-forward layers
	prompt    = 512  // tokens of the prefill: our choice
	atATime   = 16   // of them, since a program holds 4096 instructions: every block loads the weights again
	keyValues = keyHeads * headSize
)

// bitnet is the weights of all decoder layers on so many tokens, of which the last sees
// context tokens. Embedding and head, which are not ternary, are left out.
func bitnet(name string, tokens, context int) *Workload {
	w := &Workload{Name: name}
	for _, m := range []struct {
		name           string
		in, out, times int
	}{{"query_output", hidden, hidden, 2}, {"key_value", hidden, keyValues, 2}, {"gate_up", hidden, inner, 2}, {"down", inner, hidden, 1}} {
		g := product(m.name, min(tokens, atATime), m.in, m.out)
		copies := m.times * blocks
		w.Parts = append(w.Parts, Part{Graph: g, Repeats: copies * max(tokens/atATime, 1), Copies: copies})
	}
	pairs := int64(0) // of a token and one that it sees
	for t := range tokens {
		pairs += int64(context - t)
	}
	w.Apart = []Apart{{"attention: activations times activations", 2 * pairs * hidden * blocks}}
	return w
}

// product is m × k activations times k × n weights: a 1 × 1 convolution over m pixels.
func product(name string, m, k, n int) *network.Graph {
	height, width := m, 1
	for height > network.MaxExtent && height%2 == 0 {
		height, width = height/2, width*2
	}
	g := &network.Graph{Name: name, Input: network.Shape{H: height, W: width, C: k},
		Layers: []network.Layer{{Name: name, Kind: network.Conv, Out: n, Kernel: 1}}}
	if err := g.Resolve(); err != nil {
		return nil
	}
	return g
}
