package hdl_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sequencerCase is a shape of a sequencer; Sets, tiles and tables are those of sequencer_tb.v.
type sequencerCase struct {
	tables                                    bool
	hold, holdW, latency, fill, tiles, blocks int
	pixels                                    int // 0 for 1
	hesitate, run                             int
}

// compute is a compute instruction, docs/instruction-set.md.
type compute struct {
	first, last, low                     bool
	weight, set, window, steps, act      int
	row, pixel, inRows, inCols           int
	originY, originX, outRows, outCols   int
	kernelCols, moreGroups, stride, pool int
	dx, dy, px, py, groupWords           int
	firstStep                            int // of the reduction, in a chain
	illegal                              bool
}

// hex is its encoding, word 0 lowest.
func (c *compute) hex() string {
	flag := func(b bool) int { return int(bit(b)) }
	words := []int{flag(c.first)<<24 | flag(c.last)<<25, c.weight | c.set<<16 | flag(c.low)<<22 | c.window&0xff<<24,
		c.steps | c.act<<16, c.row | c.pixel<<16, 0, c.inRows << 16, c.inCols | c.originY&0xffff<<16,
		c.originX&0xffff | c.outRows<<16, c.outCols | c.kernelCols<<16 | c.moreGroups<<26,
		c.stride | c.pool<<8 | c.dx<<16, c.dy | c.px<<16, c.py | c.groupWords<<16}
	var text strings.Builder
	for _, w := range slices.Backward(words) {
		fmt.Fprintf(&text, "%08x", uint32(w))
	}
	return text.String()
}

// place is an activation word that is read, or padding.
type place struct {
	addr   int
	inside bool
	low    bool
}

// rowSlots is the slots of a row of windows.
func (c *compute) rowSlots(pixels int) int {
	return (c.outCols + pixels - 1) / pixels * c.pool * c.pool
}

// slots is the slots of the tile.
func (c *compute) slots(pixels int) int { return c.outRows * c.rowSlots(pixels) }

// places is where a step of a slot reads, by pixel: fewer at a row's end.
func (c *compute) places(slot, step, pixels int) (all []place) {
	py, slot := slot/c.rowSlots(pixels), slot%c.rowSlots(pixels)
	first, d := slot/(c.pool*c.pool)*pixels, slot%(c.pool*c.pool)
	for px := first; px < min(first+pixels, c.outCols); px++ {
		all = append(all, c.place(py, px, d/c.pool, d%c.pool, step))
	}
	return all
}

// place is where a step of a position reads.
func (c *compute) place(py, px, dy, dx, step int) place {
	step += c.firstStep
	cg, kx, ky := step%c.groupWords, step/c.groupWords%c.kernelCols, step/c.groupWords/c.kernelCols
	// window_step = (1 - overlap)·stride leads from a window's last row to the next one's first.
	y := c.originY + py*((c.pool-1)*c.stride+c.window) + dy*c.stride + ky
	x := c.originX + px*((c.pool-1)*c.stride+c.window) + dx*c.stride + kx
	at := c.act + py*c.py + px*c.px + dy*c.dy + dx*c.dx + ky*c.row + kx*c.pixel + cg
	return place{at & 0x3ff, y >= 0 && y < c.inRows && x >= 0 && x < c.inCols, c.low}
}

// pass is what goes into the array in one cycle.
type pass struct {
	place []place // of the activations by pixel, with cells
	first bool
	half  int
	slot  int // of the block, or column group
	block int // number of the block, of those that are emitted; else −1
	step  int // number of the step, of all
	start bool
}

// read is a weight word.
type read struct{ addr, index, step int }

// block is one that is drained.
type block struct {
	half, size  int
	final       bool
	instruction int
}

// sequence is what a sequencer must do.
type sequence struct {
	sequencerCase
	instructions []compute
	passes       []pass
	reads        []read
	fills        []place // with tables, one a step; otherwise nothing
	fillSets     []int
	banks        []int // that are filled; an instruction leaves the one after its last
	bank         int
	emitted      []block
	until        []int // passes of the first instructions
	steps        int
	half         int
}

