package hdl_test

import (
	"math/rand/v2"
	"testing"
)

// front is instruction_front cycle by cycle, after its header.
type front struct {
	words       int
	program     [][]uint64 // instructions
	fetching    int        // cycles until the instruction is there
	full, run   bool
	next, count int // instructions that have gone, and all
	left        int // that have not retired
	a, b        uint64
}

// instruction is the one that goes next.
func (f *front) instruction() []uint64 { return f.program[f.next] }

// enough reports whether the tokens that the instruction wants are there.
func (f *front) enough() bool {
	w := f.instruction()[0]
	return f.a >= w&0xfff && f.b >= w>>12&0xfff
}

func (f *front) goes() bool  { return f.full && !f.run && f.enough() }
func (f *front) waits() bool { return f.full && !f.run && !f.enough() }

// start begins a program.
func (f *front) start(count int) {
	f.count, f.left, f.next, f.a, f.b = count, count, 0, 0, 0
	f.fetching = f.words + 1
}

// edge is a clock edge with these inputs.
func (f *front) edge(giveA, giveB uint64, done, retire bool) {
	goes := f.goes()
	if f.fetching > 0 {
		f.fetching--
		f.full = f.fetching == 0
	}
	f.a, f.b = f.a+giveA, f.b+giveB
	if goes {
		w := f.instruction()[0]
		f.a, f.b = f.a-w&0xfff, f.b-w>>12&0xfff
		f.full, f.run = false, true
		if f.next++; f.next < f.count {
			f.fetching = f.words + 1
		}
	} else if done {
		f.run = false
	}
	if retire {
		f.left--
	}
}

func TestAnInstructionGoesWhenItsTokensAreThere(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 1))
	b := bench{
		module: "instruction_front", params: ".Words(2), .AddrW(4)", sources: []string{"instruction_front.v", "ram_sdp.v"}, clocked: true, silent: 1,
		inputs: []port{{"rst_i", 1}, {"prog_we_i", 1}, {"prog_addr_i", 4}, {"prog_data_i", 32}, {"start_i", 1}, {"count_i", 16},
			{"give_a_i", 1}, {"give_b_i", 1}, {"done_i", 1}, {"retire_i", 1}},
		outputs: []port{{"finished_o", 1}, {"instr_o", 64}, {"last_word_o", 32}, {"go_o", 1}, {"run_o", 1}, {"idle_o", 1}, {"wait_o", 1}},
		rows:    [][]uint64{{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, free, free, 0, 0, 1, 0}},
	}
	f := front{words: 2}
	for i := range uint64(6) {
		words := []uint64{rng.Uint64N(3) | rng.Uint64N(3)<<12 | rng.Uint64N(256)<<24, rng.Uint64N(1 << 32)}
		f.program = append(f.program, words)
		for w, word := range words {
			b.rows = append(b.rows, []uint64{0, 1, 2*i + uint64(w), word, 0, 0, 0, 0, 0, 0, 1, free, free, 0, 0, 1, 0})
		}
	}
	for count := range 7 {
		for start := range uint64(2) { // the count stands a cycle before
			b.rows = append(b.rows, []uint64{0, 0, 0, 0, start, uint64(count), 0, 0, 0, 0, 1, free, free, 0, 0, 1, 0})
		}
		f.start(count)
		working := 0 // instructions that have gone and not retired
		for f.left > 0 {
			a, give := bit(rng.IntN(6) == 0), bit(rng.IntN(6) == 0)
			done := f.run && rng.IntN(3) == 0
			retire := working > 0 && rng.IntN(4) == 0 && (f.left > 1 || !f.run || done)
			instr, last := uint64(free), uint64(free)
			if f.full || f.fetching == 1 {
				last = f.instruction()[1]
			}
			if f.goes() {
				instr = f.instruction()[0] | f.instruction()[1]<<32
				working++
			}
			b.rows = append(b.rows, []uint64{0, 0, 0, 0, 0, uint64(count), a, give, bit(done), bit(retire),
				0, instr, last, bit(f.goes()), bit(f.run), bit(!f.run), bit(f.full && !f.run && !f.enough())})
			f.edge(a, give, done, retire)
			if retire {
				working--
			}
		}
		f.run = false
		b.rows = append(b.rows, []uint64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, free, free, 0, 0, 1, 0})
	}
	b.run(t)
}
