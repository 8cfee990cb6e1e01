package hdl_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestAMemoryGivesTheOldWordAndHoldsIt(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	b := bench{
		module: "ram_sdp", params: ".Width(9), .AddrW(3)", sources: []string{"ram_sdp.v"}, latency: 1,
		inputs:  []port{{"we_i", 1}, {"waddr_i", 3}, {"wdata_i", 9}, {"re_i", 1}, {"raddr_i", 3}},
		outputs: []port{{"rdata_o", 9}},
	}
	memory, out := [8]uint64{free, free, free, free, free, free, free, free}, uint64(free)
	for range 600 {
		we, at, word, re, from := rng.Uint64N(2), rng.Uint64N(8), rng.Uint64N(1<<9), rng.Uint64N(2), rng.Uint64N(8)
		if re == 1 {
			out = memory[from]
		}
		if we == 1 {
			memory[at] = word
		}
		b.rows = append(b.rows, []uint64{we, at, word, re, from, out})
	}
	b.run(t)
}

func TestABufferHoldsTheSameBytesForBothWidths(t *testing.T) {
	for _, widths := range [][2]int{{32, 8}, {8, 32}, {16, 16}} {
		t.Run(fmt.Sprintf("written by %d bits, read by %d", widths[0], widths[1]), func(t *testing.T) {
			const bytes = 64
			rng := rand.New(rand.NewPCG(12, uint64(widths[0])))
			writeW, readW := widths[0], widths[1]
			words, reads := uint64(8*bytes/writeW), uint64(8*bytes/readW)
			b := bench{
				module: "buffer", sources: []string{"buffer.v", "ram_sdp.v"}, latency: 1,
				params:  fmt.Sprintf(".Bytes(%d), .WriteW(%d), .ReadW(%d), .WriteAddrW($clog2(%d)), .ReadAddrW($clog2(%d))", bytes, writeW, readW, words, reads),
				inputs:  []port{{"we_i", 1}, {"waddr_i", width(words - 1)}, {"wdata_i", writeW}, {"re_i", 1}, {"raddr_i", width(reads - 1)}},
				outputs: []port{{"rdata_o", readW}},
			}
			var memory [bytes]uint64
			out := uint64(free)
			for i := range words + 800 {
				we, at, word, re, from := rng.Uint64N(2), rng.Uint64N(words), rng.Uint64N(1<<writeW), rng.Uint64N(2), rng.Uint64N(reads)
				if i < words {
					we, at, re = 1, i, 0 // what nothing has written is undefined
				}
				if re == 1 {
					out = 0
					for k := range readW / 8 {
						out |= memory[int(from)*readW/8+k] << (8 * k)
					}
				}
				for k := 0; we == 1 && k < writeW/8; k++ {
					memory[int(at)*writeW/8+k] = word >> (8 * k) & 0xff
				}
				b.rows = append(b.rows, []uint64{we, at, word, re, from, out})
			}
			b.run(t)
		})
	}
}

// width is the bits of a number.
func width(n uint64) (bits int) {
	for ; n > 0; n >>= 1 {
		bits++
	}
	return bits
}

func TestABurstQueueIsFirstInFirstOut(t *testing.T) {
	for _, depth := range []int{1, 3, 4} {
		t.Run(fmt.Sprintf("of %d", depth), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(13, uint64(depth)))
			b := bench{
				module: "burst_queue", params: fmt.Sprintf(".Width(7), .Depth(%d)", depth), sources: []string{"burst_queue.v"}, clocked: true, silent: 1,
				inputs:  []port{{"rst_i", 1}, {"push_i", 1}, {"data_i", 7}, {"pop_i", 1}},
				outputs: []port{{"head_o", 7}, {"full_next_o", 1}, {"empty_o", 1}},
				rows:    [][]uint64{{1, 0, 0, 0, free, 0, 1}},
			}
			var queue []uint64
			for range 600 {
				push, word, pop := rng.Uint64N(2), rng.Uint64N(1<<7), rng.Uint64N(2)
				if len(queue) == depth {
					push = 0
				}
				if len(queue) == 0 {
					pop = 0
				}
				head, empty := uint64(free), bit(len(queue) == 0)
				if len(queue) > 0 {
					head = queue[0]
				}
				if push == 1 {
					queue = append(queue, word)
				}
				queue = queue[pop:]
				b.rows = append(b.rows, []uint64{0, push, word, pop, head, bit(len(queue) == depth), empty})
			}
			b.run(t)
		})
	}
}

