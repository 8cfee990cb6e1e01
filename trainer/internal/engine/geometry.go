// Package engine runs a network forward and backward on float32 micro-batches, and takes the steps of
// gradient descent. It knows nothing of files, epochs or recipes: package trainer does.
//
// Feature maps are NHWC with zero borders, so a convolution reads its window with two strides and no
// im2col. Weights are packed in panels of 32 outputs. One kernel.Product computes the forward pass, the
// input gradient and the weight gradient of every layer with weights; see linear.go for the three plans.
package engine

import (
	"slices"

	"lowres/network"
	"lowres/trainer/kernel"
)

// geometry says where the values of one feature map of a micro-batch lie, in float32 elements. The value
// of channel c at (y, x) of image i is at place(i, y, x) + c.
type geometry struct {
	H, W, C int
	pad     int // zero pixels before the first row and column
	step    int // stored pixels from one pixel to the next: the stride of a convolution in its output gradient
	pitch   int // elements of one stored pixel, at least C
	row     int // elements of one stored row
	image   int // elements of one image
}

// newGeometry lays a map out on storedH×storedW pixels.
func newGeometry(h, w, c, pitch, pad, step, storedH, storedW int) geometry {
	return geometry{H: h, W: w, C: c, pad: pad, step: step, pitch: pitch, row: storedW * pitch, image: storedH * storedW * pitch}
}

func (g *geometry) place(image, y, x int) int {
	return image*g.image + (g.pad+y*g.step)*g.row + (g.pad+x*g.step)*g.pitch
}

// pixelOf says which pixel of which image number n of all images' pixels is.
func (g *geometry) pixelOf(n int) (image, y, x int) {
	return n / (g.H * g.W), n / g.W % g.H, n % g.W
}

// pixel and line are the distances of neighbouring pixels in x and in y.
func (g *geometry) pixel() int { return g.step * g.pitch }
func (g *geometry) line() int  { return g.step * g.row }

// runs says how to walk through the values of maps of one shape: in count runs of values each, which lie side by side in all
// of them. A run is an image where nothing lies between its pixels, or else a pixel.
func runs(images int, maps ...*geometry) (count, values int) {
	g := maps[0]
	for _, m := range maps {
		if !m.isFlat() || m.pitch != m.C {
			return images * g.H * g.W, g.C
		}
	}
	return images, g.H * g.W * g.C
}

// isFlat reports whether the pixels of an image follow each other at one distance.
func (g *geometry) isFlat() bool { return g.pad == 0 && g.step == 1 && g.row == g.W*g.pitch }

// isLine reports whether the pixels of all images follow each other, one line an image.
func (g *geometry) isLine() bool { return g.H == 1 && g.isFlat() && g.image == g.row }

// flat is a map without borders with all pixels in one line.
func (g geometry) flat() geometry {
	g.H, g.W, g.row = 1, g.H*g.W, g.H*g.row
	return g
}

// apart moves the images of a map apart by one line of a cache, so that those of a batch, of a thousand values
// each, do not fall into the same few sets of it.
func (g *geometry) apart() { g.image += 16 }

// isRow reports whether the values of an image follow each other without gaps, and asRow is such a map as one
// pixel of many channels.
func (g *geometry) isRow() bool {
	return g.pad == 0 && g.step == 1 && g.pitch == g.C && g.row == g.W*g.C && g.image >= g.H*g.row
}

func (g geometry) asRow() geometry {
	size := g.H * g.W * g.C
	return geometry{H: 1, W: 1, C: size, step: 1, pitch: size, row: size, image: g.image}
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// panels is the number of panels of 32 outputs.
func panels(n int) int { return roundUp(n, kernel.Columns) / kernel.Columns }

// widePitch is the pitch of a map that products write: whole panels, and for the wide maps of networks with
// convolutions 16 more, so that neighbouring pixels do not fall into the same few sets of a cache.
func widePitch(g *network.Graph, h, w, c int) int {
	p := roundUp(c, kernel.Columns)
	if h*w > 1 && p >= 64 && slices.ContainsFunc(g.Layers, func(l network.Layer) bool { return l.Kind == network.Conv }) {
		p += 16
	}
	return p
}
