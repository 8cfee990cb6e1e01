package mapping

import (
	"errors"
	"fmt"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
)

// layer is a convolution or dense layer, with the pool fused to it, as the
// machine sees it. A dense layer is a 1 × 1 convolution over one pixel that
// holds the whole map.
type layer struct {
	index  int // into the graph
	name   string
	source *network.IntegerLayer
	levels quant.Levels
	set    int // of the design

	inputLow  int // least and greatest value of an input activation
	inputHigh int
	inRows    int
	inCols    int
	inBytes   int // of an input pixel in memory and buffer
	stride    int
	pad       int
	kernel    int // rows and columns of the window
	pixels    int // stored pixels in a window: kernel², or the whole map
	channels  int // in each of those pixels
	words     int // lane words of each of those pixels

	pool     int // 1 = none
	out      network.Shape
	outBytes int // of an output pixel
	wide     bool
	relu     bool

	steps     int // reduction steps of a column group
	groups    int // column groups
	padGroups int // further groups of zeros that fill a pixel
	tileBytes int // of one step's weights

	weights    int // memory address of the first group's weights
	parameters int // … parameters
	input      int // index of the input tensor
	output     int
}

// groupBytes is the size of a column group's packed weights.
func (l *layer) groupBytes() int { return l.steps * l.tileBytes }

// allGroups counts the column groups with those of padding.
func (l *layer) allGroups() int { return l.groups + l.padGroups }

// positions is the number of output positions of a tile of rows × cols pixels.
func (l *layer) positions(rows, cols int) int { return rows * cols * l.pool * l.pool }

// plan fuses pools to the layers before them and checks that the machine can
// run every layer of a sound network. It returns all refusals.
func plan(net *network.Integer, d *arch.Design) ([]layer, error) {
	var layers []layer
	var errs []error
	low, high := quant.MinActivation, quant.MaxActivation
	for i := 0; i < len(net.Graph.Layers); i++ {
		l := layer{index: i, name: net.Graph.Layers[i].Name, source: &net.Layers[i]}
		err := l.plan(net.Graph, d)
		i += l.fused()
		if err != nil {
			errs = append(errs, fmt.Errorf("layer %s: %w", l.name, err))
			continue
		}
		l.inputLow, l.inputHigh = low, high
		l.input, l.output = len(layers), len(layers)+1
		low, high = quant.MinActivation, quant.MaxActivation
		if l.relu {
			low = 0
		}
		layers = append(layers, l)
	}
	return layers, errors.Join(errs...)
}

// fused is the number of pools fused to the layer.
func (l *layer) fused() int {
	if l.pool > 1 {
		return 1
	}
	return 0
}

// plan describes the layer at l.index of the graph and the pool after it.
func (l *layer) plan(g *network.Graph, d *arch.Design) error {
	at := &g.Layers[l.index]
	l.pool, l.out = 1, at.OutShape
	if at.Kind == network.MaxPool {
		return fmt.Errorf("%w: a pool runs only directly after a conv layer; move it or merge it with the pool before", ErrUnsupported)
	}
	if next := l.index + 1; next < len(g.Layers) && g.Layers[next].Kind == network.MaxPool {
		l.pool, l.out = g.Layers[next].Kernel, g.Layers[next].OutShape
	}
	set, ok := d.Set(l.source.Levels)
	if !ok {
		return fmt.Errorf("%w: weights of %v: the design runs %v; add it to levels", ErrUnsupported, l.source.Levels, d.Levels)
	}
	l.set, l.levels = set, l.source.Levels
	l.wide, l.relu = l.source.Requant == nil, at.ReLU
	l.geometry(at, d)
	l.outputs(d)
	return nil
}

// geometry fills in what the machine reads.
func (l *layer) geometry(g *network.Layer, d *arch.Design) {
	in := g.InShape
	l.channels = in.C
	l.words = d.PixelBytes(in.C) / d.Array.Lanes
	l.inRows, l.inCols, l.inBytes = in.H, in.W, d.PixelBytes(in.C)
	l.stride, l.pad, l.kernel, l.pixels = g.Stride, g.Pad, g.Kernel, g.Kernel*g.Kernel
	if g.Kind == network.Dense {
		l.inRows, l.inCols, l.inBytes = 1, 1, in.H*in.W*d.PixelBytes(in.C)
		l.stride, l.pad, l.kernel, l.pixels = 1, 0, 1, in.H*in.W
	}
	l.steps = l.pixels * l.words
	l.tileBytes = d.TileWords(l.set) * d.MemoryBytes()
}

// outputs fills in what the machine writes.
func (l *layer) outputs(d *arch.Design) {
	cols := d.Array.Cols
	l.groups = (l.out.C + cols - 1) / cols
	group := cols
	l.outBytes = d.PixelBytes(l.out.C)
	if l.wide {
		group = 4 * cols
		beat := d.MemoryBytes()
		l.outBytes = (l.groups*group + beat - 1) / beat * beat
	}
	l.padGroups = l.outBytes/group - l.groups
}

// pixelWords is the lane words between input pixels of the machine's view.
func (l *layer) pixelWords(d *arch.Design) int { return l.inBytes / d.Array.Lanes }