func TestATileTakesOverWhenItIsToldTo(t *testing.T) {
	for tiles := 1; tiles <= 2; tiles++ {
		t.Run(fmt.Sprintf("with %d tiles", tiles), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(14, uint64(tiles)))
			b := bench{
				module: "weight_tile", params: fmt.Sprintf(".Lanes(2), .Cols(3), .DigitW(3), .Tiles(%d)", tiles), sources: []string{"weight_tile.v"}, latency: 1,
				inputs:  []port{{"we_i", 6}, {"digits_i", 18}, {"swap_i", 1}},
				outputs: []port{{"tile_o", 18}},
			}
			next, tile := uint64(0), uint64(free)
			for i := range 400 {
				we, digits, swap := rng.Uint64N(1<<6), rng.Uint64N(1<<18), rng.Uint64N(2)
				if i == 0 {
					we, swap = 1<<6-1, 0
				}
				if swap == 1 && tiles == 2 {
					tile = next
				}
				for s := range 6 {
					if we>>s&1 == 1 {
						next = next&^(7<<(3*s)) | digits&(7<<(3*s))
					}
				}
				if tiles == 1 {
					tile = next
				}
				b.rows = append(b.rows, []uint64{we, digits, swap, tile})
			}
			b.run(t)
		})
	}
}

func TestAWordFillsTheSlotsOfItsWeights(t *testing.T) {
	const slots = 8
	codes := [2]int{5, 3} // weights of a word, by set
	rng := rand.New(rand.NewPCG(15, 1))
	b := bench{
		module: "tile_fill", params: ".Lanes(2), .Cols(4), .DigitW(3), .WordW(15), .Sets(2), .Codes({16'd3, 16'd5})", sources: []string{"tile_fill.v"}, latency: 1,
		inputs:  []port{{"rst_i", 1}, {"valid_i", 1}, {"index_i", 16}, {"set_i", 16}, {"word_i", 15}},
		outputs: []port{{"we_o", slots}, {"digits_o", 3 * slots}},
		rows:    [][]uint64{{1, 1, 0, 0, 0, 0, free}},
	}
	for range 400 {
		valid, set, word := rng.Uint64N(2), rng.Uint64N(2), rng.Uint64N(1<<15)
		n := codes[set]
		index := rng.IntN((slots + n - 1) / n)
		we, digits := uint64(0), uint64(0)
		for s := range slots {
			if valid == 1 && s/n == index {
				we |= 1 << s
			}
			digits |= word >> (3 * (s % n)) & 7 << (3 * s)
		}
		b.rows = append(b.rows, []uint64{0, valid, uint64(index), set, word, we, digits})
	}
	b.run(t)
}

func TestASumTableIsReadByItsCode(t *testing.T) {
	for signed := range 2 {
		t.Run(fmt.Sprintf("signed: %d", signed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(20, uint64(signed)))
			b := bench{
				module: "sum_table", params: fmt.Sprintf(".IndexW(2), .Signed(%d), .Banks(2), .ValueW(6), .Block(0)", signed),
				sources: []string{"sum_table.v"}, latency: 1,
				inputs:  []port{{"we_i", 1}, {"wbank_i", 1}, {"windex_i", 2}, {"wdata_i", 6}, {"bank_i", 1}, {"code_i", 2 + signed}},
				outputs: []port{{"value_o", 6}, {"negative_o", 1}},
			}
			var table [2][4]uint64
			for i := range uint64(600) {
				we, to, index, word := rng.Uint64N(2), rng.Uint64N(2), rng.Uint64N(4), rng.Uint64N(1<<6)
				bank, code := 1-to, rng.Uint64N(4<<signed)
				if i < 8 {
					we, to, index = 1, i/4, i%4
				}
				value := table[bank][code&3]
				if i < 8 {
					value = free // not written yet
				}
				if we == 1 {
					table[to][index] = word
				}
				b.rows = append(b.rows, []uint64{we, to, index, word, bank, code, value, code >> 2})
			}
			b.run(t)
		})
	}
}
