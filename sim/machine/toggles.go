package machine

import (
	"math/bits"

	"lowres/quant"
	"lowres/sim/arch"
)

// ArrayShape is what the array's registers follow from.
type ArrayShape struct {
	Lanes, Cols, Pixels, Hold, SumBlocks, AccumulatorBits int
	Digits, CellBits                                      int // of a weight; of an activation times a digit
}

// ShapeOf is the shape of a design's array.
func ShapeOf(d *arch.Design) ArrayShape {
	a := d.Array
	s := ArrayShape{a.Lanes, a.Cols, a.Pixels, a.Hold, a.SumBlocks, a.AccumulatorBits, d.DigitCount(), 8}
	for _, l := range d.Sets {
		if l.Max() > 1 {
			s.CellBits = 9 // see hdl/dot_product.v
		}
	}
	return s
}

// Toggles follows the registers and cells of the array bit by bit, as
// hdl/dot_product.v and hdl/accumulator.v build them, and counts what changes:
// the sign of a cell stays open, and so does that of a sum, by its leftmost cell's.
//
// Values stand in fields of 16 bits, four in a word. Lane l of W words stands in
// word l mod W, field l / W, so that the pairs of every level of the adder tree
// meet in neighbouring words, and after log2 W levels in neighbouring fields.
type Toggles struct {
	lanes, cols, pixels, digits, words int
	state                              int        // words of a tree: cells and all levels
	masks                              []uint64   // of the bits that exist in each word of a tree
	selects                            []uint64   // [col][digit][word]{one, two, negative} of the tile in place
	before                             []uint64   // [pixel][col][digit][word of a tree]
	joined                             [][3]int32 // [pixel][col]: sum over the digits; with more than two, of the lower and the upper pair
	joinedBits                         [3]uint32
	out                                []openSum // [col] of the pixel issued last
	sums                               []int32   // [half][slot][pixel][col], as in hardware
	read                               []int32   // [pixel][col]: the sum that was found last
	address                            []uint    // [pixel]: of the sums, in the last slot
	half1                              uint      // the bit of it that tells the halves apart
	sumBits                            uint32
	hold, halves, half                 int
	choice                             [2*quant.MaxLevel + 1][4]uint8 // {negative, two, zero} of each digit of a level
}

// fields has a one in each field of a word.
const fields = 0x0001000100010001

// NewToggles returns an array in which all is zero.
func NewToggles(a ArrayShape) *Toggles {
	t := &Toggles{lanes: a.Lanes, cols: a.Cols, pixels: a.Pixels, digits: a.Digits, words: a.Lanes / 4, hold: a.Hold, halves: a.SumBlocks,
		half1: 1 << max(1, bits.Len(uint(a.Hold-1)))}
	bits := a.CellBits
	for n := t.words; n >= 1; n /= 2 {
		for range n {
			t.masks = append(t.masks, fields*(1<<bits-1))
		}
		bits++
	}
	t.masks = append(t.masks, 0x0000000100000001*(1<<bits-1), 1<<(bits+1)-1)
	t.state = len(t.masks)
	lane := bits + 1 // width of one digit's sum
	t.joinedBits = [3]uint32{1<<(lane+2*t.digits-1) - 1, 1<<(lane+3) - 1, 1<<(lane+3*max(t.digits-3, 0)) - 1}
	t.out = make([]openSum, t.cols)
	t.sumBits = uint32(1<<a.AccumulatorBits - 1)
	t.selects = make([]uint64, 3*t.cols*t.digits*t.words)
	t.before = make([]uint64, t.pixels*t.cols*t.digits*t.state)
	t.joined = make([][3]int32, t.pixels*t.cols)
	t.read = make([]int32, t.pixels*t.cols)
	t.address = make([]uint, t.pixels)
	t.sums = make([]int32, t.halves*t.hold*t.pixels*t.cols)
	for v := -quant.MaxLevel; v <= quant.MaxLevel; v++ {
		var digits [4]int
		quant.Digits(digits[:t.digits], v)
		for i, d := range digits {
			t.choice[v+quant.MaxLevel][i] = map[int]uint8{-2: 6, -1: 4, 0: 1, 1: 0, 2: 2}[d]
		}
	}
	return t
}

// Take puts a tile [col][lane] in place.
func (t *Toggles) Take(tile []int16, counts *Counts) {
	changed, signs := 0, 0
	at := 0
	for c := range t.cols {
		column := tile[c*t.lanes : (c+1)*t.lanes]
		for d := range t.digits {
			for w := range t.words {
				var zero, two, negative uint64
				for f := range 4 {
					s := t.choice[int(column[f*t.words+w])+quant.MaxLevel][d]
					zero |= uint64(s&1) << (16 * f)
					two |= uint64(s>>1&1) << (16 * f)
					negative |= uint64(s>>2) << (16 * f)
				}
				s := t.selects[at : at+3]
				zero, two, negative = zero*0xffff, two*0xffff, negative*0xffff
				one := ^(zero | two)
				changed += bits.OnesCount64((s[0]|s[1])^(one|two)) + bits.OnesCount64(s[1]^two)
				signs += bits.OnesCount64(s[2] ^ negative)
				s[0], s[1], s[2] = one, two, negative
				at += 3
			}
		}
	}
	counts[WeightToggle] += int64((changed + signs) / 16)
	counts[SignToggle] += int64(signs / 16)
}

