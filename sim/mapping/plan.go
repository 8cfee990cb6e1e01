package mapping

import (
	"errors"
	"fmt"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// layer is one pass over the array: a layer of the network, with the function and the
// maximum pool behind it fused, as the machine sees it.
//
// A dense layer is a 1 × 1 convolution over one pixel that holds the whole map. A
// diagonal pass computes every output channel from the input channel of the same
// number: depthwise layers, averages, residuals, and pools or functions alone.
type layer struct {
	index  int // into the graph
	last   int // … of the last layer fused to it
	name   string
	kind   network.Kind
	net    *network.Integer
	source *network.IntegerLayer // parameters of layer index
	levels quant.Levels
	set    int // of the design

	pictures   int       // that the layer runs one after the other
	inputs     []operand // two for a residual
	inRows     int       // of a picture, or of all of them
	inCols     int
	inBytes    int          // of an input pixel in memory and buffer
	fold       program.Fold // of the input, if this layer alone reads it
	stride     int
	padRows    int
	padCols    int
	kernelRows int
	kernelCols int
	pixels     int // stored pixels in a window: its size, or the whole map
	channels   int // in each of those pixels
	words      int // lane words of each of those pixels
	groupWords int // … of a diagonal pass that a column group reads

	pool     int           // 1 = none
	poolStep int           // positions from a pool window to the next
	out      network.Shape // of a picture
	rows     int           // emitted ones, of a picture or of all of them
	outBytes int           // of an output pixel
	wide     bool
	relu     bool
	table    []int8 // of the function, nil for none
	function string // name of its layer

	diagonal     bool
	terms        [2][]int16 // of a residual: weights that add up to the factor of either operand
	steps        int        // reduction steps of a column group
	groups       int        // column groups
	span         int        // … of an instruction: several with tables, whose activations stay
	weightGroups int        // column groups with weights of their own, the others repeat them
	padGroups    int        // further groups of zeros that fill a pixel
	tileBytes    int        // of one step's weights

	weights    int // memory address of the first group's weights
	parameters int // … parameters
	tables     int // … function table
	output     int // index of the output tensor
}

// operand is a feature map that a layer reads.
type operand struct {
	tensor    int // its index
	low, high int // least and greatest value
}

// groupBytes is the size of a column group's packed weights.
func (l *layer) groupBytes() int { return l.steps * l.tileBytes }

// allGroups counts the column groups with those of padding.
func (l *layer) allGroups() int { return l.groups + l.padGroups }

// positions is the number of output positions of a tile of rows × cols pixels.
func (l *layer) positions(rows, cols int) int { return rows * cols * l.pool * l.pool }

// plan fuses functions and pools to the layers before them and checks that the machine
// can run every layer of a sound network. It returns all refusals.
func plan(net *network.Integer, s *searcher) ([]layer, error) {
	var layers []layer
	var errs []error
	readers := net.Graph.Readers()
	tensors := map[int]int{-1: 0} // by the layer whose output they hold
	for i := 0; i < len(net.Graph.Layers); i++ {
		l, err := newLayer(net, i, readers, tensors, s.d)
		if err == nil {
			err = l.foldInput(s)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("layer %s: %w", l.name, err))
		}
		l.output = len(layers) + 1
		tensors[l.last] = l.output
		layers = append(layers, l)
		i = l.last
	}
	return layers, errors.Join(errs...)
}

// newLayer is layer i and what is fused to it, its input as it is; readers counts those of
// every layer, tensors has the maps by the layer whose output they hold.
func newLayer(net *network.Integer, i int, readers []int, tensors map[int]int, d *arch.Design) (layer, error) {
	l := layer{index: i, last: i, name: net.Graph.Layers[i].Name, kind: net.Graph.Layers[i].Kind, net: net, source: &net.Layers[i]}
	l.fuse(readers)
	err := l.plan(d)
	l.operands(tensors)
	return l, err
}

// operands notes which feature maps the layer reads.
func (l *layer) operands(tensors map[int]int) {
	g := &l.net.Graph.Layers[l.index]
	add := func(source int) {
		low, high := l.net.OutputRange(source)
		l.inputs = append(l.inputs, operand{tensors[source], low, high})
	}
	add(g.Source)
	if l.kind == network.Add {
		add(g.Second)
	}
}

