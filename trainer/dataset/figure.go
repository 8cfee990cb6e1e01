package dataset

import "math"

// figure is one class of the built-in set. distance is the signed distance from a point to its outline,
// negative inside, in units in which the figure fits a circle of radius 1.
type figure struct {
	name     string
	distance func(x, y float64) float64
}

// figures are the ten classes.
var figures = [...]figure{
	{"disc", func(x, y float64) float64 { return length(x, y) - 0.85 }},
	{"ring", func(x, y float64) float64 { return math.Abs(length(x, y)-0.68) - 0.2 }},
	{"crescent", crescent},
	{"square", polygon{{-0.7, -0.7}, {0.7, -0.7}, {0.7, 0.7}, {-0.7, 0.7}}.distance},
	{"triangle", polygon{{0, -1}, {0.866, 0.5}, {-0.866, 0.5}}.distance},
	{"star", star(5, 1, 0.42).distance},
	{"cross", polygon{{-0.27, -0.95}, {0.27, -0.95}, {0.27, -0.27}, {0.95, -0.27}, {0.95, 0.27}, {0.27, 0.27},
		{0.27, 0.95}, {-0.27, 0.95}, {-0.27, 0.27}, {-0.95, 0.27}, {-0.95, -0.27}, {-0.27, -0.27}}.distance},
	{"arrow", polygon{{0, -1}, {0.7, -0.15}, {0.25, -0.15}, {0.25, 0.95}, {-0.25, 0.95}, {-0.25, -0.15}, {-0.7, -0.15}}.distance},
	{"corner", polygon{{-0.75, -0.75}, {-0.25, -0.75}, {-0.25, 0.25}, {0.75, 0.25}, {0.75, 0.75}, {-0.75, 0.75}}.distance},
	{"bars", bars},
}

// length is the length of a vector; math.Hypot guards against overflow at three times the cost.
func length(x, y float64) float64 { return math.Sqrt(x*x + y*y) }

// crescent is a disc less a disc beside it.
func crescent(x, y float64) float64 {
	return math.Max(length(x, y)-0.9, 0.72-length(x-0.45, y))
}

// bars are two parallel strokes.
func bars(x, y float64) float64 {
	dx, dy := math.Abs(math.Abs(x)-0.5)-0.2, math.Abs(y)-0.8
	return length(math.Max(dx, 0), math.Max(dy, 0)) + math.Min(math.Max(dx, dy), 0)
}

// polygon is a closed outline that does not cross itself.
type polygon [][2]float64

// star has points corners at radius outer and as many between them at radius inner.
func star(points int, outer, inner float64) polygon {
	p := make(polygon, 2*points)
	for i := range p {
		r := outer
		if i%2 == 1 {
			r = inner
		}
		sin, cos := math.Sincos(math.Pi * float64(i) / float64(points))
		p[i] = [2]float64{r * sin, -r * cos}
	}
	return p
}

// distance is the distance to the nearest edge, negative where an odd number of edges lies to the right.
func (p polygon) distance(x, y float64) float64 {
	nearest, inside := math.Inf(1), false
	for i, a := range p {
		b := p[(i+1)%len(p)]
		ex, ey, px, py := b[0]-a[0], b[1]-a[1], x-a[0], y-a[1]
		t := math.Min(math.Max((px*ex+py*ey)/(ex*ex+ey*ey), 0), 1)
		nearest = math.Min(nearest, length(px-t*ex, py-t*ey))
		if (a[1] > y) != (b[1] > y) && px < ex*py/ey {
			inside = !inside
		}
	}
	if inside {
		return -nearest
	}
	return nearest
}