// newSequence draws instructions: whole ones, chains of parts, and some that are illegal.
func newSequence(c sequencerCase) *sequence {
	c.pixels = max(c.pixels, 1)
	s := &sequence{sequencerCase: c}
	rng := rand.New(rand.NewPCG(uint64(c.run), 44))
	for len(s.instructions) < 12 {
		x := compute{
			first: true, last: true, low: rng.IntN(2) == 0, weight: rng.IntN(600), set: rng.IntN(2),
			act: rng.IntN(1 << 16), row: rng.IntN(1 << 16), pixel: rng.IntN(1 << 16),
			inRows: 1 + rng.IntN(5), inCols: 1 + rng.IntN(5), originY: rng.IntN(5) - 2, originX: rng.IntN(5) - 2,
			outRows: 1 + rng.IntN(2), outCols: 1 + rng.IntN(3*c.pixels), kernelCols: 1 + rng.IntN(3), stride: rng.IntN(3), pool: 1 + rng.IntN(2),
			dx: rng.IntN(1 << 16), dy: rng.IntN(1 << 16), px: rng.IntN(1 << 16), py: rng.IntN(1 << 16), groupWords: 1 + rng.IntN(3),
		}
		x.window, x.steps = x.stride*rng.IntN(3), x.kernelCols*x.groupWords*(1+rng.IntN(2))
		if c.tables {
			x.moreGroups = rng.IntN(c.hold)
		}
		parts := 1
		if rng.IntN(3) == 0 { // a single block, in parts
			x.outRows, x.outCols, x.pool = 1, 1, 1
			if !c.tables {
				x.outCols = 1 + rng.IntN(c.hold*c.pixels)
			}
			parts = min(1+rng.IntN(3), x.steps)
		}
		if x.illegal = rng.IntN(8) == 0; x.illegal {
			x.steps, parts = 0, 1
		}
		total := x.steps
		for part := range parts {
			y := x
			y.first, y.last = part == 0, part == parts-1
			y.firstStep = part * total / parts
			y.steps = (part+1)*total/parts - y.firstStep
			y.act, y.weight = rng.IntN(1<<16), rng.IntN(600)
			s.add(y)
		}
	}
	return s
}

// add expects an instruction.
func (s *sequence) add(c compute) {
	at := len(s.instructions)
	s.instructions = append(s.instructions, c)
	if !c.illegal {
		size := s.hold
		if s.tables {
			size = 1
		}
		for from := 0; from < c.slots(s.pixels); from += size {
			s.addBlock(&c, at, from, min(from+size, c.slots(s.pixels)))
		}
		if !s.tables && s.tiles == 2 { // the last step reads the first tile again
			s.readTile(&c, 0, 0, -1)
		}
	}
	if s.tables && !c.illegal {
		s.bank = (s.bank + 1) % s.tiles
	}
	s.until = append(s.until, len(s.passes))
}

// addBlock expects the block of some slots.
func (s *sequence) addBlock(c *compute, at, from, to int) {
	number, size := -1, to-from
	if c.last {
		number = len(s.emitted)
	}
	for step := range c.steps {
		if s.tables {
			s.fills, s.fillSets = append(s.fills, c.places(from, step, 1)...), append(s.fillSets, c.set)
			s.banks, s.bank = append(s.banks, s.bank), (s.bank+1)%s.tiles
			size = c.moreGroups + 1
		}
		for slot := range size {
			p := pass{first: c.first && step == 0, half: s.half, slot: slot, block: number, step: s.steps, start: slot == 0}
			if s.tables {
				s.readTile(c, step, slot, s.steps)
			} else {
				p.place = c.places(from+slot, step, s.pixels)
			}
			s.passes = append(s.passes, p)
		}
		if !s.tables {
			s.readTile(c, step, 0, s.steps)
		}
		s.steps++
	}
	if c.last {
		s.emitted = append(s.emitted, block{s.half, size, to == c.slots(s.pixels), at})
		if s.blocks == 2 {
			s.half ^= 1
		}
	}
}

// readTile expects the words of a tile.
func (s *sequence) readTile(c *compute, step, group, number int) {
	words := []int{2, 3}[c.set]
	if s.tables {
		words = 2
	}
	for i := range words {
		s.reads = append(s.reads, read{(c.weight + (step*(c.moreGroups+1)+group)*words + i) & 0x3ff, i, number})
	}
}

