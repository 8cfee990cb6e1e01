package calibrate

import (
	"context"
	"fmt"
	"math/rand/v2"

	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/energy/gate"
)

// The events of a column of tables, behind the clock: bits of the values that are read and written.
const (
	tableRead = 1 + iota
	tableWrite
	tableEvents
)

// The events of what fills tables, behind the clock: cells, a lane of an entry each.
const (
	fillCell = 1 + iota
	fillEvents
)

// tableDesign is an array of tables in LUT RAM, which a cell library makes of flip-flops.
func tableDesign(l quant.Levels) (*arch.Design, error) {
	s := arch.DefaultSpec()
	s.Name, s.Levels, s.Array.Lanes, s.Array.Cell = "measured", []int{l.N()}, Lanes, arch.CellTableLUT
	return arch.New(s)
}

// tableUse says in which cycles of a stream's positions tables are filled and read. A position lasts
// cycles; its entries are written from its first cycle on, and in every so many a weight's code is new.
type tableUse struct {
	cycles, readEvery int
	fill              bool
}

// tableUses are those of the measured streams, one after the other: layers of many column groups read
// more than they fill, and small ones less.
var tableUses = []tableUse{{32, 1, true}, {16, 1, false}, {16, 0, true}, {64, 4, true}}

// tableCycles is the length of a sample.
const tableCycles = 128

// contents are the values of the tables for an activation word, [table][entry], as table_fill makes
// them.
func contents(d *arch.Design, word []byte) [][]int {
	t := d.Tables
	all := make([][]int, t.Count)
	w := make([]int16, t.Group)
	for k := range all {
		for i := range t.Sets[0].Entries() {
			t.Sets[0].Weights(w, i)
			sum := 0
			for g, v := range w {
				if lane := k*t.Group + g; lane < len(word) {
					sum += int(int8(word[lane])) * int(v)
				}
				sum -= quant.NegativeWeight(int(v), d.DigitCount())
			}
			all[k] = append(all[k], sum)
		}
	}
	return all
}

// someOf is every third of the streams: tables have many registers, and so take long.
func someOf(streams []Stream) (some []Stream) {
	for i := 0; i < len(streams); i += 3 {
		some = append(some, streams[i])
	}
	return some
}

// Table measures a column of tables on the activations of streams, with Gaussian weights.
func (b *Bench) Table(ctx context.Context, l quant.Levels, streams []Stream) (*Part, *arch.Design, error) {
	d, err := tableDesign(l)
	if err != nil {
		return nil, nil, err
	}
	sources, err := library()
	if err != nil {
		return nil, nil, err
	}
	t := d.Tables
	sumBits := t.ValueBits
	for n := 1; n < t.Count; n *= 2 {
		sumBits++
	}
	m := gate.Module{Top: "table_column", Sources: sources, Parameters: []gate.Parameter{{Name: "Tables", Value: t.Count}, {Name: "IndexW", Value: t.IndexBits},
		{Name: "Signed", Value: int(flag(t.Half))}, {Name: "Banks", Value: d.Array.WeightTiles}, {Name: "ValueW", Value: t.ValueBits}, {Name: "SumW", Value: sumBits}}}
	r := rand.New(rand.NewPCG(5, uint64(l.N())))
	var rows [][]byte
	var samples []Sample
	codes := make([]uint64, t.Count)
	bank := uint64(0)
	for _, s := range someOf(streams) {
		for k, use := range tableUses {
			sample := Sample{Name: fmt.Sprintf("%s, use %d", s.Name, k), N: l.N(), HeldOut: s.HeldOut, Cycles: tableCycles, Events: make([]float64, tableEvents)}
			for c := range tableCycles {
				at := c % use.cycles
				if at == 0 && use.fill {
					bank ^= 1
				}
				values := contents(d, s.Issues[c/use.cycles].Word)
				write := use.fill && at < t.Fill(0)
				if use.readEvery > 0 && c%use.readEvery == 0 {
					for k := range codes {
						code, _ := t.Sets[0].Code(gaussian(l, t.Group, r))
						codes[k] = uint64(code)
					}
					sample.Events[tableRead] += float64(t.Count * t.ValueBits)
				}
				row := &bits{}
				row.put(flag(write), 1)
				row.put(bank, 1)
				row.put(uint64(at)*flag(write), t.IndexBits)
				for k := range values {
					row.put(uint64(values[k][min(at, len(values[k])-1)]), t.ValueBits)
				}
				row.put(1-bank, 1)
				for _, code := range codes {
					row.put(code, t.CodeBits())
				}
				if write {
					sample.Events[tableWrite] += float64(t.Count * t.ValueBits)
				}
				rows = append(rows, row.row)
			}
			samples = append(samples, sample)
		}
	}
	p, err := b.measure(ctx, m, inputs[m.Top], rows, samples)
	return p, d, err
}

