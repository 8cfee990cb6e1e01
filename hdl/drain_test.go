package hdl_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/quant"
)

// drainCase is a shape of the drain.
type drainCase struct {
	cols, units, accW, holdW, blocks   int
	pixels                             int // 0 for 1
	ahead                              int // 1: sums come a cycle after their address
	parPerBeat, beatPerPar             int
	byGroup, tableBytes, hesitate, run int
	stages                             int // of requantise, 0 for 4
}

// parameter is what a column has.
type parameter struct {
	bias  int32
	mult  uint16
	shift uint8
	table bool
}

// drains draws parameters, tables, instructions and sums, and works out the words.
type drains struct {
	drainCase
	rng                                  *rand.Rand
	parameters                           []parameter // by column, of 64 words
	tables                               []byte
	instructions, blockSizes, sums, want strings.Builder
	count, allBlocks                     int
	until                                []int // words of the first instructions
	blocksUntil                          []int
}

func newDrains(c drainCase) *drains {
	c.pixels, c.stages = max(c.pixels, 1), max(c.stages, 4)
	d := &drains{drainCase: c, rng: rand.New(rand.NewPCG(uint64(c.run), 43))}
	for range 64 * c.units {
		d.parameters = append(d.parameters, parameter{d.rng.Int32N(2000) - 1000, uint16(1<<15 + d.rng.Uint32N(1<<15)),
			uint8(16 + d.rng.IntN(c.accW-10)), d.rng.IntN(2) == 0})
	}
	for range c.tableBytes {
		d.tables = append(d.tables, byte(d.rng.Uint32()))
	}
	for range 8 {
		d.instruction()
	}
	return d
}

// block draws the sums of a block of some slots; [slot and pixel][column].
func (d *drains) block(size int) [][]int32 {
	fmt.Fprintf(&d.blockSizes, "%x\n", size)
	d.allBlocks++
	sums := make([][]int32, d.pixels<<d.holdW)
	for i := range sums {
		sums[i] = make([]int32, d.cols)
	}
	for slot := range 1 << d.holdW {
		var text strings.Builder
		for p := d.pixels - 1; p >= 0; p-- {
			i := slot*d.pixels + p
			for c := d.cols - 1; c >= 0; c-- {
				sums[i][c] = d.rng.Int32N(1<<(d.accW-2)) - 1<<(d.accW-3)
				fmt.Fprintf(&text, "%0*x", d.accW/4, uint32(sums[i][c])&(1<<d.accW-1))
			}
		}
		fmt.Fprintf(&d.sums, "%s\n", text.String())
	}
	return sums[:size*d.pixels]
}

// parStep is the parameter words of a column group.
func (d *drains) parStep() int { return d.cols / d.units }

// instruction draws one and its blocks.
func (d *drains) instruction() {
	wide, relu, table := d.rng.IntN(4) == 0, d.rng.IntN(2) == 0, d.rng.IntN(2) == 0
	pool := 1 + d.rng.IntN(3)
	if wide { // as the instruction set has it
		pool, table = 1, false
	}
	index, groups := d.rng.IntN(8), 1
	parWord := 4 * d.rng.IntN(8)
	out, pixelWords, windows := d.rng.IntN(1<<10), 4*d.rng.IntN(20), 1+d.rng.IntN(5)
	rows, cols := 1, windows
	if d.pixels > 1 {
		rows, cols = 1+d.rng.IntN(2), 1+d.rng.IntN(2*d.pixels+1)
		windows = rows * cols
	}
	slotted := (cols + d.pixels - 1) / d.pixels // of a row, at a place of the windows
	positions := rows * slotted * pool * pool   // or slots
	var sums [][]int32                          // by position, or position and group
	blocks := 0
	if d.byGroup != 0 {
		groups = 1 + d.rng.IntN(1<<d.holdW)
		for range positions {
			sums = append(sums, d.block(groups)...)
			blocks++
		}
	} else {
		for left := positions; left > 0; {
			size := min(left, 1+d.rng.IntN(1<<d.holdW))
			sums = append(sums, d.block(size)...)
			left -= size
			blocks++
		}
	}
	words := 0
	for w := range windows {
		for g := range groups {
			for plane := range map[bool]int{false: 1, true: 4}[wide] {
				d.word(out+w*pixelWords+words%max(1, groups*map[bool]int{false: 1, true: 4}[wide]), func(c int) byte {
					first := (w/cols*slotted+w%cols/d.pixels)*pool*pool*groups*d.pixels + w%cols%d.pixels + g
					return d.value(sums[first:], groups*d.pixels, pool*pool, c, d.parameters[(parWord+g*d.parStep())*d.units+c], relu, wide, table, index, plane)
				})
				words++
			}
		}
	}
	parBeat := parWord << d.beatPerPar >> d.parPerBeat
	flag := func(b bool) int { return int(bit(b)) }
	fmt.Fprintf(&d.instructions, "%08x%08x%08x\n", uint32(cols<<14|blocks>>2),
		uint32(blocks&3<<30|pixelWords<<14|out>>2), uint32(out&3<<30|parBeat<<14|index<<11|flag(table)<<10|pool<<2|flag(wide)<<1|flag(relu)))
	d.count++
	d.until = append(d.until, strings.Count(d.want.String(), "\n"))
	d.blocksUntil = append(d.blocksUntil, d.allBlocks)
}

