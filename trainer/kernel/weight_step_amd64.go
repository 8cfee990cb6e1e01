package kernel

import (
	"math"
	"unsafe"
)

// weightCall is a WeightStep as the assembly reads it: addresses, and strides in bytes, for tiles of a fixed number of
// rows and panels of the loop's width.
type weightCall struct {
	a, b, w                       *float32
	velocity                      uintptr // distance of the velocities from their weights
	row, tileRows, wPanel         int     // from row to row of w, from tile to tile, from panel to panel
	aTile, bPanel                 int
	tiles, bands, panels, terms   int
	aBand, wBand                  int // from band to band
	group                         int // terms between two rows of weights that move
	tilesLeft, panelsLeft         int
	aFrom, wFrom                  uintptr // where the band is, in the end beyond the matrices
	bAt, wAt                      uintptr // where the panel is
	rate, momentum, decay, factor float32
	sums                          [MaxRows*Columns + 16]float32 // of a tile, on whole lines of a cache
}

// set fills c for height rows from row on, which lie in one tile of MaxRows, and those of the tiles behind it, bands of tiles in all.
func (c *weightCall) set(p *WeightStep, row, height, tiles, bands, column int) {
	const size = 4
	at := row*p.Row + column
	c.a, c.b, c.w = &p.A[row/MaxRows*p.ATile+row%MaxRows], &p.B[column], &p.W[at]
	c.velocity = uintptr(unsafe.Pointer(&p.V[at])) - uintptr(unsafe.Pointer(&p.W[at]))
	c.row, c.tileRows, c.wPanel = p.Row*size, MaxRows*p.Row*size, Columns*size
	c.aTile, c.bPanel = p.ATile*size, p.BPanel*size
	c.bands, c.aBand, c.wBand = bands, tiles*c.aTile, tiles*c.tileRows
	c.tiles, c.panels, c.terms, c.group = tiles, p.Panels, p.Terms, (p.Terms+height-1)/height
	c.rate, c.momentum, c.decay, c.factor = p.Step.Rate, p.Step.Momentum, p.Step.Decay, p.Factor
}

// bandRows is the number of rows of weights that a step works off for all panels before it turns to the next ones. Each row
// of weights and of velocities lies in a page of its own: Intel's processors translate 96 pages at a time, and take a
// twentieth less for 24 rows than for all. Others take all.
func bandRows() int {
	if intel() {
		return 2 * MaxRows
	}
	return math.MaxInt
}

// stepWeights512 takes the rows in bands of about band rows.
func stepWeights512(band int) func(p *WeightStep) {
	return func(p *WeightStep) {
		p.check()
		var c weightCall
		for row, rows, tiles, bands := 0, 0, 0, 0; row < p.Rows; row += rows * tiles * bands {
			rows, tiles, bands = p.bands(row, band)
			c.set(p, row, rows, tiles, bands, 0)
			dispatchWeights512(rows, &c)
		}
	}
}

// stepWeights256 does the same for both halves of the panels, and of the tiles of each band.
func stepWeights256(band int) func(p *WeightStep) {
	return func(p *WeightStep) {
		p.check()
		var c weightCall
		for half := 0; half < Columns; half += Columns / 2 {
			for row, rows, tiles := 0, 0, 0; row < p.Rows; row += rows * tiles {
				rows, tiles, _ = p.bands(row, band)
				for at, height := 0, 0; at < rows; at += height {
					height = min(MaxRows/2, rows-at)
					c.set(p, row+at, height, tiles, 1, half)
					dispatchWeights256(height, &c)
				}
			}
		}
	}
}

// bands is the height and the number of the tiles from row on that are worked off together, and how often the same number
// follows: whole tiles in bands of about band rows, or what is left of the last tile.
func (p *WeightStep) bands(row, band int) (rows, tiles, bands int) {
	whole := (p.Rows - row) / MaxRows
	if whole == 0 {
		return p.Rows - row, 1, 1
	}
	tiles = min(whole, max(band/MaxRows, 1))
	return MaxRows, tiles, whole / tiles
}

func dispatchWeights512(rows int, c *weightCall) {
	switch rows {
	case 1:
		stepWeights512x1(c)
	case 2:
		stepWeights512x2(c)
	case 3:
		stepWeights512x3(c)
	case 4:
		stepWeights512x4(c)
	case 5:
		stepWeights512x5(c)
	case 6:
		stepWeights512x6(c)
	case 7:
		stepWeights512x7(c)
	case 8:
		stepWeights512x8(c)
	case 9:
		stepWeights512x9(c)
	case 10:
		stepWeights512x10(c)
	case 11:
		stepWeights512x11(c)
	case 12:
		stepWeights512x12(c)
	}
}

func dispatchWeights256(rows int, c *weightCall) {
	switch rows {
	case 1:
		stepWeights256x1(c)
	case 2:
		stepWeights256x2(c)
	case 3:
		stepWeights256x3(c)
	case 4:
		stepWeights256x4(c)
	case 5:
		stepWeights256x5(c)
	case 6:
		stepWeights256x6(c)
	}
}

//go:noescape
func stepWeights512x1(p *weightCall)

//go:noescape
func stepWeights512x2(p *weightCall)

//go:noescape
func stepWeights512x3(p *weightCall)

//go:noescape
func stepWeights512x4(p *weightCall)

//go:noescape
func stepWeights512x5(p *weightCall)

//go:noescape
func stepWeights512x6(p *weightCall)

//go:noescape
func stepWeights512x7(p *weightCall)

//go:noescape
func stepWeights512x8(p *weightCall)

//go:noescape
func stepWeights512x9(p *weightCall)

//go:noescape
func stepWeights512x10(p *weightCall)

//go:noescape
func stepWeights512x11(p *weightCall)

//go:noescape
func stepWeights512x12(p *weightCall)

//go:noescape
func stepWeights256x1(p *weightCall)

//go:noescape
func stepWeights256x2(p *weightCall)

//go:noescape
func stepWeights256x3(p *weightCall)

//go:noescape
func stepWeights256x4(p *weightCall)

//go:noescape
func stepWeights256x5(p *weightCall)

//go:noescape
func stepWeights256x6(p *weightCall)
