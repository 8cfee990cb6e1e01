package hdl_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// transfer is an instruction of the load or the store engine.
type transfer struct {
	takeA, takeB   uint32
	buffer, set    uint32
	memory         uint32
	address, beats uint32
}

// words are its encoding, docs/instruction-set.md.
func (x transfer) words() []uint32 {
	return []uint32{x.takeA | x.takeB<<12 | x.buffer<<24 | x.set<<26, x.memory, x.address, x.beats}
}

// bursts are the requests of the instruction: cut at multiples of the longest burst.
func (x transfer) bursts(base uint32, beatBytes, burst int) (asks []string) {
	at, left := int(base+x.memory), int(x.beats)
	for left > 0 {
		n := min(left, burst-at/beatBytes%burst)
		asks = append(asks, fmt.Sprintf("ask %08x %d", at, n))
		at, left = at+n*beatBytes, left-n
	}
	return asks
}

// transfers are random instructions, some of no beats.
func transfers(rng *rand.Rand, count, beatBytes int) (program []transfer) {
	for range count {
		program = append(program, transfer{
			takeA: rng.Uint32N(3), takeB: rng.Uint32N(3), buffer: rng.Uint32N(3), set: rng.Uint32N(4),
			memory: rng.Uint32N(1<<12) * uint32(beatBytes), address: rng.Uint32N(3000), beats: uint32(1 + rng.IntN(40)),
		})
		if x := &program[len(program)-1]; rng.IntN(6) == 0 {
			x.beats = 0
		} else if rng.IntN(3) == 0 { // across 64 KB
			x.memory = 1<<16 - rng.Uint32N(x.beats+1)*uint32(beatBytes)
		}
	}
	return program
}

// history is what an engine has done in a run, counted while its events are read.
type history struct {
	gone, retired, tokensA, tokensB  int
	asked, moved, ended, answered    int
	wantAsks, wantMoves              []string
	asksUntil, movesUntil, endsUntil []int // all of the first instructions
	illegal                          []bool
	takes                            [][2]int
}

// check reads the events of two runs of the same program. move is the name of a beat's event, end of
// what ends a burst.
func (h *history) check(events []string, move, end string, outstanding int) error {
	for _, e := range events {
		kind, _, _ := strings.Cut(e, " ")
		switch kind {
		case "start":
			h.gone, h.retired, h.tokensA, h.tokensB, h.asked, h.moved, h.ended = 0, 0, 0, 0, 0, 0, 0
		case "a":
			h.tokensA++
		case "b":
			h.tokensB++
		case "go":
			if h.gone == len(h.takes) || h.gone > 0 && h.asked < h.asksUntil[h.gone-1] {
				return fmt.Errorf("go %d: %d requests, want %v", h.gone, h.asked, h.asksUntil)
			}
			h.tokensA, h.tokensB = h.tokensA-h.takes[h.gone][0], h.tokensB-h.takes[h.gone][1]
			if h.tokensA < -1 || h.tokensB < -1 { // those of this very cycle count one later
				return fmt.Errorf("go %d without tokens: %d, %d", h.gone, h.tokensA, h.tokensB)
			}
			h.gone++
		case "bad":
			if !h.illegal[h.gone-1] {
				return fmt.Errorf("instruction %d is called illegal", h.gone-1)
			}
		case "ask":
			if h.asked == len(h.wantAsks) || e != h.wantAsks[h.asked] || h.asked >= h.asksUntil[h.gone-1] {
				return fmt.Errorf("request %d is %s", h.asked, e)
			}
			if h.asked++; h.asked-h.ended > outstanding {
				return fmt.Errorf("%d bursts in flight", h.asked-h.ended)
			}
		case move:
			if h.moved == len(h.wantMoves) || e != h.wantMoves[h.moved] {
				return fmt.Errorf("beat %d is %s, want %v", h.moved, e, h.wantMoves[min(h.moved, len(h.wantMoves)-1)])
			}
			h.moved++
		case end:
			h.ended++
		case "retire":
			if h.retired >= h.gone || h.moved < h.movesUntil[h.retired] || h.ended < h.endsUntil[h.retired] {
				return fmt.Errorf("retire %d after %d beats and %d bursts, want %d and %d", h.retired, h.moved, h.ended,
					h.movesUntil[h.retired], h.endsUntil[h.retired])
			}
			h.retired++
		case "finished":
			if h.retired != len(h.takes) || h.asked != len(h.wantAsks) || h.moved != len(h.wantMoves) {
				return fmt.Errorf("finished after %d instructions, %d requests, %d beats", h.retired, h.asked, h.moved)
			}
		default:
			return fmt.Errorf("%s", e)
		}
	}
	if n := strings.Count(strings.Join(events, "\n")+"\n", "finished\n"); n != 2 {
		return fmt.Errorf("%d runs have finished", n)
	}
	return nil
}

// add expects an instruction.
func (h *history) add(x transfer, asks, moves []string, illegal bool) {
	if !illegal {
		h.wantAsks, h.wantMoves = append(h.wantAsks, asks...), append(h.wantMoves, moves...)
	}
	h.asksUntil, h.movesUntil = append(h.asksUntil, len(h.wantAsks)), append(h.movesUntil, len(h.wantMoves))
	h.endsUntil = append(h.endsUntil, len(h.wantAsks))
	h.illegal = append(h.illegal, illegal)
	h.takes = append(h.takes, [2]int{int(x.takeA), int(x.takeB)})
}

