package random

import (
	"fmt"
	"math/rand/v2"

	"lowres/quant"
	"lowres/sim/arch"
)

// nearTiles draws like rest, but sizes of the network often one above or below what
// the array holds, or exactly that.
func nearTiles(rest *choices, d *arch.Design) func(name string, lo, hi int) int {
	a := d.Array
	return func(name string, lo, hi int) int {
		switch name {
		case "height", "width", "channels", "out":
			if rest.draw("near a tile", 0, 1) == 1 {
				tile := among(rest, "tile", a.Cols, a.Lanes, a.Hold, 2*a.Cols, 2*a.Lanes, d.MemoryBytes())
				return min(max(tile+among(rest, "beside it", 0, -1, 1), lo), hi)
			}
		}
		return rest.draw(name, lo, hi)
	}
}

// weights makes some networks extreme: every weight zero or the same level, or
// nothing but the outermost levels.
func (c *Case) weights(rest *choices) {
	kind := among(rest, "weights", "random weights", "random weights", "random weights", "weights all zero", "weights all alike", "outermost weights")
	c.Data = kind
	at, r := rest.draw("level", 0, 16), rest.draw("ends", 0, 1<<20)
	ends := rand.New(rand.NewPCG(uint64(r), 0))
	for i := range c.Network.Layers {
		w, l := c.Network.Layers[i].Weights, c.Network.Layers[i].Levels
		for j := range w {
			switch kind {
			case "weights all zero":
				w[j] = nearestZero(l)
			case "weights all alike":
				w[j] = int16(l.Value(at % l.N()))
			case "outermost weights":
				w[j] = int16(l.Value(ends.IntN(2) * (l.N() - 1)))
			}
		}
	}
}

// nearestZero is 0, or the level next to it.
func nearestZero(l quant.Levels) int16 {
	best := l.Value(0)
	for _, v := range l.Values() {
		if max(v, -v) < max(best, -best) {
			best = v
		}
	}
	return int16(best)
}

// image draws a picture.
func (c *Case) image(rest *choices) []int8 {
	kind := among(rest, "picture", "zeros", "noise", "noise", "all -128", "all 127", "-128 and 127", "all alike")
	r := rand.New(rand.NewPCG(uint64(rest.draw("noise", 0, 1<<20)), 1))
	level := int8(rest.draw("alike", -128, 127))
	c.Data += fmt.Sprintf(", picture of %s", kind)
	image := make([]int8, c.Network.Graph.Input.Size())
	for i := range image {
		switch kind {
		case "noise":
			image[i] = int8(r.IntN(256) - 128)
		case "all -128":
			image[i] = -128
		case "all 127":
			image[i] = 127
		case "-128 and 127":
			image[i] = []int8{-128, 127}[r.IntN(2)]
		case "all alike":
			image[i] = level
		}
	}
	return image
}
