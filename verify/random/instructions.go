package random

import (
	"fmt"
	"math/rand/v2"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// Instructions draws a program that no network maps to: it fills all buffers, and then its
// compute instructions have every field anywhere in its width, one or two of them large
// where they set the number of cycles. Addresses go around their buffers many times. Some
// programs go on with a kernel that is tall beyond any map, others until their memories are full. It
// returns the program and its input, and ErrDraw for an array of
// tables or of several pixels.
func Instructions(d *arch.Design, seed uint64) (*program.Program, []int8, error) {
	if d.Tables != nil || d.Array.Pixels > 1 {
		return nil, nil, fmt.Errorf("%w: want an array of cells, not of tables, of one pixel", ErrDraw)
	}
	w := &wild{Design: d, Rand: rand.New(rand.NewPCG(seed, 1)), seed: int(seed % 1024), set: int(seed % uint64(len(d.Sets)))}
	if err := w.image(); err != nil {
		return nil, nil, err
	}
	w.loads()
	w.rounds()
	w.extremes()
	for e := range program.EngineCount {
		w.Places[e] = make([]program.Place, w.Count(e))
	}
	input := make([]int8, w.Input().Shape.Size())
	for i := range input {
		input[i] = int8(w.IntN(256))
	}
	return &w.Program, input, nil
}

// wild is a program that is drawn.
type wild struct {
	*arch.Design
	*rand.Rand
	program.Program
	seed   int
	set    int // level set of all weights
	blocks [program.BufferCount]uint32
	taken  int // stores that computes have waited for
}

// image fills memory: weights, parameters, tables, then the input.
func (w *wild) image() error {
	beat := w.MemoryBytes()
	level := w.Sets[w.set].Values()
	tile := make([]int16, w.Array.Lanes*w.Array.Cols)
	for len(w.Image) < w.Buffers.Weight {
		for i := range tile {
			tile[i] = int16(level[w.IntN(len(level))])
		}
		packed, err := w.Sets[w.set].Pack(nil, w.Weights.Packing, tile)
		if err != nil {
			return err
		}
		w.Image = append(w.Image, packed...)
		w.Image = append(w.Image, make([]byte, w.TileWords(w.set)*beat-len(packed))...)
	}
	w.Image = w.Image[:w.Buffers.Weight]
	w.blocks[program.ParameterBuffer] = uint32(len(w.Image))
	for range w.Buffers.Parameter / 8 {
		bias, shift := int32(w.Uint32())>>w.IntN(32), 1+w.IntN(quant.MaxShift)
		if w.IntN(4) > 0 { // so that few bytes are at their limits
			bias, shift = bias>>16, 18+w.IntN(8)
		}
		w.Image = append(w.Image, byte(bias), byte(bias>>8), byte(bias>>16), byte(bias>>24), byte(w.Uint32()), byte(w.Uint32()), byte(shift), byte(w.IntN(2)))
	}
	w.blocks[program.TableBuffer] = uint32(len(w.Image))
	for range w.Buffers.Table {
		w.Image = append(w.Image, byte(w.Uint32()))
	}
	at := uint32(len(w.Image))
	w.blocks[program.ActivationBuffer] = at
	w.Tensors = []program.Tensor{{Layer: -1, Last: -1, Address: at, Shape: network.Shape{H: 1, W: 1, C: w.Buffers.Activation}, PixelBytes: w.Buffers.Activation}}
	w.Network, w.Memory = "instructions", int(at)+w.Buffers.Activation
	return nil
}

// loads fill the buffers from anywhere on, around their end.
func (w *wild) loads() {
	beat := w.MemoryBytes()
	for b := range program.BufferCount {
		beats := program.BufferBytes(w.Design, b) / beat
		at := 0
		if b == program.ActivationBuffer && beats > 0 {
			at = w.IntN(beats)
		}
		for from := 0; from < beats; {
			n := min(1+w.IntN(beats), beats-from)
			if from == 0 && w.IntN(2) == 0 {
				n = beats // the whole buffer at once
			}
			l := program.Load{Buffer: b, Memory: w.blocks[b] + uint32(from*beat), Address: (at + from) % beats, Beats: n}
			if b == program.WeightBuffer {
				l.Set = w.set
			}
			w.Loads = append(w.Loads, l)
			from += n
		}
	}
}

// rounds first fill the output buffer, word by word, and then go wild. A round has one large
// instruction and some small ones, and ends with a store, so that little is overwritten unseen.
func (w *wild) rounds() {
	const rounds, small = 8, 3
	w.fill()
	for number := range rounds {
		w.round(number, func() {
			w.add(w.large(number))
			for range small {
				c := w.compute()
				c.Steps, c.OutRows, c.OutCols, c.Pool = 1+w.IntN(12), 1+w.IntN(4), 1+w.IntN(4), 1+w.IntN(4)
				w.add(c)
			}
		})
	}
}

// round adds instructions, which wait for the stores of the round before, and stores their output.
func (w *wild) round(number int, add func()) {
	from, stored := len(w.Computes), len(w.Stores)
	add()
	if number == 0 {
		from = 0 // with what fills
	} else {
		w.Computes[from].TakeStore = stored - w.taken
		w.taken = stored
	}
	w.store(number, len(w.Computes)-from)
}

// fill writes every word of the output buffer.
func (w *wild) fill() {
	words := w.Buffers.Output / w.Array.Cols
	c := w.compute()
	c.TakeLoad, c.Steps, c.Pool, c.Overlap, c.Wide = len(w.Loads), 1, 1, 0, false
	c.OutRows, c.OutCols, c.OutAddress, c.OutPixelWords, c.Stride = 1, words, 0, 1, 1
	w.place(&c)
	w.Computes = append(w.Computes, c)
}

// large draws an instruction of which one count is large, another one from round to round.
func (w *wild) large(round int) program.Compute {
	c := w.compute()
	switch round % 4 {
	case 0:
		c.Steps = w.count(round, 4096, 13)
	case 1:
		c.OutRows = w.count(round, 1024, 11)
	case 2:
		c.OutCols = w.count(round, 1024, 11)
	case 3:
		c.Pool = w.count(round, 40, 8)
	}
	return c
}

// count draws a count. From the fourth round on it is one of so many powers of two, another one in the next
// seed: one bit alone must keep it from being taken for 0.
func (w *wild) count(round, most, powers int) int {
	drawn := 1 + w.IntN(most)
	if round < 4 {
		return drawn
	}
	return 1 << ((5*w.seed + round) % powers)
}

// add adds an instruction that is drawn, and sometimes has another one go on with it.
func (w *wild) add(c program.Compute) {
	if c = w.end(c); c.Positions() <= w.BlockSlots() && w.IntN(2) == 0 {
		w.goOn()
	}
}

// end draws what depends on an instruction's counts, adds it and returns it.
func (w *wild) end(c program.Compute) program.Compute {
	if c.Wide {
		c.Pool = 1
	}
	c.Overlap = w.overlap(&c)
	w.place(&c)
	w.Computes = append(w.Computes, c)
	return c
}

// goOn splits the last instruction: another one ends it.
func (w *wild) goOn() {
	last := &w.Computes[len(w.Computes)-1]
	next := w.compute()
	next.First, last.Last = false, false
	next.Steps, next.OutRows, next.OutCols, next.Pool, next.Overlap, next.Stride = 1+w.IntN(9), last.OutRows, last.OutCols, last.Pool, last.Overlap, last.Stride
	next.RowWords, next.PixelWords = last.RowWords, last.PixelWords // the reduction goes on where it was
	next.KernelCols, next.GroupWords, next.Wide, next.Table = last.KernelCols, last.GroupWords, last.Wide, next.Table && !last.Wide
	w.place(&next)
	w.Computes = append(w.Computes, next)
}

// compute draws an instruction with small counts and everything else of any size.
func (w *wild) compute() program.Compute {
	any16 := func() int { return w.IntN(1<<16) >> w.IntN(16) }
	c := program.Compute{First: true, Last: true, ReLU: w.IntN(4) == 0, Wide: w.IntN(4) == 0, Low: w.IntN(2) == 0, Set: w.set,
		Steps: 1, OutRows: 1, OutCols: 1, Pool: 1, Stride: w.IntN(256) >> w.IntN(8), ActAddress: any16(), RowWords: any16(), PixelWords: any16(), GroupWords: 1 + w.IntN(1<<w.IntN(13)),
		KernelCols: 1 + w.IntN(1<<w.IntN(9)), OutAddress: any16(), OutPixelWords: any16(), DxWords: any16(), DyWords: any16(), PxWords: any16(), PyWords: any16()}
	if tables := w.Buffers.Table / network.TableSize; tables > 0 && !c.Wide && w.IntN(2) == 0 {
		c.Table, c.TableIndex = true, w.IntN(tables)
	}
	group := w.ParameterGroupBytes() / w.MemoryBytes()
	c.ParamAddress = w.IntN(w.Buffers.Parameter/w.ParameterGroupBytes()) * group
	return c
}

// overlap draws that of windows, such that its step fits 8 bits and is anything else.
func (w *wild) overlap(c *program.Compute) int {
	least := 1 - 127/max(c.Stride, 1) // (1 − overlap)·stride ≤ 127
	most := min(c.Pool-1, 1+128/max(c.Stride, 1))
	if most < least {
		c.Stride = 1
		return 0
	}
	return least + w.IntN(most-least+1)
}

// place draws origin and map so that coordinates stay within 15 bits and often inside the
// map, or at its end, and a first tile from which the weights do not go over the end of their buffer.
func (w *wild) place(c *program.Compute) {
	const limit = 1 << 15
	spread := func(out int) int { return ((out-1)*(c.Pool-c.Overlap) + c.Pool) * c.Stride }
	for max(spread(c.OutRows), spread(c.OutCols)) > limit/2 {
		c.Stride /= 2
	}
	along := func(out int) (origin, in int) {
		room := limit/2 - spread(out)/2
		origin = (w.IntN(room) - room/2) >> w.IntN(14)
		in = 1 + w.IntN(limit-1)>>(w.IntN(4)*w.IntN(5))
		if w.IntN(2) == 0 { // the map ends at one of the positions or shortly before it
			at := origin + (w.IntN(out)*(c.Pool-c.Overlap)+w.IntN(c.Pool))*c.Stride
			in = max(1, at-w.IntN(1<<w.IntN(12)))
		}
		return origin, in
	}
	c.OriginY, c.InRows = along(c.OutRows)
	c.OriginX, c.InCols = along(c.OutCols)
	tiles := w.Buffers.Weight / w.MemoryBytes() / w.TileWords(c.Set)
	c.WeightAddress = w.IntN(tiles)
	if whole := tiles*w.TileWords(c.Set)*w.MemoryBytes() == w.Buffers.Weight; !whole {
		c.Steps = min(c.Steps, tiles)
		c.WeightAddress = w.IntN(tiles - c.Steps + 1)
	}
	c.WeightAddress *= w.TileWords(c.Set)
}

// store brings the whole output buffer to memory behind all before, when so many more
// instructions have retired.
func (w *wild) store(round, computes int) {
	beat := w.MemoryBytes()
	beats := w.Buffers.Output / beat
	at := w.IntN(beats)
	for from := 0; from < beats; {
		n := min(1+w.IntN(beats), beats-from)
		s := program.Store{Memory: uint32(w.Memory + from*beat), Address: (at + from) % beats, Beats: n}
		if from == 0 {
			s.TakeCompute = computes
		}
		w.Stores = append(w.Stores, s)
		from += n
	}
	w.Tensors = append(w.Tensors, program.Tensor{Layer: round, Last: round, Address: uint32(w.Memory),
		Shape: network.Shape{H: 1, W: 1, C: w.Buffers.Output}, PixelBytes: w.Buffers.Output})
	w.Memory += w.Buffers.Output
}