func (s *sequence) environment() environment {
	var text strings.Builder
	for i := range s.instructions {
		fmt.Fprintln(&text, s.instructions[i].hex())
	}
	e := environment{module: "compute_sequencer", sources: []string{"table_sequencer.v"}}
	if s.tables {
		e = environment{module: "table_sequencer", sources: []string{"compute_sequencer.v"}}
	}
	e.bench, e.sources = "sequencer", append(e.sources, "pixel_offsets.v", "position_walk.v", "reduction_walk.v", "delay_line.v")
	e.parameters = map[string]int{"Tables": int(bit(s.tables)), "Hold": s.hold, "HoldW": s.holdW, "Pixels": s.pixels, "SumLatency": s.latency,
		"FillLatency": s.fill, "Tiles": s.tiles, "Blocks": s.blocks, "Count": len(s.instructions), "Hesitate": s.hesitate, "Seed": s.run}
	e.files = map[string]string{"instructions.hex": text.String()}
	return e
}

// cycleNames are the outputs of a line of sequencer_tb.
var cycleNames = strings.Fields(`go bad retire take active stall act_re act_raddr act_take act_zero act_low
	fill fill_bank fill_index fill_next fill_set weight_re weight_raddr tile_valid tile_index bank swap
	acc_valid acc_first acc_addr block_ready block_0 block_1 final drained half emitted`)

// cycles are the outputs of each cycle; −1 is unknown.
type cycles []map[string]int

func readCycles(events []string) (cycles, error) {
	var all cycles
	for _, e := range events {
		f := strings.Fields(e)
		if len(f) != len(cycleNames) {
			return nil, fmt.Errorf("%s", e)
		}
		c := map[string]int{}
		for i, name := range cycleNames {
			v, err := strconv.ParseInt(f[i], 16, 64)
			if err != nil {
				v = -1
			}
			c[name] = int(v)
		}
		all = append(all, c)
	}
	return all, nil
}

// times are the cycles in which an output is high, for a pixel at least.
func (c cycles) times(name string) (at []int) {
	for i := range c {
		if c[i][name] > 0 {
			at = append(at, i)
		}
	}
	return at
}

// want requires an output's value in a cycle.
func (c cycles) want(what string, at int, name string, value int) error {
	if at < 0 || at >= len(c) || c[at][name] != value {
		return fmt.Errorf("%s: %s in cycle %d of %d is not %d", what, name, at, len(c), value)
	}
	return nil
}

// check reads what a sequencer did.
func (s *sequence) check(events []string) error {
	c, err := readCycles(events)
	if err != nil {
		return err
	}
	for _, check := range []func(cycles) error{s.checkPasses, s.checkActivations, s.checkWeights, s.checkBlocks, s.checkRetirements} {
		if err := check(c); err != nil {
			return err
		}
	}
	return nil
}