// fuse takes the function and the pool behind the layer along, in the order in which
// the drain computes them, if nothing else reads what lies between.
func (l *layer) fuse(readers []int) {
	all := l.net.Graph.Layers
	l.pool, l.poolStep = 1, 1
	l.take(l.index)
	for next := l.index + 1; next < len(all) && all[next].Source == l.last && readers[l.last] == 1 && l.pool == 1; next++ {
		if g := &all[next]; !l.fuses(g) && (g.Kind != network.Lookup || l.table != nil) {
			break
		}
		l.take(next)
		l.last = next
	}
	l.out = all[l.last].OutShape
}

// fuses reports whether a layer is a pool that the drain can compute behind this one: no
// sum is computed for two windows, and none is in the padding.
func (l *layer) fuses(g *network.Layer) bool {
	return g.Kind == network.MaxPool && g.Step() >= g.Kernel && g.Pad == 0 &&
		(g.Step()-g.Kernel+1)*max(l.net.Graph.Layers[l.index].Stride, 1) <= maxWindowStep
}

// maxWindowStep is the farthest that an instruction goes from a window to the next.
const maxWindowStep = 127

// take notes the function or the pool of layer i.
func (l *layer) take(i int) {
	switch g := &l.net.Graph.Layers[i]; g.Kind {
	case network.MaxPool:
		l.pool, l.poolStep = g.Kernel, g.Step()
	case network.Lookup:
		l.table, l.function = l.net.Layers[i].Table, g.Name
	}
}

// plan describes the pass of layer l.index and of those fused to it.
func (l *layer) plan(d *arch.Design) error {
	g := &l.net.Graph.Layers[l.index]
	if l.table != nil && d.Buffers.Table == 0 {
		return fmt.Errorf("%w: function %s needs a table of %d bytes: the design has none; raise buffers.table_bytes", ErrUnsupported, l.function, network.TableSize)
	}
	l.wide, l.relu = g.HasWeights() && l.source.Requant == nil, g.ReLU
	l.diagonal = g.Kind != network.Conv && g.Kind != network.Dense
	l.geometry(g, d)
	if err := l.chooseSet(d); err != nil {
		return err
	}
	l.tileBytes = d.TileWords(l.set) * d.MemoryBytes()
	l.outputs(d)
	return nil
}

// geometry fills in what the machine reads.
func (l *layer) geometry(g *network.Layer, d *arch.Design) {
	in := g.InShape
	l.channels = in.C
	l.words = d.PixelBytes(in.C) / d.Array.Lanes
	l.groupWords = max(d.Array.Cols/d.Array.Lanes, 1)
	l.inRows, l.inCols, l.inBytes = in.H, in.W, d.PixelBytes(in.C)
	l.stride, l.kernelRows, l.kernelCols = 1, 1, 1
	switch g.Kind {
	case network.Conv, network.Depthwise:
		l.stride, l.kernelRows, l.kernelCols = g.Stride, g.Kernel, g.Kernel
		l.padRows, l.padCols = g.Pad, g.Pad
	case network.MaxPool:
		l.padRows, l.padCols = g.Pad, g.Pad
	case network.AvgPool:
		l.kernelRows, l.kernelCols = g.Window()
		l.stride = g.Step()
	}
	l.pixels = l.kernelRows * l.kernelCols
	if g.Kind == network.Dense {
		l.inRows, l.inCols, l.inBytes = 1, 1, in.H*in.W*d.PixelBytes(in.C)
		l.pixels = in.H * in.W
	}
	l.steps = l.pixels * l.words
	if l.diagonal {
		l.steps = l.pixels * l.groupWords
	}
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
	l.weightGroups = l.groups
	if l.repeats() {
		l.weightGroups = min(l.groups, max(d.Array.Lanes/cols, 1))
	}
}

// pixelWords is the lane words between input pixels of the machine's view.
func (l *layer) pixelWords(d *arch.Design) int { return l.inBytes / d.Array.Lanes }

// readWords is the lane words of an input pixel that a column group reads.
func (l *layer) readWords(d *arch.Design) int {
	if l.diagonal {
		return l.groupWords
	}
	return l.pixelWords(d)
}
