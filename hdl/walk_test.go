package hdl_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// The walk visits window by window, or as many together as there are pixels, what the
// header's formula says, with pauses.
func TestPositionsAreVisitedWindowByWindow(t *testing.T) {
	for _, pixels := range []int{1, 2, 4} {
		t.Run(fmt.Sprintf("pixels %d", pixels), func(t *testing.T) { walkPositions(t, pixels) })
	}
}

func walkPositions(t *testing.T, pixels int) {
	rng := rand.New(rand.NewPCG(21, uint64(pixels)))
	words := func(names ...string) (ports []port) {
		for _, n := range names {
			ports = append(ports, port{n, 16})
		}
		return ports
	}
	b := bench{
		module: "position_walk", params: fmt.Sprintf(".Pixels(%d)", pixels), sources: []string{"position_walk.v"}, latency: 1,
		inputs: append(append([]port{{"rst_i", 1}, {"idle_i", 1}, {"advance_i", 1}, {"next_pool_i", 8}, {"pool_i", 8}, {"stride_i", 8}, {"window_step_i", 8}, {"slot_step_i", 16}},
			words("next_act_address_i", "next_origin_y_i", "next_out_rows_i", "next_out_cols_i", "origin_x_i", "out_cols_i")...), words("dx_words_i", "dy_words_i", "px_words_i", "py_words_i")...),
		outputs: append(words("addr_o", "row_o", "col_o"), port{"pixels_o", pixels}, port{"last_o", 1}),
	}
	b.rows = append(b.rows, make([]uint64, len(b.inputs)+5))
	b.rows[0][0] = 1
	unseen := []uint64{free, free, free, free, free}
	copy(b.rows[0][len(b.inputs):], unseen)
	for range 40 {
		pool, stride := 1+rng.IntN(3), rng.IntN(4)
		overlap := rng.IntN(2*pool) - pool // below pool
		rows, cols := 1+rng.IntN(3), 1+rng.IntN(3*pixels)
		var f [9]int
		for i := range f {
			f[i] = rng.IntN(1 << 16)
		}
		f[3], f[4] = rows, cols
		steps := []uint64{uint64(stride), uint64((1-overlap)*stride) & 0xff, uint64((1-overlap+(pixels-1)*(pool-overlap))*stride) & 0xffff}
		any16 := func() uint64 { return rng.Uint64N(1 << 16) }

		// Before the first position: what is known early stands a cycle before the last that is idle, the rest
		// of the next tile in it, and the tile from the cycle behind it on.
		for rng.IntN(3) == 0 {
			r := []uint64{0, 1, 0, rng.Uint64N(256), rng.Uint64N(256), rng.Uint64N(256), rng.Uint64N(256), any16()}
			for len(r) < len(b.inputs) {
				r = append(r, any16())
			}
			b.rows = append(b.rows, slices.Concat(r, unseen))
		}
		b.rows = append(b.rows,
			slices.Concat([]uint64{0, rng.Uint64N(2), 0, uint64(pool), rng.Uint64N(256), rng.Uint64N(256), rng.Uint64N(256), any16(), any16(), any16(), uint64(rows), uint64(cols)}, []uint64{any16(), any16(), any16(), any16(), any16(), any16()}, unseen),
			slices.Concat([]uint64{0, 1, 0, uint64(pool), rng.Uint64N(256), rng.Uint64N(256), rng.Uint64N(256), any16(), uint64(f[0]), uint64(f[1]), uint64(rows), uint64(cols)}, []uint64{any16(), any16(), any16(), any16(), any16(), any16()}, unseen))
		tile := func(advance uint64) []uint64 {
			r := slices.Concat([]uint64{0, 0, advance, rng.Uint64N(256), uint64(pool)}, steps, []uint64{any16(), any16(), any16(), any16(), uint64(f[2]), uint64(cols)})
			for _, v := range f[5:] {
				r = append(r, uint64(v))
			}
			return r
		}
		for rng.IntN(3) == 0 {
			b.rows = append(b.rows, slices.Concat(tile(0), unseen))
		}
		row := func(advance uint64, py, px, dy, dx int) {
			at := f[0] + dx*f[5] + dy*f[6] + px/pixels*f[7] + py*f[8]
			y, x := f[1]+(py*(pool-overlap)+dy)*stride, f[2]+(px*(pool-overlap)+dx)*stride
			exist := uint64(1)<<min(pixels, cols-px) - 1
			last := bit(py == rows-1 && px+pixels >= cols && dy == pool-1 && dx == pool-1)
			b.rows = append(b.rows, append(tile(advance), uint64(at)&0xffff, uint64(y)&0xffff, uint64(x)&0xffff, exist, last))
		}
		slots := (cols + pixels - 1) / pixels // of a row and place
		for n := range rows * slots * pool * pool {
			w, d := n/(pool*pool), n%(pool*pool)
			row(1, w/slots, w%slots*pixels, d/pool, d%pool)
			for rng.IntN(3) == 0 {
				row(0, w/slots, w%slots*pixels, d/pool, d%pool)
			}
		}
	}
	b.run(t)
}

