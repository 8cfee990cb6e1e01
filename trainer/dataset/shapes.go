package dataset

import (
	"math"
	"math/rand/v2"

	"lowres/network"
)

// ShapeSide is the height and width of the built-in pictures, in pixels.
const ShapeSide = 32

// Builtin draws a set of nTrain training and nTest test pictures of 32×32×3 that needs no file: ten
// classes of plain figures that vary in place, size, turn and colour, on textured ground, among small
// distractors and under noise. The figure may be lighter or darker than its ground, so no pixel by itself
// tells anything: a linear classifier stays far below a small convolution network.
//
// Picture i has class i mod 10. A picture depends on seed, on its number and on which set it is in alone:
// the first pictures of a longer set are those of a shorter one.
func Builtin(seed uint64, nTrain, nTest int) (train, test *Dataset) {
	return drawSet("builtin-train", seed, 0, nTrain), drawSet("builtin-test", seed, 1<<32, nTest)
}

func drawSet(name string, seed, first uint64, n int) *Dataset {
	d := &Dataset{Name: name, Shape: network.Shape{H: ShapeSide, W: ShapeSide, C: 3}, Classes: make([]string, len(figures))}
	for k, f := range figures {
		d.Classes[k] = f.name
	}
	d.Labels, d.Images = make([]uint8, n), make([]uint8, n*d.Shape.Size())
	for i := range n {
		d.Labels[i] = uint8(i % len(figures))
		c := newCanvas(rand.New(rand.NewPCG(seed, first+uint64(i))))
		c.ground()
		c.distract()
		c.figure(figures[d.Labels[i]])
		c.develop(d.Image(i))
	}
	return d
}

// maxTurn is the largest turn of a figure either way, in radians.
const maxTurn = math.Pi / 6

// colour is red, green and blue from 0 to 1.
type colour [3]float64

func (a colour) mix(b colour, part float64) colour {
	for k := range a {
		a[k] += part * (b[k] - a[k])
	}
	return a
}

// canvas is a picture under way.
type canvas struct {
	random *rand.Rand
	base   colour
	pixels [ShapeSide * ShapeSide]colour
}

func newCanvas(r *rand.Rand) *canvas {
	c := &canvas{random: r}
	c.base = c.tone(0, 0.5)
	return c
}

// between is uniform on lo … hi.
func (c *canvas) between(lo, hi float64) float64 { return lo + (hi-lo)*c.random.Float64() }

// tone is a colour whose mean over red, green and blue lies within lo … hi.
func (c *canvas) tone(lo, hi float64) colour {
	for {
		k := colour{c.random.Float64(), c.random.Float64(), c.random.Float64()}
		if mean := (k[0] + k[1] + k[2]) / 3; mean >= lo && mean <= hi {
			return k
		}
	}
}

// ground paints the base colour, a slope towards a second colour, and waves.
func (c *canvas) ground() {
	second := c.base.mix(c.tone(0, 1), c.between(0, 0.3))
	slope, wave := c.between(0, 2*math.Pi), c.between(0, 2*math.Pi)
	period, depth, phase := c.between(3, 12), c.between(0, 0.09), c.between(0, 2*math.Pi)
	for y := range ShapeSide {
		for x := range ShapeSide {
			u, v := float64(x)/(ShapeSide-1)-0.5, float64(y)/(ShapeSide-1)-0.5
			p := c.base.mix(second, 0.5+u*math.Cos(slope)+v*math.Sin(slope))
			along := float64(x)*math.Cos(wave) + float64(y)*math.Sin(wave)
			lift := depth * math.Sin(2*math.Pi*along/period+phase)
			for k := range p {
				p[k] += lift
			}
			c.pixels[y*ShapeSide+x] = p
		}
	}
}

// distract paints a few small dots and strokes.
func (c *canvas) distract() {
	for range 1 + c.random.IntN(4) {
		x, y, turn := c.between(0, ShapeSide), c.between(0, ShapeSide), c.between(0, math.Pi)
		half, thick := c.between(0, 2.5), c.between(0.5, 1.1)
		sin, cos := math.Sincos(turn)
		c.paint(c.tone(0, 1), x, y, half+thick, func(px, py float64) float64 {
			u, v := cos*px+sin*py, cos*py-sin*px
			return length(math.Max(math.Abs(u)-half, 0), v) - thick
		})
	}
}

// figure paints the figure of the picture's class.
func (c *canvas) figure(f figure) {
	size := c.between(7.5, 12)
	x, y := c.between(size, ShapeSide-size), c.between(size, ShapeSide-size)
	sin, cos := math.Sincos(c.between(-maxTurn, maxTurn))
	c.paint(c.tone(0.6, 1), x, y, size, func(px, py float64) float64 {
		u, v := (cos*px+sin*py)/size, (cos*py-sin*px)/size
		return f.distance(u, v) * size
	})
}

// paint covers the pixels inside a figure about (cx, cy) and within radius of it, given the signed distance
// of a place relative to that centre, with soft edges one pixel wide.
func (c *canvas) paint(k colour, cx, cy, radius float64, distance func(x, y float64) float64) {
	from := func(centre float64) int { return max(int(centre-radius)-1, 0) }
	to := func(centre float64) int { return min(int(centre+radius)+2, ShapeSide) }
	for y := from(cy); y < to(cy); y++ {
		for x := from(cx); x < to(cx); x++ {
			cover := 0.5 - distance(float64(x)+0.5-cx, float64(y)+0.5-cy)
			p := &c.pixels[y*ShapeSide+x]
			*p = p.mix(k, math.Min(math.Max(cover, 0), 1))
		}
	}
}

// develop adds noise and writes bytes.
func (c *canvas) develop(dst []uint8) {
	noise := c.between(0.01, 0.06)
	for i, p := range c.pixels {
		for k, v := range p {
			v += noise * c.random.NormFloat64()
			dst[3*i+k] = uint8(math.Round(255 * math.Min(math.Max(v, 0), 1)))
		}
	}
}
