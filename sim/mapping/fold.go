package mapping

import (
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// foldInput gives the layer its batch of pictures, and lets the host store windows of the input as pixels where that is faster:
// a layer with 3 channels would use 3 lanes of a word, with the 9 values of a kernel
// row side by side it uses 9, with those of the whole kernel all but a few.
func (l *layer) foldInput(s *searcher) error {
	layers := l.foldings(s)
	*l = layers[0]
	if len(layers) == 1 {
		return nil
	}
	all := waysOf(layers, s.d)
	if len(all) == 0 {
		return nil // the error comes with the choice of tiles
	}
	best, err := s.best(all)
	if err == nil {
		*l = *best.layer
	}
	return err
}

// foldings are the layer with its batch of pictures, as it is and with each fold of its input.
//
// A fold needs a convolution or dense layer that alone reads the network's input. Weights
// need not be moved: kernel positions and channels already follow each other.
func (l *layer) foldings(s *searcher) []layer {
	g := l.net.Graph
	at := &g.Layers[l.index]
	folded := []layer{*l}
	if !l.diagonal && at.Source == -1 && readersOfInput(g) == 1 {
		for _, f := range folds(at) {
			way := *l
			way.foldBy(f, s.d)
			folded = append(folded, way)
		}
	}
	for i := range folded {
		folded[i].batch(s.options.pictures())
		folded[i].chooseSpan(s.d)
	}
	return folded
}

// waysOf are the candidates of all the layers that have any.
func waysOf(layers []layer, d *arch.Design) (all []candidate) {
	for i := range layers {
		if own, err := layers[i].candidates(d); err == nil {
			all = append(all, own...)
		}
	}
	return all
}

// readersOfInput counts the layers that read the network's input.
func readersOfInput(g *network.Graph) (n int) {
	for i := range g.Layers {
		if g.Layers[i].Source == -1 || g.Layers[i].Kind == network.Add && g.Layers[i].Second == -1 {
			n++
		}
	}
	return n
}

// folds are the windows that the host may store as a pixel: of a convolution a kernel
// row or the kernel, of a dense layer the map.
func folds(g *network.Layer) []program.Fold {
	in, out := g.InShape, g.OutShape
	if g.Kind == network.Dense {
		return []program.Fold{{Rows: in.H, Cols: in.W, Stride: 1, H: 1, W: 1}}
	}
	kernel := program.Fold{Rows: g.Kernel, Cols: g.Kernel, Stride: g.Stride, PadRows: g.Pad, PadCols: g.Pad, H: out.H, W: out.W}
	if g.Kernel == 1 {
		return []program.Fold{kernel} // leaves out what the stride skips
	}
	row := program.Fold{Rows: 1, Cols: g.Kernel, Stride: 1, PadCols: g.Pad, H: in.H, W: in.W + 2*g.Pad - g.Kernel + 1}
	return []program.Fold{row, kernel}
}

// foldBy gives the layer the geometry of a folded input.
func (l *layer) foldBy(f program.Fold, d *arch.Design) {
	l.fold = f
	l.channels *= f.Rows * f.Cols
	l.inRows, l.inCols, l.inBytes = f.H, f.W, d.PixelBytes(l.channels)
	l.kernelCols, l.padCols = 1, 0
	if f.Rows > 1 || l.kernelRows == 1 {
		l.kernelRows, l.padRows, l.stride = 1, 0, 1
	}
	l.pixels = l.kernelRows
	l.words = l.inBytes / d.Array.Lanes
	l.steps = l.pixels * l.words
}

// inputTensor is the network's input as the layer that folds it wants it.
func inputTensor(g *network.Graph, d *arch.Design, layers []layer, pictures int) program.Tensor {
	t := program.Tensor{Layer: -1, Last: -1, Pictures: pictures, Shape: g.Input, PixelBytes: d.PixelBytes(g.Input.C)}
	for i := range layers {
		if layers[i].fold.Rows > 0 {
			t.Fold, t.PixelBytes = layers[i].fold, layers[i].inBytes
		}
	}
	return t
}
