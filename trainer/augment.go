package trainer

import (
	"math"
	"math/rand/v2"

	"lowres/network"
)

// Augment distorts training pictures at random. The zero value leaves them as they are. Distortion runs
// on the workers, picture by picture, beside the training of other pictures.
type Augment struct {
	Shift         float64 `json:"shift"`  // largest move in x and in y, as a part of the side
	Flip          bool    `json:"flip"`   // mirror left to right, half of the time
	Zoom          float64 `json:"zoom"`   // largest change of the size: 0.1 = 90 % to 110 %
	RotateDegrees float64 `json:"rotate"` // largest turn either way, in degrees
}

// PaperAugment is the paper's augmentation, with ranges of our choice: the paper's are lost.
func PaperAugment() Augment { return Augment{Shift: 0.1, Flip: true, Zoom: 0.1, RotateDegrees: 10} }

// grey is the pixel that enters the network as 0; it fills what a distortion uncovers.
const grey = 128

// apply writes the distortion number n of the picture src to dst. Both are NHWC pixels of shape s.
func (a Augment) apply(dst, src []uint8, s network.Shape, seed, n uint64) {
	if a == (Augment{}) {
		copy(dst, src)
		return
	}
	var random rand.PCG
	random.Seed(seed, uint64(imageStream)<<56^n)
	unit := func() float64 { return float64(random.Uint64()>>11) / (1 << 53) } // uniform on [0, 1)
	symmetric := func(bound float64) float64 { return bound * (2*unit() - 1) }
	dx := int(math.Round(symmetric(a.Shift * float64(s.W))))
	dy := int(math.Round(symmetric(a.Shift * float64(s.H))))
	flip := unit() < 0.5 && a.Flip
	size, turn := 1+symmetric(a.Zoom), symmetric(a.RotateDegrees)*math.Pi/180
	if a.Zoom == 0 && a.RotateDegrees == 0 {
		shift(dst, src, s, dx, dy, flip)
		return
	}
	warp(dst, src, s, float64(dx), float64(dy), flip, size, turn)
}

// shift moves a picture by whole pixels.
func shift(dst, src []uint8, s network.Shape, dx, dy int, flip bool) {
	row := s.W * s.C
	first, end := max(dx, 0), min(s.W+dx, s.W) // columns that the picture still covers
	for y := range s.H {
		to := dst[y*row:][:row]
		if y-dy < 0 || y-dy >= s.H || first >= end {
			fillGrey(to)
			continue
		}
		from := src[(y-dy)*row:][:row]
		fillGrey(to[:first*s.C])
		fillGrey(to[end*s.C:])
		if !flip {
			copy(to[first*s.C:end*s.C], from[(first-dx)*s.C:])
			continue
		}
		for x := first; x < end; x++ {
			at := (s.W - 1 - (x - dx)) * s.C
			for c := range s.C {
				to[x*s.C+c] = from[at+c]
			}
		}
	}
}

func fillGrey(pixels []uint8) {
	for i := range pixels {
		pixels[i] = grey
	}
}

// warp moves, mirrors, scales and turns a picture about its centre, with bilinear interpolation.
func warp(dst, src []uint8, s network.Shape, dx, dy float64, flip bool, size, turn float64) {
	sin, cos := math.Sincos(turn)
	sin, cos = sin/size, cos/size
	cx, cy := float64(s.W-1)/2, float64(s.H-1)/2
	for y := range s.H {
		for x := range s.W {
			rx, ry := float64(x)-cx-dx, float64(y)-cy-dy
			fx, fy := cos*rx+sin*ry, cos*ry-sin*rx
			if flip {
				fx = -fx
			}
			bilinear(dst[(y*s.W+x)*s.C:][:s.C], src, s, fx+cx, fy+cy)
		}
	}
}

// bilinear writes the pixel at (x, y) between four neighbours; those outside are grey.
func bilinear(dst, src []uint8, s network.Shape, x, y float64) {
	x0, y0 := math.Floor(x), math.Floor(y)
	px, py := x-x0, y-y0
	ix, iy := int(x0), int(y0)
	if ix < 0 || ix >= s.W-1 || iy < 0 || iy >= s.H-1 {
		bilinearAtEdge(dst, src, s, ix, iy, px, py)
		return
	}
	upper := src[(iy*s.W+ix)*s.C:][:2*s.C]
	lower := src[((iy+1)*s.W+ix)*s.C:][:2*s.C]
	for c := range dst {
		top := float64(upper[c])*(1-px) + float64(upper[c+s.C])*px
		bottom := float64(lower[c])*(1-px) + float64(lower[c+s.C])*px
		dst[c] = roundHalfUp(top*(1-py) + bottom*py)
	}
}

// bilinearAtEdge is bilinear where some neighbours of pixel ix, iy may lie outside.
func bilinearAtEdge(dst, src []uint8, s network.Shape, ix, iy int, px, py float64) {
	at := func(x, y, c int) float64 {
		if x < 0 || x >= s.W || y < 0 || y >= s.H {
			return grey
		}
		return float64(src[(y*s.W+x)*s.C+c])
	}
	for c := range dst {
		top := at(ix, iy, c)*(1-px) + at(ix+1, iy, c)*px
		bottom := at(ix, iy+1, c)*(1-px) + at(ix+1, iy+1, c)*px
		dst[c] = roundHalfUp(top*(1-py) + bottom*py)
	}
}

// roundHalfUp rounds a value from 0 to 255, without a branch that nobody could predict.
func roundHalfUp(v float64) uint8 {
	whole := int(v)
	return uint8(whole + int(2*(v-float64(whole))))
}
