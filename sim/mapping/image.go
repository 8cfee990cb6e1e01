package mapping

import (
	"encoding/binary"
	"errors"
	"fmt"

	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// image lays out memory: every layer's weights and parameters, then the feature
// maps. Starts are multiples of a burst, so that no burst is cut needlessly.
func (m *mapper) image(layers []layer) error {
	var errs []error
	for i := range layers {
		l := &layers[i]
		if err := m.layerImage(l); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	m.p.Memory = len(m.p.Image)
	g := m.graph
	m.tensor(inputTensor(g, m.d, layers, m.pictures))
	for i := range layers {
		l := &layers[i]
		m.tensor(program.Tensor{Layer: l.index, Last: l.last, Pictures: m.pictures, Shape: l.out, PixelBytes: l.outBytes, Wide: l.wide})
	}
	return nil
}

// tensor appends a feature map at the end of memory.
func (m *mapper) tensor(t program.Tensor) {
	m.p.Memory = m.align(m.p.Memory)
	t.Address = uint32(m.p.Memory)
	m.p.Memory += t.Bytes()
	m.p.Tensors = append(m.p.Tensors, t)
}

// align rounds an address up to a burst.
func (m *mapper) align(address int) int {
	burst := m.d.Memory.BurstBeats * m.d.MemoryBytes()
	return (address + burst - 1) / burst * burst
}

// layerImage appends the weights and the parameters of a layer.
func (m *mapper) layerImage(l *layer) error {
	ranges := make([]columnRange, l.allGroups()*m.d.Array.Cols)
	l.weights = m.start()
	if err := m.weights(l, ranges); err != nil {
		return fmt.Errorf("layer %s: %w", l.name, err)
	}
	l.parameters = m.start()
	if err := m.parameters(l, ranges); err != nil {
		return err
	}
	if l.table != nil {
		l.tables = m.start()
	}
	for _, y := range l.table {
		m.p.Image = append(m.p.Image, byte(y))
	}
	return nil
}

// start pads the image to a burst and returns its length.
func (m *mapper) start() int {
	for len(m.p.Image) < m.align(len(m.p.Image)) {
		m.p.Image = append(m.p.Image, 0)
	}
	return len(m.p.Image)
}

// weights packs a tile for every column group and step, each column's weights
// side by side, and adds them to the ranges of the columns.
func (m *mapper) weights(l *layer, ranges []columnRange) error {
	d, filler := m.d, filler(l.levels)
	lanes, cols := d.Array.Lanes, d.Array.Cols
	tile := make([]int16, lanes*cols)
	for first := 0; first < l.groups; first += l.span {
		for i := range l.steps * l.spanAt(first) {
			s, g := i/l.spanAt(first), first+i%l.spanAt(first)
			for c := range cols {
				if dst := tile[c*lanes : (c+1)*lanes]; l.diagonal {
					l.diagonalWeights(dst, g*cols+c, s, l.firstWord(g, d))
				} else {
					l.column(dst, g*cols+c, s, filler)
				}
			}
			in, own := l.operandOf(s), ranges[g*cols:(g+1)*cols]
			for i, v := range tile {
				own[i/lanes].add(int(v), in.low, in.high)
			}
			packed, err := l.packTile(d, m.p.Image, tile, own)
			if err != nil {
				return err
			}
			if g < l.weightGroups {
				m.p.Image = packed
			}
		}
	}
	return nil
}

// packTile appends a tile, [column][lane], in whole beats, and adds what its cells or
// tables are short of to the ranges of the columns.
func (l *layer) packTile(d *arch.Design, dst []byte, tile []int16, ranges []columnRange) ([]byte, error) {
	if d.Tables != nil {
		return l.packCodes(d, dst, tile, ranges)
	}
	for i, v := range tile {
		ranges[i/d.Array.Lanes].short(quant.NegativeWeight(int(v), d.DigitCount()))
	}
	end := len(dst) + l.tileBytes
	dst, err := l.levels.Pack(dst, d.Weights.Packing, tile)
	for len(dst) < end {
		dst = append(dst, 0)
	}
	return dst, err
}

// column writes the weights of one output and step to dst, a lane each.
func (l *layer) column(dst []int16, output, step int, filler int16) {
	pixel, first := step/l.words, step%l.words*len(dst)
	for lane := range dst {
		dst[lane] = filler
		if channel := first + lane; output < l.out.C && channel < l.channels {
			dst[lane] = l.source.Weights[(output*l.pixels+pixel)*l.channels+channel]
		}
	}
}

// filler is the weight of lanes and columns that pad a tile: the level nearest
// zero, the positive one of two.
func filler(l quant.Levels) int16 {
	for _, v := range l.Values() {
		if v >= 0 {
			return int16(v)
		}
	}
	return 0
}

// parameters appends 8 bytes a column: the bias with the correction of its
// cells, and its requantiser; columns of padding emit 0. It proves that every
// column fits the accumulator.
func (m *mapper) parameters(l *layer, ranges []columnRange) error {
	var errs []error
	d := m.d
	for g := range l.allGroups() {
		end := len(m.p.Image) + d.ParameterGroupBytes()
		for c := range d.Array.Cols {
			o := g*d.Array.Cols + c
			bias, q := l.parametersOf(o)
			if err := ranges[o].check(l, o, bias, d.Array.AccumulatorBits); err != nil {
				errs = append(errs, err)
			}
			if o < l.out.C {
				bias += int32(ranges[o].correction)
			}
			m.p.Image = appendColumn(m.p.Image, bias, q, l.table != nil && o < l.out.C)
		}
		for len(m.p.Image) < end {
			m.p.Image = append(m.p.Image, 0)
		}
	}
	return first(errs)
}

// first is the first error and how many follow it: a layer that does not fit
// may have thousands of columns that say so.
func first(errs []error) error {
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	return fmt.Errorf("%w (and %d more outputs)", errs[0], len(errs)-1)
}

// parametersOf is the bias and requantiser of an output, or of padding.
func (l *layer) parametersOf(output int) (int32, quant.Requantiser) {
	switch none := (quant.Requantiser{Shift: 1}); {
	case output >= l.out.C:
		return 0, none
	case l.wide:
		return l.source.Bias[output], none
	case l.repeats():
		return 0, l.net.Requantiser(l.index, output)
	default:
		return l.source.Bias[output], l.net.Requantiser(l.index, output)
	}
}

// appendColumn encodes the parameters of a column; the last byte says whether its
// values go through the function table.
func appendColumn(dst []byte, bias int32, q quant.Requantiser, table bool) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(bias))
	dst = binary.LittleEndian.AppendUint16(dst, q.Mult)
	last := byte(0)
	if table {
		last = 1
	}
	return append(dst, q.Shift, last)
}

// bufferBytes is the size of each ring.
func bufferBytes(d *arch.Design) [program.BufferCount]int {
	return [program.BufferCount]int{d.Buffers.Activation, d.Buffers.Weight, d.Buffers.Parameter, d.Buffers.Table}
}
