package program

import (
	"errors"
	"fmt"
)

// Words of 32 bits in one encoded instruction of each engine. See
// docs/instruction-set.md.
const (
	LoadWords    = 4
	ComputeWords = 12
	StoreWords   = 4
)

// MaxTake is the most tokens one instruction takes from one engine.
const MaxTake = 1<<12 - 1

// ErrEncoding is returned for an instruction with a field that does not fit.
var ErrEncoding = errors.New("instruction")

// Words returns the number of 32-bit words of one instruction of e.
func (e Engine) Words() int { return [EngineCount]int{LoadWords, ComputeWords, StoreWords}[e] }

// Encode returns the program memory contents of engine e, instruction after
// instruction. It returns ErrEncoding naming every field that does not fit.
func (p *Program) Encode(e Engine) ([]uint32, error) {
	var words []uint32
	var errs []error
	for i := range p.Count(e) {
		var f fields
		switch e {
		case LoadEngine:
			f.load(&p.Loads[i])
		case ComputeEngine:
			f.compute(&p.Computes[i])
		case StoreEngine:
			f.store(&p.Stores[i])
		}
		for _, err := range f.errs {
			errs = append(errs, fmt.Errorf("%w: %v %d: %w", ErrEncoding, e, i, err))
		}
		words = append(words, f.words...)
	}
	return words, errors.Join(errs...)
}

// fields packs named values into words from bit 0 up.
type fields struct {
	words []uint32
	bit   int
	errs  []error
}

// put appends an unsigned field of the given width; fields do not cross words.
func (f *fields) put(name string, v, width int) {
	if v < 0 || v >= 1<<width {
		f.errs = append(f.errs, fmt.Errorf("%s: %d: want 0 to %d", name, v, 1<<width-1))
	}
	if f.bit == 0 {
		f.words = append(f.words, 0)
	}
	f.words[len(f.words)-1] |= uint32(v&(1<<width-1)) << f.bit
	f.bit = (f.bit + width) % 32
}

// signed appends a field of the given width in two's complement.
func (f *fields) signed(name string, v, width int) {
	if limit := 1 << (width - 1); v < -limit || v >= limit {
		f.errs = append(f.errs, fmt.Errorf("%s: %d: want %d to %d", name, v, -limit, limit-1))
	}
	f.put(name, v&(1<<width-1), width)
}

func (f *fields) flag(name string, v bool) {
	n := 0
	if v {
		n = 1
	}
	f.put(name, n, 1)
}

// word appends a field of 32 bits.
func (f *fields) word(v uint32) { f.words = append(f.words, v) }

func (f *fields) load(l *Load) {
	f.put("take_compute", l.TakeCompute, 12)
	f.put("take_store", l.TakeStore, 12)
	f.put("buffer", int(l.Buffer), 2)
	f.put("set", l.Set, 6)
	f.word(l.Memory)
	f.put("address", l.Address, 32)
	f.put("beats", l.Beats, 32)
}

func (f *fields) store(s *Store) {
	f.put("take_compute", s.TakeCompute, 12)
	f.put("reserved", 0, 20)
	f.word(s.Memory)
	f.put("address", s.Address, 32)
	f.put("beats", s.Beats, 32)
}

func (f *fields) compute(c *Compute) {
	f.put("take_load", c.TakeLoad, 12)
	f.put("take_store", c.TakeStore, 12)
	f.flag("first", c.First)
	f.flag("last", c.Last)
	f.flag("relu", c.ReLU)
	f.flag("wide", c.Wide)
	f.flag("table", c.Table)
	f.put("table_index", c.TableIndex, 3)
	f.put("weight_address", c.WeightAddress, 16)
	f.put("set", c.Set, 6)
	f.flag("low", c.Low)
	f.put("reserved", 0, 1)
	f.signed("window_step", (1-c.Overlap)*c.Stride, 8)
	f.put("steps", c.Steps, 16)
	f.put("act_address", c.ActAddress&0xffff, 16)
	f.put("row_words", c.RowWords&0xffff, 16)
	f.put("pixel_words", c.PixelWords&0xffff, 16)
	f.put("out_address", c.OutAddress, 16)
	f.put("out_pixel_words", c.OutPixelWords, 16)
	f.put("param_address", c.ParamAddress, 16)
	f.put("in_rows", c.InRows, 16)
	f.put("in_cols", c.InCols, 16)
	f.signed("origin_y", c.OriginY, 16)
	f.signed("origin_x", c.OriginX, 16)
	f.put("out_rows", c.OutRows, 16)
	f.put("out_cols", c.OutCols, 16)
	f.put("kernel_cols", c.KernelCols, 10)
	f.put("more_groups", c.MoreGroups, 6)
	f.put("stride", c.Stride, 8)
	f.put("pool", c.Pool, 8)
	f.put("dx_words", c.DxWords, 16)
	f.put("dy_words", c.DyWords, 16)
	f.put("px_words", c.PxWords&0xffff, 16)
	f.put("py_words", c.PyWords&0xffff, 16)
	f.put("group_words", c.GroupWords, 16)
}
