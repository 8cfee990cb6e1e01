package kernel

import "math"

// tileCall is a Transform as the assembly reads it: addresses, and strides in bytes.
type tileCall struct {
	src, dst, bias, mask          *float32
	tiles                         int
	srcTile, srcRow, srcColumn    int
	dstTile, dstRow, dstColumn    int
	maskTile, maskRow, maskColumn int
	floor                         float32
	constants                     [6]float32
}

// constants are what the assembly of each kind multiplies with, in the order of the generator.
var constants = [2][5][6]float32{
	{
		TransformInput:          {2, 0.5, pointA, pointB, 2.5},
		TransformOutput:         {pointA, pointB, 0.5, 2, pointA / 2, 2 * pointB},
		TransformGradient:       {0.5, 2, pointA, pointB},
		TransformFilter:         {-2.0 / 3, -1.0 / 3, -2.0 / 3 * pointA, 1.0 / 6, 1.0 / 3, pointB / 6},
		TransformFilterGradient: {-2.0 / 3, 1.0 / 6, -2.0 / 3 * pointA, pointB / 6, -1.0 / 3, 1.0 / 3},
	}, {
		TransformInput:          {2, 0.5, pointA, pointB, 2.5},
		TransformOutput:         {pointA, pointB},
		TransformGradient:       {pointA, pointB},
		TransformFilter:         {0.5, pointA, -2.0 / 3, 2, pointB, 1.0 / 6},
		TransformFilterGradient: {-2.0 / 3, 1.0 / 6, -2.0 / 3 * pointA, pointB / 6, 0.5, 2},
	},
}

// unbiased is the bias of a transform without one.
var unbiased [Columns]float32

func (c *tileCall) set(t *Transform) {
	const size = 4
	c.src, c.dst, c.bias, c.mask = &t.Src[0], &t.Dst[0], &unbiased[0], nil
	c.tiles = t.Tiles
	c.srcTile, c.srcRow, c.srcColumn = t.SrcTile*size, t.SrcRow*size, t.SrcColumn*size
	c.dstTile, c.dstRow, c.dstColumn = t.DstTile*size, t.DstRow*size, t.DstColumn*size
	c.maskTile = 0 // the assembly tells "no mask" by a null address on every tile
	if t.Mask != nil {
		c.mask = &t.Mask[0]
		c.maskTile, c.maskRow, c.maskColumn = t.MaskTile*size, t.MaskRow*size, t.MaskColumn*size
	}
	if t.Bias != nil {
		c.bias = &t.Bias[0]
	}
	c.floor = float32(math.Inf(-1))
	if t.ReLU {
		c.floor = 0
	}
	c.constants = constants[t.family()][t.Kind]
}

func transform512(t *Transform) {
	t.check()
	var c tileCall
	c.set(t)
	switch wide := t.Filter == 5; {
	case t.Kind == TransformInput:
		transformInput512(&c)
	case t.Kind == TransformOutput && wide:
		transformOutput5x512(&c)
	case t.Kind == TransformOutput:
		transformOutput3x512(&c)
	case t.Kind == TransformGradient && wide:
		transformGradient5x512(&c)
	case t.Kind == TransformGradient:
		transformGradient3x512(&c)
	case t.Kind == TransformFilter && wide:
		transformFilter5x512(&c)
	case t.Kind == TransformFilter:
		transformFilter3x512(&c)
	case t.Kind == TransformFilterGradient && wide:
		transformFilterGradient5x512(&c)
	case t.Kind == TransformFilterGradient:
		transformFilterGradient3x512(&c)
	}
}

func transform256(t *Transform) {
	t.check()
	var c tileCall
	c.set(t)
	switch wide := t.Filter == 5; {
	case t.Kind == TransformInput:
		transformInput256(&c)
	case t.Kind == TransformOutput && wide:
		transformOutput5x256(&c)
	case t.Kind == TransformOutput:
		transformOutput3x256(&c)
	case t.Kind == TransformGradient && wide:
		transformGradient5x256(&c)
	case t.Kind == TransformGradient:
		transformGradient3x256(&c)
	case t.Kind == TransformFilter && wide:
		transformFilter5x256(&c)
	case t.Kind == TransformFilter:
		transformFilter3x256(&c)
	case t.Kind == TransformFilterGradient && wide:
		transformFilterGradient5x256(&c)
	case t.Kind == TransformFilterGradient:
		transformFilterGradient3x256(&c)
	}
}

//go:noescape
func transformInput512(p *tileCall)

//go:noescape
func transformOutput3x512(p *tileCall)

//go:noescape
func transformGradient3x512(p *tileCall)

//go:noescape
func transformFilter3x512(p *tileCall)

//go:noescape
func transformFilterGradient3x512(p *tileCall)

//go:noescape
func transformOutput5x512(p *tileCall)

//go:noescape
func transformGradient5x512(p *tileCall)

//go:noescape
func transformFilter5x512(p *tileCall)

//go:noescape
func transformFilterGradient5x512(p *tileCall)

//go:noescape
func transformInput256(p *tileCall)

//go:noescape
func transformOutput3x256(p *tileCall)

//go:noescape
func transformGradient3x256(p *tileCall)

//go:noescape
func transformFilter3x256(p *tileCall)

//go:noescape
func transformFilterGradient3x256(p *tileCall)

//go:noescape
func transformOutput5x256(p *tileCall)

//go:noescape
func transformGradient5x256(p *tileCall)

//go:noescape
func transformFilter5x256(p *tileCall)

//go:noescape
func transformFilterGradient5x256(p *tileCall)
