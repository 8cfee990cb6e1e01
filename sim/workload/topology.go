package workload

import (
	"bytes"
	"fmt"

	"lowres/network"
	"lowres/sim/scalesim"
)

// ofTopology is the layers of a topology of SCALE-Sim, each on its own.
func ofTopology(name string, text []byte) (*Workload, error) {
	layers, err := scalesim.ParseTopology(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	w := &Workload{Name: name}
	for i := range layers {
		g, err := graphOf(fmt.Sprintf("layer%d", i+1), &layers[i])
		if err != nil {
			return nil, fmt.Errorf("%s: layer %q: %w", name, layers[i].Name, err)
		}
		g.Name = layers[i].Name
		w.Parts = append(w.Parts, Part{Graph: g, Repeats: 1, Copies: 1})
	}
	return w, nil
}

// graphOf is a layer of a topology as a graph of one layer. It returns
// network.ErrShape for one that a graph cannot hold.
func graphOf(name string, l *scalesim.Layer) (*network.Graph, error) {
	c := l.Conv
	if c == nil {
		if g := product(name, l.M, l.K, l.N); g != nil {
			return g, nil
		}
		return nil, fmt.Errorf("%w: product of %d × %d with %d × %d: too large; split it", network.ErrShape, l.M, l.K, l.K, l.N)
	}
	if c.KernelHeight != c.KernelWidth {
		return nil, fmt.Errorf("%w: filter of %d × %d: want a square one", network.ErrShape, c.KernelHeight, c.KernelWidth)
	}
	layer := network.Layer{Name: name, Kind: network.Conv, Out: c.Filters, Kernel: c.KernelWidth, Stride: c.Stride}
	channels := c.Channels
	if l.Repeats > 1 {
		if channels = l.Repeats; c.Filters != 1 {
			return nil, fmt.Errorf("%w: depthwise with %d filters a channel: want 1", network.ErrShape, c.Filters)
		}
		layer.Kind, layer.Out = network.Depthwise, 0
	}
	g := &network.Graph{Name: name, Input: network.Shape{H: c.Height, W: c.Width, C: channels}, Layers: []network.Layer{layer}}
	return g, g.Resolve()
}