// Fill measures what fills the tables of all columns on the activations of streams: a word after the
// other, or one every 32 cycles.
func (b *Bench) Fill(ctx context.Context, l quant.Levels, streams []Stream) (*Part, error) {
	d, err := tableDesign(l)
	if err != nil {
		return nil, err
	}
	sources, err := library()
	if err != nil {
		return nil, err
	}
	t, class := d.Tables, ClassOf(l)
	m := gate.Module{Top: "table_fill", Sources: sources, Parameters: []gate.Parameter{{Name: "Lanes", Value: Lanes}, {Name: "Tables", Value: t.Count},
		{Name: "Group", Value: t.Group}, {Name: "GroupLanes", Value: t.GroupLanes()}, {Name: "Digits", Value: class.Digits}, {Name: "CellW", Value: class.CellBits},
		{Name: "IndexW", Value: t.IndexBits}, {Name: "ValueW", Value: t.ValueBits}}}
	var rows [][]byte
	var samples []Sample
	w, digits := make([]int16, t.Group), make([]int, class.Digits)
	for _, s := range streams {
		for _, cycles := range []int{t.Fill(0), 32} {
			sample := Sample{Name: fmt.Sprintf("%s, a word every %d cycles", s.Name, cycles), N: l.N(), HeldOut: s.HeldOut, Cycles: tableCycles, Events: make([]float64, fillEvents)}
			for c := range tableCycles {
				at := c % cycles
				valid := at < t.Fill(0)
				row := &bits{}
				row.put(0, 1) // no reset
				row.put(flag(valid), 1)
				row.put(uint64(c/cycles%2), 1)
				row.put(uint64(at)*flag(valid), t.IndexBits)
				for _, a := range s.Issues[c/cycles].Word {
					row.put(uint64(a), 8)
				}
				t.Sets[0].Weights(w, min(at, t.Sets[0].Entries()-1))
				for _, v := range w {
					quant.Digits(digits, int(v))
					for _, digit := range digits {
						row.put(uint64(digitBits(digit)), 3)
					}
				}
				if valid {
					sample.Events[fillCell] += float64(t.Count * t.Group * class.Digits)
				}
				rows = append(rows, row.row)
			}
			samples = append(samples, sample)
		}
	}
	return b.measure(ctx, m, inputs[m.Top], rows, samples)
}

// tables calibrates the cells that are tables, with the narrowest weights.
func (c *calibration) tables(ctx context.Context, t *energy.Technology) error {
	n := c.ends()[0]
	l, err := quant.ForN(n)
	if err != nil {
		return err
	}
	c.progress("tables, N = %d", n)
	p, d, err := c.b.Table(ctx, l, c.streams[n])
	if err != nil {
		return fmt.Errorf("tables, N = %d: %w", n, err)
	}
	column := Fit(p.Samples, tableEvents)
	e := c.part(fmt.Sprintf("a column's %d tables of %d x %d sums of %d bits", d.Tables.Count, d.Array.WeightTiles, 1<<d.Tables.IndexBits, d.Tables.ValueBits), p, p.Samples, column)
	where := fmt.Sprintf("%s; tables of flip-flops, %d words of %d bits, Gaussian weights of N = %d", c.conditionsText(), d.Array.WeightTiles<<d.Tables.IndexBits, d.Tables.ValueBits, n)
	v := func(joules float64, e Errors) *energy.Value { return c.value(joules, e, c.method(), where) }
	t.Events.Tables = &energy.TableEvents{Words: d.Array.WeightTiles << d.Tables.IndexBits, ClockBit: v(column[clock], e), ReadBit: v(column[tableRead], e), WriteBit: v(column[tableWrite], e)}
	if p, err = c.b.Fill(ctx, l, c.streams[n]); err != nil {
		return fmt.Errorf("filling tables, N = %d: %w", n, err)
	}
	fill := Fit(p.Samples, fillEvents)
	e = c.part(fmt.Sprintf("what fills %d tables of %d lanes", d.Tables.Count, d.Tables.Group), p, p.Samples, fill)
	t.Events.Tables.FillCell = v(fill[fillCell], e)
	return nil
}