// loads are an environment of load_engine, and what must happen in it.
func loads(seed uint64, memW, burst, outstanding, tables, hesitate int) (environment, *history) {
	rng := rand.New(rand.NewPCG(seed, 41))
	program, h := transfers(rng, 20, memW/8), &history{}
	var words []uint32
	for i := range program {
		x := &program[i]
		if rng.IntN(5) == 0 {
			x.buffer = 3 // the tables, if there are any
		}
		words = append(words, x.words()...)
		var moves []string
		for b := range x.beats {
			moves = append(moves, fmt.Sprintf("put %04b %d %03x %08x", 1<<x.buffer, x.set, x.address+b, 0x40000000+x.memory+b*uint32(memW/8)))
		}
		h.add(*x, x.bursts(0x40000000, memW/8, burst), moves, x.beats == 0 || x.buffer == 3 && tables == 0)
	}
	return environment{
		module: "load_engine", sources: []string{"burst_walk.v", "burst_queue.v", "instruction_front.v", "ram_sdp.v"},
		parameters: map[string]int{"MemW": memW, "Burst": burst, "Outstanding": outstanding, "Tables": tables,
			"Count": len(program), "Hesitate": hesitate, "Seed": int(seed)},
		files: map[string]string{"program.hex": hexWords(words)},
	}, h
}

func TestLoadsPutEveryBeatInItsPlace(t *testing.T) {
	for i, c := range []struct{ memW, burst, outstanding, tables, hesitate int }{
		{64, 4, 2, 0, 50}, {64, 16, 4, 1, 0}, {128, 1, 1, 0, 30}, {512, 64, 16, 1, 80}, {64, 256, 3, 0, 20},
	} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			e, h := loads(uint64(i), c.memW, c.burst, c.outstanding, c.tables, c.hesitate)
			require.NoError(t, h.check(e.events(t), "put", "last", c.outstanding))
		})
	}
}

func TestTheBenchOfLoadsNoticesMistakes(t *testing.T) {
	for _, c := range []struct{ name, from, to string }{
		{"one burst too many in flight", "asks && !full_next;", "asks;"},
		{"a request that is withdrawn", "rd_req_valid_o = req_valid_q;", "rd_req_valid_o = req_valid_q && !rd_valid_i;"},
		{"the buffer of the instruction that asks", "(4'b0001 << head_buffer)", "(4'b0001 << buffer_q)"},
		{"an address that does not go on", "req_word_q <= next_word[BufAddrW:1]", "req_word_q <= req_word_q"},
		{"a retirement with every burst", "last_fire && head_last", "last_fire"},
		{"an illegal instruction that runs", "(go_o && !bad_q)", "go_o"},
		{"a skipped one that overtakes", "skips && empty", "skips"},
		{"an error that is lost", "error_o        = beat_fire && rd_error_i", "error_o = last_fire && rd_error_i"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, h := loads(0, 64, 4, 2, 0, 50)
			require.Error(t, h.check(e.events(t, c.from, c.to), "put", "last", 2))
		})
	}
}

// stores are an environment of store_engine, and what must happen in it.
func stores(seed uint64, memW, burst, outstanding, hesitate int) (environment, *history) {
	rng := rand.New(rand.NewPCG(seed, 42))
	program, h := transfers(rng, 20, memW/8), &history{}
	var words []uint32
	for i := range program {
		x := &program[i]
		x.takeB, x.buffer, x.set = 0, 0, 0
		words = append(words, x.words()...)
		var moves []string
		asks := x.bursts(0x40000000, memW/8, burst)
		at := x.address
		for _, ask := range asks {
			var n uint32
			fmt.Sscanf(ask[len("ask 00000000 "):], "%d", &n)
			for b := range n {
				moves = append(moves, fmt.Sprintf("beat %08x %d", at+b, bit(b == n-1)))
			}
			at += n
		}
		h.add(*x, asks, moves, x.beats == 0)
	}
	return environment{
		module: "store_engine", sources: []string{"burst_walk.v", "burst_queue.v", "instruction_front.v", "ram_sdp.v"},
		parameters: map[string]int{"MemW": memW, "Burst": burst, "Outstanding": outstanding, "Count": len(program), "Hesitate": hesitate, "Seed": int(seed)},
		files:      map[string]string{"program.hex": hexWords(words)},
	}, h
}

func TestStoresSendEveryBeatAndRetireWhenItIsAcknowledged(t *testing.T) {
	for i, c := range []struct{ memW, burst, outstanding, hesitate int }{
		{64, 4, 2, 50}, {64, 16, 4, 0}, {128, 1, 1, 30}, {512, 64, 16, 80}, {64, 256, 3, 20},
	} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			e, h := stores(uint64(i), c.memW, c.burst, c.outstanding, c.hesitate)
			require.NoError(t, h.check(e.events(t), "beat", "answer", c.outstanding))
		})
	}
}

func TestTheBenchOfStoresNoticesMistakes(t *testing.T) {
	for _, c := range []struct{ name, from, to string }{
		{"one burst too many in flight", "asks && !full_next;", "asks;"},
		{"a beat that back-pressure loses", "(!valid_q || wr_ready_i)", "1'b1"},
		{"a last beat that is early", "send_q == len_q", "send_q + 1'b1 == len_q"},
		{"a retirement before the acknowledgement", "(resp_fire && head_last) || skipping", "done"},
		{"a buffer address that stands", "raddr_q <= raddr_q + 1'b1", "raddr_q <= raddr_q"},
		{"an illegal instruction that runs", "(go_o && !bad_q)", "go_o"},
		{"an error that is lost", "error_o         = resp_fire && wr_resp_error_i", "error_o = 1'b0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, h := stores(0, 64, 4, 2, 50)
			require.Error(t, h.check(e.events(t, c.from, c.to), "beat", "answer", 2))
		})
	}
}