// Two cycles after the last idle one the offsets are those of the instruction that stood there,
// whatever stands at the inputs before and since.
func TestPixelsLieAsFarFromTheFirstAsTheirWindows(t *testing.T) {
	for _, pixels := range []int{2, 4} {
		t.Run(fmt.Sprintf("pixels %d", pixels), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(23, uint64(pixels)))
			b := bench{
				module: "pixel_offsets", params: fmt.Sprintf(".Pixels(%d)", pixels), sources: []string{"pixel_offsets.v"}, latency: 2,
				inputs:  []port{{"idle_i", 1}, {"px_words_i", 16}, {"window_step_i", 8}, {"pool_i", 8}, {"stride_i", 8}},
				outputs: []port{{"words_o", 16 * pixels}, {"cols_o", 16 * pixels}, {"slot_step_o", 16}},
			}
			multiples := func(n int) (all uint64) {
				for p := range pixels {
					all |= uint64(p*n) & 0xffff << (16 * p)
				}
				return all
			}
			for range 100 {
				pool, stride, words := 1+rng.IntN(255), rng.IntN(256), rng.IntN(1<<16)
				step := rng.IntN(256) - 128
				pitch := step + (pool-1)*stride
				cols, slot := multiples(pitch), uint64(step+(pixels-1)*pitch)&0xffff
				for rng.IntN(3) == 0 {
					b.rows = append(b.rows, []uint64{1, rng.Uint64N(1 << 16), rng.Uint64N(256), rng.Uint64N(256), rng.Uint64N(256), free, free, free})
				}
				b.rows = append(b.rows, []uint64{1, uint64(words), uint64(step) & 0xff, uint64(pool), uint64(stride), multiples(words), cols, slot})
				rest := 1 + rng.IntN(3)
				for i := range rest {
					ahead := multiples(words)
					if i == rest-1 {
						ahead = free // the next one's words are there a cycle before its columns
					}
					b.rows = append(b.rows, []uint64{0, rng.Uint64N(1 << 16), rng.Uint64N(256), rng.Uint64N(256), rng.Uint64N(256), ahead, cols, slot})
				}
			}
			b.run(t)
		})
	}
}

func TestStepsAreVisitedKernelRowByKernelRow(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 1))
	b := bench{
		module: "reduction_walk", sources: []string{"reduction_walk.v"}, latency: 1,
		inputs: []port{{"rst_i", 1}, {"idle_i", 1}, {"start_i", 1}, {"advance_i", 1}, {"last_i", 1}, {"next_group_words_i", 16}, {"next_kernel_cols_i", 16},
			{"row_words_i", 16}, {"pixel_words_i", 16}, {"group_words_i", 16}, {"kernel_cols_i", 16}},
		outputs: []port{{"offset_o", 16}, {"ky_o", 16}, {"kx_o", 16}},
		rows:    [][]uint64{{1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, free, free, free}},
	}
	any16 := func() uint64 { return rng.Uint64N(1 << 16) }
	for range 60 {
		rowWords, pixelWords := rng.IntN(1<<16), rng.IntN(1<<16)
		groups, cols := 1+rng.IntN(5), 1+rng.IntN(5)
		at := func(step int) []uint64 {
			cg, kx, ky := step%groups, step/groups%cols, step/groups/cols
			return []uint64{uint64(ky*rowWords+kx*pixelWords+cg) & 0xffff, uint64(ky), uint64(kx)}
		}
		row := func(start, advance, last uint64, outputs []uint64) {
			b.rows = append(b.rows, slices.Concat([]uint64{0, 0, start, advance, last, any16(), any16(),
				uint64(rowWords), uint64(pixelWords), uint64(groups), uint64(cols)}, outputs))
		}
		idle := func(outputs []uint64) { // the kernel is the next one of the last of these cycles
			for rng.IntN(2) == 0 {
				b.rows = append(b.rows, slices.Concat([]uint64{0, 1, 0, 0, rng.Uint64N(2), rng.Uint64N(4), rng.Uint64N(4), any16(), any16(), any16(), any16()}, outputs))
			}
			b.rows = append(b.rows, slices.Concat([]uint64{0, 1, 0, 0, rng.Uint64N(2), uint64(groups), uint64(cols), any16(), any16(), any16(), any16()}, outputs))
		}
		idle([]uint64{free, free, free})
		start, advance, last := uint64(1), uint64(0), rng.Uint64N(2)
		for range 1 + rng.IntN(3) { // passes, each but the first from the last step of the one before
			for step := range 1 + rng.IntN(4*groups*cols) {
				row(start, advance, last, at(step))
				if rng.IntN(8) == 0 { // another instruction goes on
					idle(at(step))
					row(0, 0, rng.Uint64N(2), at(step))
				}
				for rng.IntN(3) == 0 {
					row(0, 0, rng.Uint64N(2), at(step))
				}
				start, advance, last = 0, 1, 0
			}
			last = 1
		}
	}
	b.run(t)
}