// checkPasses wants every pass, in order, and its way to the accumulators.
func (s *sequence) checkPasses(c cycles) error {
	issued := c.times("active")
	if len(issued) != len(s.passes) || len(c.times("acc_valid")) != len(s.passes) {
		return fmt.Errorf("%d passes, %d sums: want %d", len(issued), len(c.times("acc_valid")), len(s.passes))
	}
	for i, p := range s.passes {
		at, what := issued[i]+4+s.latency, fmt.Sprintf("pass %d", i)
		for name, v := range map[string]int{"acc_valid": max(1<<len(p.place)-1, 1), "acc_first": int(bit(p.first)), "acc_addr": p.half<<s.holdW | p.slot} {
			if err := c.want(what, at, name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkActivations wants every word that is read, or its padding; that of pixels past a row's
// end too.
func (s *sequence) checkActivations(c cycles) error {
	var places [][]place
	var at []int
	if s.tables {
		at = c.times("act_take")
		for i := range s.fills {
			places = append(places, s.fills[i:i+1])
		}
	} else {
		for i, t := range c.times("active") {
			places, at = append(places, s.passes[i].place), append(at, t+3)
		}
	}
	if len(at) != len(places) {
		return fmt.Errorf("%d words are kept, want %d", len(at), len(places))
	}
	reads := 0
	for i, slot := range places {
		what, inside := fmt.Sprintf("activation word %d", i), 0
		for p := range slot {
			inside |= int(bit(slot[p].inside)) << p
		}
		reads += int(bit(inside != 0))
		checks := []struct {
			name          string
			cycle, expect int
		}{{"act_zero", at[i], inside ^ (1<<s.pixels - 1)}, {"act_low", at[i], int(bit(slot[0].low))}, {"act_re", at[i] - 1, inside}}
		for _, x := range checks {
			if err := c.want(what, x.cycle, x.name, x.expect); err != nil {
				return err
			}
		}
		for p := range slot {
			if got := c[at[i]-1]["act_raddr"] >> (10 * p) & 0x3ff; slot[p].inside && got != slot[p].addr {
				return fmt.Errorf("%s, pixel %d: address %d, want %d", what, p, got, slot[p].addr)
			}
		}
	}
	if n := len(c.times("act_re")); n != reads {
		return fmt.Errorf("activation words are read in %d cycles, want %d", n, reads)
	}
	if s.tables {
		return s.checkFills(c, at)
	}
	return nil
}

// checkFills wants every entry of every fill, its bank full before the step and untouched until it is over.
func (s *sequence) checkFills(c cycles, taken []int) error {
	filled, issued := c.times("fill"), c.times("active")
	next := 0
	var begin, end []int // of fills
	for i, set := range s.fillSets {
		for entry := range []int{4, 7}[set] {
			if next == len(filled) {
				return fmt.Errorf("fill %d ends at entry %d", i, entry)
			}
			at, what := filled[next], fmt.Sprintf("entry %d of fill %d", entry, i)
			if entry == 0 {
				begin = append(begin, at)
				if at != taken[i]+1 {
					return fmt.Errorf("fill %d begins in cycle %d, its word is kept in %d", i, at, taken[i])
				}
			}
			for name, v := range map[string]int{"fill_index": entry, "fill_bank": s.banks[i]} {
				if err := c.want(what, at, name, v); err != nil {
					return err
				}
			}
			for name, v := range map[string]int{"fill_next": entry, "fill_set": set} {
				if err := c.want(what, at-1, name, v); err != nil {
					return err
				}
			}
			next++
		}
		end = append(end, filled[next-1])
	}
	if next != len(filled) {
		return fmt.Errorf("%d entries are filled, want %d", len(filled), next)
	}
	for i, p := range s.passes {
		read := issued[i] + 4 // as an entry's fill: both go on by FillLatency
		if err := c.want(fmt.Sprintf("pass %d", i), read+s.fill, "bank", s.banks[p.step]); err != nil {
			return err
		}
		again := slices.Index(s.banks[p.step+1:], s.banks[p.step])
		if read <= end[p.step] || again >= 0 && read >= begin[p.step+1+again] {
			return fmt.Errorf("pass %d reads its tables in cycle %d, filled until %d", i, read, end[p.step])
		}
	}
	return nil
}

// checkWeights wants every word of every tile, in the tile when its step begins and not before the step
// ahead of it has the tile of its own.
func (s *sequence) checkWeights(c cycles) error {
	reads := c.times("weight_re")
	if len(reads) != len(s.reads) || len(c.times("tile_valid")) != len(reads) {
		return fmt.Errorf("%d weight words, want %d", len(reads), len(s.reads))
	}
	var swaps []int
	if !s.tables {
		swaps = c.times("swap")
		if len(swaps) != s.steps {
			return fmt.Errorf("%d tiles take over, want %d", len(swaps), s.steps)
		}
	}
	issued := c.times("active")
	words := 0 // of tiles until now, with tables
	for i, r := range s.reads {
		at, what := reads[i], fmt.Sprintf("weight word %d", i)
		if err := c.want(what, at, "weight_raddr", r.addr); err != nil {
			return err
		}
		for name, v := range map[string]int{"tile_valid": 1, "tile_index": r.index} {
			if err := c.want(what, at+1, name, v); err != nil {
				return err
			}
		}
		if s.tables {
			if words++; words == 2 { // the tile's last word is there when its sums are added
				if issued[i/2]+1+s.fill != at {
					return fmt.Errorf("%s is read in cycle %d, its pass is in %d", what, at, issued[i/2])
				}
				words = 0
			}
			continue
		}
		if r.step >= 0 && at+1 > swaps[r.step]-2 || r.step > 0 && s.tiles == 2 && at+1 < swaps[r.step-1]-1 {
			return fmt.Errorf("%s of step %d comes in cycle %d, the tile takes over in %d", what, r.step, at+1, swaps[r.step])
		}
	}
	for i, p := range s.passes {
		if !s.tables && p.start && issued[i]+3 != swaps[p.step] {
			return fmt.Errorf("step %d begins in cycle %d, its tile takes over in %d", p.step, issued[i], swaps[p.step])
		}
	}
	return nil
}

// checkBlocks wants every block, and none issued into a half that is not drained.
func (s *sequence) checkBlocks(c cycles) error {
	ready, drained, issued := c.times("block_ready"), c.times("drained"), c.times("active")
	if len(ready) != len(s.emitted) || len(drained) != len(s.emitted) {
		return fmt.Errorf("%d blocks are ready, %d drained: want %d", len(ready), len(drained), len(s.emitted))
	}
	last := map[int]int{}
	for i, p := range s.passes {
		last[p.block] = i
		if before := p.block - s.blocks; p.block >= 0 && before >= 0 && issued[i] <= drained[before] {
			return fmt.Errorf("pass %d of block %d is in cycle %d, block %d is drained in %d", i, p.block, issued[i], before, drained[before])
		}
	}
	for i, b := range s.emitted {
		what := fmt.Sprintf("block %d", i)
		for name, v := range map[string]int{fmt.Sprintf("block_%d", b.half): b.size, "half": b.half} {
			if err := c.want(what, drained[i], name, v); err != nil {
				return err
			}
		}
		if c[drained[i]]["final"]>>b.half&1 != int(bit(b.final)) {
			return fmt.Errorf("%s: final is not %v", what, b.final)
		}
		if ready[i] < issued[last[i]]+4+s.latency {
			return fmt.Errorf("%s is ready in cycle %d, its last sum is there in %d", what, ready[i], issued[last[i]]+4+s.latency)
		}
	}
	return nil
}

// checkRetirements wants instructions to retire in order, the emitting ones with emitted, the drain to take each
// once it has none, and the illegal ones to be named.
func (s *sequence) checkRetirements(c cycles) error {
	gone, retired, taken, emitted := c.times("go"), c.times("retire"), c.times("take"), c.times("emitted")
	if len(gone) != len(s.instructions) || len(retired) != len(gone) {
		return fmt.Errorf("%d instructions go, %d retire: want %d", len(gone), len(retired), len(s.instructions))
	}
	issued := c.times("active")
	emits := 0
	for i, x := range s.instructions {
		if err := c.want(fmt.Sprintf("instruction %d", i), gone[i], "bad", int(bit(x.illegal))); err != nil {
			return err
		}
		if retired[i] <= gone[i] || s.until[i] > 0 && retired[i] <= issued[s.until[i]-1] {
			return fmt.Errorf("instruction %d goes in cycle %d and retires in %d, before its passes", i, gone[i], retired[i])
		}
		if s.tables && !x.illegal && retired[i] < issued[s.until[i]-1]+1+s.fill {
			return fmt.Errorf("instruction %d retires in cycle %d, its last weights are read in %d", i, retired[i], issued[s.until[i]-1]+1+s.fill)
		}
		if !x.last || x.illegal {
			continue
		}
		if emits >= len(taken) || emits >= len(emitted) || retired[i] != emitted[emits] || taken[emits] <= gone[i] ||
			emits > 0 && taken[emits] < emitted[emits-1] {
			return fmt.Errorf("instruction %d goes in cycle %d, retires in %d: taken %v, emitted %v", i, gone[i], retired[i], taken, emitted)
		}
		if i+1 < len(gone) && gone[i+1] < taken[emits] {
			return fmt.Errorf("instruction %d goes in cycle %d, the one before is taken in %d", i+1, gone[i+1], taken[emits])
		}
		emits++
	}
	if len(taken) != emits {
		return fmt.Errorf("%d instructions are taken, want %d", len(taken), emits)
	}
	return nil
}

var sequencerCases = []sequencerCase{
	{hold: 4, holdW: 2, latency: 4, tiles: 2, blocks: 2, hesitate: 50},
	{hold: 3, holdW: 2, latency: 5, tiles: 1, blocks: 1, hesitate: 0},
	{hold: 1, holdW: 1, latency: 2, tiles: 2, blocks: 1, hesitate: 80},
	{hold: 8, holdW: 3, latency: 7, tiles: 1, blocks: 2, hesitate: 20},
	{hold: 4, holdW: 2, latency: 8, tiles: 2, blocks: 2, hesitate: 90},
	{tables: true, hold: 4, holdW: 2, latency: 8, fill: 4, tiles: 2, blocks: 2, hesitate: 50},
	{tables: true, hold: 3, holdW: 2, latency: 6, fill: 3, tiles: 1, blocks: 1, hesitate: 0},
	{tables: true, hold: 2, holdW: 1, latency: 9, fill: 5, tiles: 2, blocks: 1, hesitate: 80},
	{tables: true, hold: 8, holdW: 3, latency: 8, fill: 4, tiles: 1, blocks: 2, hesitate: 20},
	{hold: 3, holdW: 2, latency: 4, tiles: 2, blocks: 2, pixels: 2, hesitate: 40},
	{hold: 4, holdW: 2, latency: 5, tiles: 1, blocks: 1, pixels: 4, hesitate: 0},
}

func TestSequencersIssueEveryPositionWithItsWeights(t *testing.T) {
	for i, c := range sequencerCases {
		c.run = i
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			s := newSequence(c)
			require.NoError(t, s.check(s.environment().events(t)))
		})
	}
}

func TestTheBenchOfSequencersNoticesMistakes(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		in             int // sequencerCases
	}{
		{"a block in a half that is not drained", "(preloaded || gap_q) ? !busy_q[half_q]", "(preloaded || gap_q) ? preloaded || !busy_q[half_q]", 2},
		{"a block behind one that is not drained", "(Blocks == 2) && !busy_q[!half_q]", "1'b1", 2},
		{"positions that are not noted", "replay_q ? noted[slot] :", "replay_q ? noted[0] :", 0},
		{"padding by rows alone", "row_in_map_q && col_in_map_q", "row_in_map_q", 0},
		{"a reduction that starts anew in each part", "!bad_q && next_first", "!bad_q", 4},
		{"a step that ends with its positions", "((Tiles == 1) || words_next)", "1'b1", 2},
		{"weights that are not read again", "else if (rewind) waddr_q", "else if (1'b0) waddr_q", 0},
		{"sums that are not begun", "first && !replay_q", "1'b0", 0},
		{"a final block too early", "final_q[half_q] <= tile_last", "final_q[half_q] <= 1'b1", 0},
		{"an instruction that the drain never takes", "untaken_q <= next_last && !bad_q", "untaken_q <= 1'b0", 0},
		{"a drain that has two instructions", "untaken_q && (!owned_q || emitted_i)", "untaken_q", 4},
		{"an illegal instruction that runs", "skip_q <= go_i && bad_q;", "skip_q <= 1'b0;", 0},
		{"a skipped one that overtakes", "keeps) && (!owned_q || emitted_i)", "keeps)", 0},
		{"a last word that is looked at too late", "(last_word_i[31:16] == 16'd0)", "(next_group_words == 16'd0)", 0},
		{"steps that end a block too early", "third_q <= 16'd3", "third_q <= 16'd4", 0},
		{"a block of two steps that has more", "last_q ? steps_two_q :", "last_q ? 1'b0 :", 2},
		{"slots behind the last one of a tile", "(walk_q && walk_last)", "1'b0", 0},
		{"a tile of the instruction before", "if (idle_i) waddr_q", "if (1'b0) waddr_q", 0},
		{"a tile that takes over late", ".Stages(3)", ".Stages(4)", 1},
		{"the other bank", "!bank_q && (Tiles == 2)),", "bank_q && (Tiles == 2)),", 5},
		{"an entry that is left out", "fill_end   = (cycle_q + 16'd1 >= entries)", "fill_end   = (cycle_q + 16'd2 >= entries)", 6},
		{"tables that are filled while they are read", "filling    = preloading || (stepping && (Tiles == 2) && !filled_q)", "filling = preloading || (stepping && !filled_q)", 8},
		{"weights before their tables are full", ".Stages(1 + FillLatency)", ".Stages(1)", 5},
		{"weights of another position", "else if (block_end) waddr_q", "else if (1'b0) waddr_q", 5},
		{"a position that is not left", "(place_full && last && !walk_last)", "1'b0", 5},
		{"column groups of another number", "{1'b0, last_group} + 1'b1", "{1'b0, last_group}", 7},
		{"pixels past the end of a row", "exist2_q && row_in_map_q", "row_in_map_q", 9},
		{"sums of pixels past the end of a row", "exist & {Pixels{issue}}", "{Pixels{issue}}", 9},
		{"pixels at the columns of the first", "kx + ahead_cols[16*p+:16];", "kx;", 10},
		{"pixels at the words of the first", "offset + ahead_words[16*p+:16]", "offset", 10},
		{"slots of a row one window apart", "= Together * px_words", "= px_words", 9},
		{"a part that retires before its sums are there", "&& (flush_q == LastFlush);", ";", 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			shape := sequencerCases[c.in]
			shape.run = c.in
			s := newSequence(shape)
			require.Error(t, s.check(s.environment().events(t, c.from, c.to)))
		})
	}
}
