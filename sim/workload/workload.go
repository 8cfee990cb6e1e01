// Package workload holds networks as shapes alone, so that their cost can be asked
// before anything is trained.
package workload

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lowres/network"
)

// Workload is graphs that run one after the other.
type Workload struct {
	Name  string
	Parts []Part
	Apart []Apart
}

// Part is a graph that runs a number of times.
type Part struct {
	Graph   *network.Graph
	Repeats int
	Copies  int  // of the repeats, those with weights of their own
	Logits  bool // the last layer emits its sums
}

// Apart is work of the workload that the accelerator has no way to run: none of its
// cost is counted.
type Apart struct {
	What string `json:"what"`
	MACs int64  `json:"macs"`
}

// MACs is the multiply-accumulates of all parts.
func (w *Workload) MACs() int64 {
	n := int64(0)
	for _, p := range w.Parts {
		for i := range p.Graph.Layers {
			n += int64(p.Repeats) * p.Graph.Layers[i].MACs()
		}
	}
	return n
}

//go:embed models/*.yaml
var models embed.FS

// Names lists the built-in workloads: those of network.ModelNames and
//
//	cnn8            the eight layers that simulators are compared on
//	resnet18        for pictures of 224 × 224
//	bitnet-prefill  BitNet b1.58 2B, its 30 decoder layers for a prompt of 512 tokens, 16 at a time
//	bitnet-decode   … for one more token behind it
func Names() []string {
	return append(network.ModelNames(), "bitnet-decode", "bitnet-prefill", "cnn8", "resnet18")
}

// Open is a built-in workload, a model in YAML, or a topology in SCALE-Sim's CSV.
func Open(name string) (*Workload, error) {
	switch name {
	case "bitnet-prefill":
		return bitnet(name, prompt, prompt), nil
	case "bitnet-decode":
		return bitnet(name, 1, prompt+1), nil
	}
	if slices.Contains(network.ModelNames(), name) {
		g, err := network.Model(name)
		return ofGraph(g), err
	}
	if text, err := models.ReadFile("models/" + name + ".yaml"); err == nil {
		g, err := network.ParseModel(name, text)
		return ofGraph(g), err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("model %q: %w: want a file in YAML or SCALE-Sim's CSV, or one of %s", name, err, strings.Join(Names(), ", "))
	}
	base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	if strings.EqualFold(filepath.Ext(name), ".csv") {
		return ofTopology(base, text)
	}
	g, err := network.ParseModel(base, text)
	return ofGraph(g), err
}

// ofGraph is a workload of one graph, nil without one.
func ofGraph(g *network.Graph) *Workload {
	if g == nil {
		return nil
	}
	return &Workload{Name: g.Name, Parts: []Part{{g, 1, 1, true}}}
}