// Issue sends the activation word of a pixel through the array to its sums of a slot.
func (t *Toggles) Issue(i *Issue, counts *Counts) {
	var act, double [16]uint64
	for l, b := range i.Word {
		act[l%t.words] |= uint64(uint16(int8(b))) << (16 * (l / t.words))
	}
	for w := range t.words {
		double[w] = act[w] << 1 &^ fields
	}
	sums := t.sums[((t.half*t.hold+i.Slot)*t.pixels+i.Pixel)*t.cols:][:t.cols]
	address := uint(t.half)*t.half1 + uint(i.Slot)
	counts[SumAddressToggle] += int64(bits.OnesCount(address^t.address[i.Pixel]) * t.cols)
	t.address[i.Pixel] = address
	first := i.Pixel * t.cols // of the pixel's columns
	products, trees, read, stored := 0, 0, 0, 0
	for c := range t.cols {
		var pairs, open [2]int32 // of two digits each
		for d := range t.digits {
			tree := c*t.digits + d
			selects := t.selects[3*tree*t.words:][:3*t.words]
			before := t.before[(first*t.digits+tree)*t.state:][:t.state]
			p, n, s, negative := t.tree(act[:t.words], double[:t.words], selects, before)
			products, trees = products+p, trees+n
			pairs[d/2] += s << (2 * (d % 2))
			if d%2 == 0 {
				open[d/2] = negative
			}
		}
		sum := pairs[0] + pairs[1]<<4
		t.out[c] = openSum{sum ^ open[0], open[0] != 0}
		trees += t.join([3]int32{sum ^ open[0], pairs[0] ^ open[0], pairs[1] ^ open[1]}, &t.joined[first+c])
		next, found := sum, sums[c]
		if !i.First {
			next += found
		}
		read += bits.OnesCount32(uint32(found^t.read[first+c]) & t.sumBits)
		t.read[first+c] = found
		if i.Idle {
			continue
		}
		stored += bits.OnesCount32(uint32(next^found) & t.sumBits)
		sums[c] = next
	}
	counts[ProductToggle] += int64(products)
	counts[TreeToggle] += int64(trees)
	counts[SumReadToggle] += int64(read)
	counts[SumToggle] += int64(stored)
}

// join is how many bits change where digits are added up: none for one digit, one
// register for two, three for more.
func (t *Toggles) join(now [3]int32, before *[3]int32) (n int) {
	for i := range []int{0, 0, 1, 3, 3}[t.digits] {
		n += bits.OnesCount32(uint32(now[i]^before[i]) & t.joinedBits[i])
	}
	*before = now
	return n
}

// tree is one digit's products and adders: how many bits of each change, the sum, and
// all ones if its sign stands open at the root.
func (t *Toggles) tree(act, double, selects, before []uint64) (products, adders int, sum, open int32) {
	var x, negative [16]uint64
	masks := t.masks[:len(before)]
	for w := range act {
		v := act[w]&selects[3*w] | double[w]&selects[3*w+1]
		products += bits.OnesCount64((v ^ before[w]) & masks[w])
		before[w], x[w], negative[w] = v, v, selects[3*w+2]
	}
	at := len(act)
	for n := len(act) / 2; n >= 1; n /= 2 {
		for i := range n {
			v := addOpen(x[2*i], negative[2*i], x[2*i+1], negative[2*i+1])
			adders += bits.OnesCount64((v ^ before[at]) & masks[at])
			before[at], x[i], negative[i] = v, v, negative[2*i]
			at++
		}
	}
	v, s := x[0], negative[0]
	for shift := 16; shift <= 32; shift *= 2 {
		v = addOpen(v, s, v>>shift, s>>shift)
		adders += bits.OnesCount64((v ^ before[at]) & masks[at])
		before[at] = v
		at++
	}
	open = int32(int16(s))
	return products, adders, int32(int16(v)) ^ open, open
}

// addOpen adds fields of 16 bits whose signs are open, masks of ones where the field is
// to be inverted: a + (b ^ {difference}) + 1 where a's is. The sum's sign is a's.
func addOpen(a, aNegative, b, bNegative uint64) uint64 {
	return addFields(addFields(a, b^aNegative^bNegative), aNegative&fields)
}

// addFields adds fields of 16 bits.
func addFields(a, b uint64) uint64 {
	const top = 0x8000800080008000
	return (a&^top + b&^top) ^ (a^b)&top
}

// Next moves on to the other half of the sums, if there is one.
func (t *Toggles) Next() { t.half = (t.half + 1) % t.halves }

// openSum is a column's dot product as hdl/dot_product.v gives it.
type openSum struct {
	sum      int32
	negative bool // the sum stands inverted
}

// Sum is the dot product of a column that was issued last, as it enters the
// accumulator, and whether it is to be inverted there.
func (t *Toggles) Sum(col int) (sum int32, negative bool) { return t.out[col].sum, t.out[col].negative }
