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
	for y := range s.H {
		for x := range s.W {
			to := dst[(y*s.W+x)*s.C:][:s.C]
			fy, fx := y-dy, x-dx
			if flip {
				fx = s.W - 1 - fx
			}
			if fy < 0 || fy >= s.H || fx < 0 || fx >= s.W {
				for c := range to {
					to[c] = grey
				}
				continue
			}
			copy(to, src[(fy*s.W+fx)*s.C:])
		}
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
	at := func(dx, dy, c int) float64 {
		ix, iy := int(x0)+dx, int(y0)+dy
		if ix < 0 || ix >= s.W || iy < 0 || iy >= s.H {
			return grey
		}
		return float64(src[(iy*s.W+ix)*s.C+c])
	}
	for c := range dst {
		top := at(0, 0, c)*(1-px) + at(1, 0, c)*px
		bottom := at(0, 1, c)*(1-px) + at(1, 1, c)*px
		dst[c] = uint8(math.Round(top*(1-py) + bottom*py))
	}
}
