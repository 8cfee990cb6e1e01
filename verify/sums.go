package verify

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"lowres/quant"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// sumsComparison follows the sums of the array through a run of the exact simulator and
// compares each with what the RTL stored, in the order of the cycles.
type sumsComparison struct {
	c      *comparison
	image  int
	lines  *bufio.Scanner // of the RTL, see testbench's sums.v
	cols   int
	sums   [][]int64 // [(half·hold + slot)·pixels + pixel][col]
	half   int
	first  *Mismatch
	ended  bool // the RTL's lines
	seen   int
	fault  error
	lowest []int64 // [level + quant.MaxLevel]: what a weight's negative digits take off
}

// compareSums returns the first sum that differs among those in a file, nil if none does, and how
// many there are.
func (c *comparison) compareSums(file string, image int, input []int8) (*Mismatch, int, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	d := c.want.design
	s := &sumsComparison{c: c, image: image, lines: bufio.NewScanner(f), cols: d.Array.Cols}
	s.lines.Buffer(nil, 1<<20)
	for v := -quant.MaxLevel; v <= quant.MaxLevel; v++ {
		s.lowest = append(s.lowest, int64(quant.NegativeWeight(v, d.DigitCount())))
	}
	for range 2 * d.Array.Hold * d.Array.Pixels {
		s.sums = append(s.sums, make([]int64, s.cols))
	}
	m, err := machine.New(d, c.want.program)
	if err != nil {
		return nil, 0, err
	}
	memory := m.Memory()
	if err := c.want.program.Input().Put(memory, input); err != nil {
		return nil, 0, err
	}
	if _, err := m.Run(memory, machine.Options{Issue: s.issue}); err != nil {
		return nil, 0, err
	}
	return s.first, s.seen, s.fault
}

// issue adds a word's products to the sums of its position, and compares them with the
// RTL's next line.
func (s *sumsComparison) issue(x machine.Issue) {
	if s.ended || s.first != nil || s.fault != nil {
		return
	}
	d := s.c.want.design
	if !x.Idle {
		s.add(x, s.sums[(s.half*d.Array.Hold+x.Slot)*d.Array.Pixels+x.Pixel])
	}
	if x.Ends && d.Array.SumBlocks == 2 {
		s.half = 1 - s.half
	}
}

// add adds the word's products to its sums, and compares them.
func (s *sumsComparison) add(x machine.Issue, sums []int64) {
	if x.First {
		clear(sums)
	}
	lanes := len(x.Word)
	for col := range sums {
		for l, w := range x.Tile[col*lanes : (col+1)*lanes] {
			sums[col] += int64(w)*int64(int8(x.Word[l])) - s.lowest[int(w)+quant.MaxLevel]
		}
	}
	s.line(x, sums)
}

// line compares one line of the RTL.
func (s *sumsComparison) line(x machine.Issue, want []int64) {
	if !s.lines.Scan() {
		s.ended, s.fault = true, s.lines.Err()
		return
	}
	s.seen++
	fields := strings.Fields(s.lines.Text())
	cycle, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil || len(fields) != 2+s.cols {
		s.fault = fmt.Errorf("%w: sums: %q: want a cycle, an address and %d values", ErrRun, s.lines.Text(), s.cols)
		return
	}
	m := s.c.at(program.ComputeEngine, x.Instruction, &Mismatch{Image: s.image, Cycle: machine.Cycle(cycle)})
	m.Simulator = string(Icarus)
	for col, text := range fields[2:] {
		got, known := s.value(text)
		if bits := s.c.want.design.Array.AccumulatorBits; known && got == want[col]<<(64-bits)>>(64-bits) {
			continue
		}
		m.Signal = fmt.Sprintf("accumulator of column %d, position %d of the block", col, x.Slot)
		if s.c.want.design.Array.Pixels > 1 {
			m.Signal = fmt.Sprintf("accumulator of pixel %d, column %d, slot %d of the block", x.Pixel, col, x.Slot)
		}
		m.Want, m.Got = grouped(machine.Cycle(want[col])), "unknown (X)"
		if known {
			m.Got = grouped(machine.Cycle(got))
		}
		s.first = m
		return
	}
}

// value is a sum of the design's width, if no bit of it is X.
func (s *sumsComparison) value(text string) (v int64, known bool) {
	u, err := strconv.ParseUint(text, 16, 64)
	bits := s.c.want.design.Array.AccumulatorBits
	return int64(u) << (64 - bits) >> (64 - bits), err == nil
}