// value is a byte of a word: the greatest of the window's, which stand so far apart, or a
// plane of a wide sum.
func (d *drains) value(sums [][]int32, apart, size, c int, p parameter, relu, wide, table bool, index, plane int) byte {
	greatest := int8(-128)
	for i := range size {
		sum := sums[i*apart][c] + p.bias
		if wide {
			return byte(sum >> (8 * plane))
		}
		v := quant.Requantiser{Mult: p.mult, Shift: p.shift, ReLU: relu}.Apply(sum)
		if table && p.table && d.tableBytes > 0 {
			v = int8(d.tables[(index<<8|int(uint8(v)))%d.tableBytes])
		}
		greatest = max(greatest, v)
	}
	return byte(greatest)
}

// word expects one in the output buffer.
func (d *drains) word(address int, value func(c int) byte) {
	fmt.Fprintf(&d.want, "word %03x ", address&(1<<10-1))
	for c := d.cols - 1; c >= 0; c-- {
		fmt.Fprintf(&d.want, "%02x", value(c))
	}
	d.want.WriteByte('\n')
}

func (d *drains) environment() environment {
	var parameters, tables strings.Builder
	for w := range 64 {
		for u := d.units - 1; u >= 0; u-- {
			p := d.parameters[w*d.units+u]
			fmt.Fprintf(&parameters, "%02x%02x%04x%08x", bit(p.table), p.shift, p.mult, uint32(p.bias))
		}
		parameters.WriteByte('\n')
	}
	for i := 0; i < len(d.tables); i += 8 {
		for b := 7; b >= 0; b-- {
			fmt.Fprintf(&tables, "%02x", d.tables[i+b])
		}
		tables.WriteByte('\n')
	}
	return environment{
		module: "drain", sources: []string{"requantise.v", "multiplier.v", "pipeline_stages.v", "delay_line.v", "function_table.v", "buffer.v", "ram_sdp.v"},
		parameters: map[string]int{"Cols": d.cols, "Units": d.units, "AccW": d.accW, "Stages": d.stages, "HoldW": d.holdW, "Pixels": d.pixels, "Blocks": d.blocks, "Ahead": d.ahead,
			"ParPerBeat": d.parPerBeat, "BeatPerPar": d.beatPerPar, "ByGroup": d.byGroup, "ParStep": d.parStep(),
			"TableBytes": d.tableBytes, "Count": d.count, "AllBlocks": d.allBlocks, "Hesitate": d.hesitate, "Seed": d.run},
		files: map[string]string{"instructions.hex": d.instructions.String(), "blocks.hex": d.blockSizes.String(),
			"sums.hex": d.sums.String(), "parameters.hex": parameters.String(), "tables.hex": tables.String()},
	}
}

// check reads the events.
func (d *drains) check(events []string) error {
	want := strings.Split(strings.TrimSpace(d.want.String()), "\n")
	taken, emitted, drained, words := 0, 0, 0, 0
	for _, e := range events {
		switch kind, _, _ := strings.Cut(e, " "); kind {
		case "take":
			taken++
		case "drained":
			if drained++; taken == 0 || drained > d.blocksUntil[taken-1] {
				return fmt.Errorf("block %d is drained for instruction %d", drained-1, taken-1)
			}
		case "word":
			if words == len(want) || e != want[words] {
				return fmt.Errorf("word %d is %s, want %s", words, e, want[min(words, len(want)-1)])
			}
			words++
		case "emitted":
			if words != d.until[emitted] || drained != d.blocksUntil[emitted] {
				return fmt.Errorf("instruction %d is emitted after %d words and %d blocks", emitted, words, drained)
			}
			emitted++
		default:
			return fmt.Errorf("%s", e)
		}
	}
	if emitted != d.count {
		return fmt.Errorf("%d of %d instructions are emitted", emitted, d.count)
	}
	return nil
}

