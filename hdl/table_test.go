package hdl_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"lowres/quant"
)

// tableShape is a column of tables.
type tableShape struct{ tables, index, signed, banks, value, block int }

func (s tableShape) String() string {
	return fmt.Sprintf("%d tables of %d-bit indices, signed %d, banks %d, block RAM %d", s.tables, s.index, s.signed, s.banks, s.block)
}

func TestAColumnOfTablesAddsUpWhatItsCodesName(t *testing.T) {
	for _, s := range []tableShape{
		{2, 4, 1, 2, 10, 0}, {3, 4, 1, 2, 10, 0}, {6, 4, 1, 1, 10, 0}, {5, 4, 1, 2, 11, 0},
		{4, 8, 0, 1, 11, 1}, {5, 8, 0, 2, 11, 1}, {2, 4, 0, 2, 10, 0},
	} {
		t.Run(s.String(), func(t *testing.T) { columnBench(s).run(t) })
	}
}

// columnBench fills the tables with random words, and then reads one bank while words of
// the other change.
func columnBench(s tableShape) bench {
	rng := rand.New(rand.NewPCG(3, uint64(s.tables)))
	levels := 0
	for 1<<levels < s.tables {
		levels++
	}
	sumW := s.value + levels
	b := bench{
		module: "table_column",
		params: fmt.Sprintf(".Tables(%d), .IndexW(%d), .Signed(%d), .Banks(%d), .ValueW(%d), .SumW(%d), .Block(%d)",
			s.tables, s.index, s.signed, s.banks, s.value, sumW, s.block),
		sources: []string{"table_column.v", "sum_table.v", "tree_adder.v", "pipeline_stages.v"},
		inputs: []port{{"we_i", 1}, {"wbank_i", 1}, {"windex_i", s.index}, {"wdata_i", s.value * s.tables},
			{"bank_i", 1}, {"codes_i", (s.index + s.signed) * s.tables}},
		outputs: []port{{"sum_o", sumW}, {"negative_o", 1}},
		latency: 1 + levels,
		silent:  s.banks << s.index,
	}
	memory := map[[3]int]int{} // by bank, index, table
	write := func(bank, index int) (word uint64) {
		for t := range s.tables {
			v := rng.IntN(1<<s.value) - 1<<(s.value-1)
			memory[[3]int{bank, index, t}] = v
			word |= uint64(v) & (1<<s.value - 1) << (s.value * t)
		}
		return word
	}
	for a := range s.banks << s.index {
		bank, index := a>>s.index, a&(1<<s.index-1)
		b.rows = append(b.rows, []uint64{1, uint64(bank), uint64(index), write(bank, index), 0, 0, 0, 0})
	}
	for range 2000 {
		bank, codes, sum, open := rng.IntN(s.banks), uint64(0), 0, uint64(0)
		for t := range s.tables {
			index, sign := rng.IntN(1<<s.index), rng.IntN(1+s.signed)
			sum += memory[[3]int{bank, index, t}] ^ -sign
			codes |= uint64(sign<<s.index|index) << ((s.index + s.signed) * t)
			if t == 0 {
				open = uint64(sign)
			}
		}
		row := []uint64{0, 0, 0, rng.Uint64(), uint64(bank), codes, uint64(sum) ^ -open, open}
		if s.banks == 2 && rng.IntN(2) == 0 {
			other, index := 1-bank, rng.IntN(1<<s.index)
			row[0], row[1], row[2], row[3] = 1, uint64(other), uint64(index), write(other, index)
		}
		b.rows = append(b.rows, row)
	}
	return b
}

func TestTheFillOfTablesIsShortByItsNegativeDigits(t *testing.T) {
	for _, c := range []struct{ lanes, group, groupLanes, digits, cell, value, reach int }{
		{8, 3, 4, 1, 8, 10, 1}, {4, 4, 4, 1, 9, 11, 2}, {4, 1, 2, 2, 9, 11, 8}, {4, 2, 2, 2, 9, 13, 10},
	} {
		t.Run(fmt.Sprintf("groups of %d of %d, %d digits", c.group, c.lanes, c.digits), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(9, uint64(c.group)))
			tables := (c.lanes + c.group - 1) / c.group
			b := bench{
				module: "table_fill",
				params: fmt.Sprintf(".Lanes(%d), .Tables(%d), .Group(%d), .GroupLanes(%d), .Digits(%d), .CellW(%d), .IndexW(5), .ValueW(%d)",
					c.lanes, tables, c.group, c.groupLanes, c.digits, c.cell, c.value),
				sources: []string{"table_fill.v", "dot_product.v", "lane_tree.v", "digit_sum.v", "lane_cell.v", "tree_adder.v", "pipeline_stages.v", "delay_line.v"},
				inputs: []port{{"rst_i", 1}, {"valid_i", 1}, {"bank_i", 1}, {"index_i", 5},
					{"act_i", 8 * c.lanes}, {"digits_i", 3 * c.group * c.digits}},
				outputs: []port{{"we_o", 1}, {"wbank_o", 1}, {"windex_o", 5}, {"wdata_o", c.value * tables}},
				latency: 2 + map[int]int{2: 1, 4: 2}[c.groupLanes] + c.digits - 1,
			}
			for range 1500 {
				act, digits, words := uint64(0), uint64(0), uint64(0)
				weights := make([]int, c.group)
				for g := range weights {
					weights[g] = rng.IntN(2*c.reach+1) - c.reach
					digits |= digitCode(weights[g], c.digits) << (3 * c.digits * g)
				}
				sums := make([]int, tables)
				for l := range c.lanes {
					a := []int{-128, -1, 0, 1, 127, rng.IntN(256) - 128}[rng.IntN(6)]
					act |= uint64(uint8(a)) << (8 * l)
					sums[l/c.group] += a * weights[l%c.group]
				}
				for t, sum := range sums {
					for _, w := range weights {
						sum -= quant.NegativeWeight(w, c.digits)
					}
					words |= uint64(sum) & (1<<c.value - 1) << (c.value * t)
				}
				valid, bank, index := rng.Uint64N(2), rng.Uint64N(2), rng.Uint64N(32)
				b.rows = append(b.rows, []uint64{0, valid, bank, index, act, digits, valid, bank, index, words})
			}
			b.run(t)
		})
	}
}