var drainCases = []drainCase{
	{cols: 8, units: 2, accW: 24, holdW: 2, blocks: 2, beatPerPar: 1, hesitate: 50},
	{cols: 8, units: 8, accW: 20, holdW: 1, blocks: 2, beatPerPar: 3, tableBytes: 512, hesitate: 0},
	{cols: 4, units: 1, accW: 32, holdW: 3, blocks: 1, tableBytes: 256, hesitate: 80},
	{cols: 4, units: 1, accW: 24, holdW: 2, blocks: 2, parPerBeat: 2, hesitate: 20},
	{cols: 8, units: 2, accW: 24, holdW: 2, blocks: 2, beatPerPar: 1, byGroup: 1, tableBytes: 256, hesitate: 30},
	{cols: 4, units: 4, accW: 24, holdW: 1, blocks: 1, beatPerPar: 2, byGroup: 1, hesitate: 0},
	{cols: 8, units: 2, accW: 24, holdW: 2, blocks: 2, pixels: 2, beatPerPar: 1, hesitate: 30},
	{cols: 4, units: 4, accW: 24, holdW: 1, blocks: 1, pixels: 4, beatPerPar: 2, tableBytes: 256, hesitate: 0},
	{cols: 4, units: 1, accW: 16, holdW: 2, blocks: 1, parPerBeat: 2, tableBytes: 256, hesitate: 0, stages: 10},
	{cols: 8, units: 2, accW: 24, holdW: 2, blocks: 2, beatPerPar: 1, byGroup: 1, hesitate: 30, stages: 10},
	{cols: 4, units: 2, accW: 20, holdW: 2, blocks: 1, ahead: 1, parPerBeat: 1, hesitate: 20},
	{cols: 4, units: 1, accW: 20, holdW: 2, blocks: 1, ahead: 1, pixels: 2, parPerBeat: 2, hesitate: 0, stages: 10},
}

func TestTheDrainEmitsTheWordsOfEveryWindow(t *testing.T) {
	for i, c := range drainCases {
		c.run = i
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			d := newDrains(c)
			require.NoError(t, d.check(d.environment().events(t)))
		})
	}
}

func TestTheBenchOfTheDrainNoticesMistakes(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		in             int // drainCases
	}{
		{"a window of minima", "(fresh > old)) ? fresh", "(fresh < old)) ? fresh", 0},
		{"a window that is not begun anew", "wide_q || window_start", "wide_q", 0},
		{"parameters of the group before", "{{(32 - GroupW) {1'b0}}, group_q}", "32'd0", 0},
		{"halves that do not take turns", "half_q <= !half_q && (Blocks == 2)", "half_q <= 1'b0", 0},
		{"an instruction that ends early", "valid_q == {ByteLatency{1'b0}}", "1'b1", 0},
		{"an instruction that reads on", "!final_drained && !ending_q", "!final_drained", 0},
		{"a relu that is lost", "acc_relu_q  <= relu_q", "acc_relu_q  <= 1'b0", 0},
		{"a plane that stays", "plane_q <= plane_next", "plane_q <= 2'd0", 0},
		{"a table that all columns go through", "par_i[64*u+56] && table_q", "table_q", 1},
		{"a table that comes early", ".Stages(ByteLatency - 2)", ".Stages(ByteLatency - 3)", 2},
		{"a pixel's step that is lost", "pixel_q <= pixel_q + out_pixel_words_q", "pixel_q <= pixel_q", 3},
		{"parameters of the first column group", "par_step_q + ParWords", "16'd0", 4},
		{"a slot that is always full", "cols_left_q == ", "17'h10000 == ", 6},
		{"a row that goes on", "row_end ? out_cols_q : cols_next", "cols_next", 6},
		{"a pixel that stays", "{pixel, group_q}", "{1'b0, group_q}", 6},
		{"a window of all pixels", "windows[{byte_entry, byte_group}] <= greatest", "windows[0] <= greatest", 7},
		{"a slot that is known too late", "else if (plane_last && pixel_last)", "else if (slot_end)", 10},
		{"a slot of one pixel", "else if (plane_last && pixel_last)", "else if (plane_last)", 11},
		{"a block of a slot more", "+ Two == block", "+ One == block", 0},
		{"a block of the size of the one before", "(block_after == One)", "(block == One)", 3},
		{"fields of the instruction before", "else take_q <= take_i;", "else take_q <= 1'b0;", 0},
		{"a window of one column group", "windows[{byte_entry, byte_group}] <= greatest", "windows[0] <= greatest", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			shape := drainCases[c.in]
			shape.run = c.in
			d := newDrains(shape)
			require.Error(t, d.check(d.environment().events(t, c.from, c.to)))
		})
	}
}
