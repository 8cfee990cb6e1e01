package prove

import (
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lowres/rtlgen"
	"lowres/sim/arch"
)

// goals lists everything that is proved of a design, data path first.
func goals(d *arch.Design, sources []rtlgen.File) ([]goal, error) {
	w, err := coreWidths(d, sources)
	if err != nil {
		return nil, err
	}
	var all []goal
	sequencer := sequencerGoal(d, w)
	if d.Tables != nil {
		all, sequencer = tableGoals(d, w), tableSequencerGoal(d, w)
	} else {
		for i := range d.Sets {
			all = append(all, decodeGoal(d, i, w))
		}
		all = append(all, dotProductGoals(d, w)...)
		all = append(all, targetGoals(d, w)...)
	}
	all = append(all, requantiseGoal(d, w), multiplierGoal(d, w), accumulatorGoal(d, w))
	all = append(all, frontGoals(d)...)
	return append(all, loadGoal(d, w), storeGoal(d), sequencer, drainGoal(d, w), registersGoal(),
		queueGoal(d), countersGoal(d), positionsGoal(d), reductionGoal(), masterGoal(d, sources)), nil
}

// widths are the constants that the emitted core builds its modules with. They
// are read from its text, so that what is proved is what is built.
type widths map[string]int

// constant is a localparam of the core that is a plain number.
var constant = regexp.MustCompile(`(?m)^\s*localparam\s+(\w+)\s*=\s*(\d+)\s*;`)

func coreWidths(d *arch.Design, sources []rtlgen.File) (widths, error) {
	name, w := rtlgen.CoreModule(d)+".v", widths{}
	for _, f := range sources {
		if f.Name != name {
			continue
		}
		for _, m := range constant.FindAllStringSubmatch(string(f.Text), -1) {
			w[m[1]], _ = strconv.Atoi(m[2])
		}
	}
	for _, need := range []string{"Lanes", "Cols", "HoldW", "Digits", "AccW", "Units", "Tiles", "Blocks", "CellW", "SumW", "LoadAddrW"} {
		if w[need] == 0 {
			return nil, fmt.Errorf("%s: localparam %s: want a number above 0; generate the design again", name, need)
		}
	}
	return w, nil
}

func decodeGoal(d *arch.Design, set int, w widths) goal {
	l := d.Sets[set]
	o := l.Layout(d.Weights.Packing)
	f := o.Fields[0]
	module := d.Name + "_decode_" + d.SetName(set)
	var levels []int
	if set >= len(d.Levels) {
		levels = l.Values()
	}
	return goal{
		module: module, levels: levels, property: fmt.Sprintf("weights of a word = arithmetic on its fields, all 2^%d words", o.WordBits),
		top: "decode_proof", sources: []string{module + ".v"}, rename: "decode",
		parameters: []parameter{{"N", l.N()}, {"K", o.Codes}, {"Digits", w["Digits"]}, {"CellW", w["CellW"]}, {"WordW", o.WordBits},
			{"FieldW", f.Bits}, {"M", f.Symbols}, {"Radix", o.Radix}, {"Pairs", flag(o.Pairs)}, {"Escaped", flag(o.Escaped)}},
	}
}

// flag is 1 for true.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func requantiseGoal(d *arch.Design, w widths) goal {
	stages := d.Array.RequantiserStages
	return goal{
		module: "requantise", property: "byte = shifted, rounded, clamped product, or byte of the sum",
		top: "requantise_proof", sources: []string{"requantise.v", "pipeline_stages.v"},
		parameters: []parameter{{"AccW", w["AccW"]}, {"Stages", stages}}, latency: stages, plainTimes: true, cutProduct: w["AccW"],
	}
}

// multiplierGoal proves the rows that requantiseGoal takes for a product.
func multiplierGoal(d *arch.Design, w widths) goal {
	stages := 2 + 2*flag(d.Array.RequantiserStages == arch.ManyStages)
	return goal{
		module: "multiplier", property: "rows of radix-4 digits add up to the product",
		top: "multiplier_proof", sources: []string{"multiplier.v", "pipeline_stages.v"},
		parameters: []parameter{{"SumW", w["AccW"]}, {"Stages", stages}}, latency: stages, peeks: peeks("peek_row", "row"), merge: true,
	}
}

// accumulatorGoal needs two cycles more where sums come in halves: the state of the upper half's
// control is then what came before.
func accumulatorGoal(d *arch.Design, w widths) goal {
	if d.SumsReadAhead() {
		return accumulatorAheadGoal(w)
	}
	return goal{
		module: "accumulator", property: "next state: first writes, then adds, others unchanged",
		top: "accumulator_proof", sources: []string{"accumulator.v", "pipeline_stages.v"}, helpers: []string{skewedHelper},
		parameters: append([]parameter{{"AddrW", w["HoldW"] + 1}, {"SumW", w["SumW"]}, {"AccW", w["AccW"]}}, skewed(d)...),
		latency:    1 + 2*flag(d.Array.SkewedSums),
	}
}

// accumulatorAheadGoal peeks at every sum.
func accumulatorAheadGoal(w widths) goal {
	return goal{
		module: "accumulator_ahead", property: "next state: first writes, then adds to the sum of the address before, others unchanged",
		top: "accumulator_ahead_proof", sources: []string{"accumulator_ahead.v"},
		parameters: []parameter{{"AddrW", w["HoldW"]}, {"SumW", w["SumW"]}, {"AccW", w["AccW"]}}, latency: 2,
		memory: "dut.sums", peeks: entries(1<<w["HoldW"], w["AccW"]),
	}
}

// frontGoals has the two sizes of instructions: load and store, and compute.
func frontGoals(*arch.Design) (all []goal) {
	for _, words := range []int{4, 12} {
		all = append(all, goal{
			module: "instruction_front", property: "tokens, phases, counts",
			top: "instruction_front_proof", sources: []string{"instruction_front.v"}, freeRAM: true,
			parameters: []parameter{{"Words", words}}, method: induction, reach: words + 6,
			peeks: peeks("peek_left_a", "left_a_q", "peek_left_b", "left_b_q", "peek_going", "going_q",
				"peek_behind", "behind_q", "peek_last", "last_q", "peek_any", "any_q", "peek_more", "more_q", "peek_step", "step_q", "peek_reading", "reading_q", "peek_full", "full_q",
				"peek_word", "program_memory.rdata_o", "peek_asked", "program_memory.asked_q", "peek_kept", "program_memory.kept_q"),
		})
	}
	return all
}

// queueGoal peeks at every entry of the queue. The bits of an entry go the same way, so
// one is enough. In a queue of more than 4 the search for a run that fills it takes minutes.
func queueGoal(d *arch.Design) goal {
	const width = 1
	reach := 2*d.Memory.Outstanding + 4
	if d.Memory.Outstanding > 4 {
		reach = 0
	}
	g := goal{
		module: "burst_queue", property: "never over- or underflows; oldest first",
		top: "burst_queue_proof", sources: []string{"burst_queue.v"},
		parameters: []parameter{{"Width", width}, {"Depth", d.Memory.Outstanding}}, method: induction, reach: reach,
		peeks: peeks("peek_put", "put_q", "peek_get", "get_q", "peek_level", "level_q"), memory: "dut.entry",
	}
	g.peeks = append(g.peeks, queueEntries(d, width)...)
	return g
}

// queueEntries peeks at every entry of a queue of bursts.
func queueEntries(d *arch.Design, width int) []peek {
	return entries(1<<max(log2(d.Memory.Outstanding), 1), width)
}

// entries peeks at every word of a goal's memory.
func entries(count, width int) (all []peek) {
	for i := range count {
		all = append(all, peek{fmt.Sprintf("peek_entries[%d:%d]", width*i+width-1, width*i), fmt.Sprintf("entry_%d", i)})
	}
	return all
}

// walkPeeks are what the engines' proofs look at in a burst_walk and an instruction_front.
func walkPeeks() []peek {
	return peeks("peek_rest", "bursts.rest_q", "peek_low[15:0]", "bursts.low_q", "peek_low[16]", "bursts.carry_q", "peek_high", "bursts.high_q",
		"peek_wraps", "bursts.wraps_q", "peek_step", "front.step_q", "peek_reading", "front.reading_q", "peek_full", "front.full_q", "peek_instr", "front.instr_o",
		"peek_word", "last_word", "peek_idle", "idle", "peek_bad", "bad_q")
}

func positionsGoal(d *arch.Design) goal {
	return goal{
		module: "position_walk", property: "address, row and column of every position",
		top: "position_walk_proof", sources: []string{"position_walk.v"}, method: induction, reach: 9,
		parameters: []parameter{{"Pixels", d.Array.Pixels}},
		peeks: peeks("peek_dx_left", "dx_left_q", "peek_dy_left", "dy_left_q", "peek_px_left", "px_left_q", "peek_py_behind", "py_behind_q",
			"peek_ends[3]", "dx_end_q", "peek_ends[2]", "dy_end_q", "peek_ends[1]", "px_end_q", "peek_ends[0]", "py_end_q",
			"peek_near[3]", "dx_near_q", "peek_near[2]", "dy_near_q", "peek_near[1]", "px_near_q", "peek_near[0]", "py_near_q",
			"peek_ones[1]", "pool_one_q", "peek_ones[0]", "row_one_q", "peek_goes", "goes_q", "peek_within", "within_q",
			"peek_early[3]", "rows_two_early_q", "peek_early[2]", "pool_one_early_q", "peek_early[1]", "row_one_early_q", "peek_early[0]", "rows_one_early_q",
			"peek_last_near", "near_q", "peek_py_two", "py_two_q",
			"peek_window_last", "window_last_q", "peek_row_end", "row_end_q", "peek_from", "from_q", "peek_step", "step_q", "peek_row_step", "row_step_q",
			"peek_addr_dy", "addr_dy_q", "peek_addr_px", "addr_px_q", "peek_addr_py", "addr_py_q",
			"peek_row_py", "row_py_q", "peek_col_px", "col_px_q"),
	}
}

func reductionGoal() goal {
	return goal{
		module: "reduction_walk", property: "offset of every step",
		top: "reduction_walk_proof", sources: []string{"reduction_walk.v"}, method: induction, reach: 8,
		peeks: peeks("peek_cg", "cg_q", "peek_pixel", "pixel_q", "peek_row", "row_q", "peek_ends[2]", "row_end_q", "peek_ends[1]", "cg_end_q", "peek_ends[0]", "kx_last_q",
			"peek_near[1]", "cg_near_q", "peek_near[0]", "kx_near_q", "peek_few[3]", "cg_one_q", "peek_few[2]", "cg_two_q", "peek_few[1]", "kx_one_q", "peek_few[0]", "kx_two_q",
			"peek_cg_third", "cg_third_q", "peek_kx_third", "kx_third_q"),
	}
}

func countersGoal(d *arch.Design) goal {
	return goal{
		module: "event_counters", property: "counts each event, next state",
		top: "event_counters_proof", sources: []string{"event_counters.v"},
		parameters: []parameter{{"Events", d.CounterCount()}}, latency: 1,
	}
}

func loadGoal(d *arch.Design, w widths) goal {
	return goal{
		module: "load_engine", property: "AXI read requests, bursts in flight, beats",
		top: "load_engine_proof", sources: []string{"load_engine.v", "burst_walk.v", "burst_queue.v", "instruction_front.v"}, freeRAM: true,
		parameters: []parameter{{"MemW", d.Memory.WidthBits}, {"Burst", d.Memory.BurstBeats}, {"Outstanding", d.Memory.Outstanding}, {"BufAddrW", w["LoadAddrW"]}},
		method:     induction, reach: 13,
		memory: "dut.flying.entry",
		peeks: slices.Concat(peeks("peek_fly", "flying.level_q", "peek_put", "flying.put_q", "peek_get", "flying.get_q", "peek_last", "head_last",
			"peek_asks", "asks_q", "peek_skip", "skip_q", "peek_skipped", "skipped_q"), walkPeeks(), queueEntries(d, w["LoadAddrW"]+4)),
	}
}

func storeGoal(d *arch.Design) goal {
	return goal{
		module: "store_engine", property: "AXI writes, last beat, acknowledgements",
		top: "store_engine_proof", sources: []string{"store_engine.v", "burst_walk.v", "burst_queue.v", "instruction_front.v"}, freeRAM: true,
		parameters: []parameter{{"MemW", d.Memory.WidthBits}, {"Burst", d.Memory.BurstBeats}, {"Outstanding", d.Memory.Outstanding}, {"BufAddrW", log2(d.Buffers.Output / d.MemoryBytes())}},
		method:     induction, reach: 17,
		memory: "dut.open.entry",
		peeks: slices.Concat(peeks("peek_asks", "asks_q", "peek_len", "len_q", "peek_read", "read_q", "peek_send", "send_q", "peek_reads", "reads_q", "peek_final", "final_q", "peek_valid", "valid_q",
			"peek_open", "open.level_q", "peek_put", "open.put_q", "peek_get", "open.get_q", "peek_last", "head_last", "peek_skip", "skip_q", "peek_skipped", "skipped_q"),
			walkPeeks(), queueEntries(d, 1)),
	}
}

// sequencerGoal needs as many cycles as hold, and those of the tiles' words, to fill both halves: beyond
// a hold of 16 the search for such a run takes minutes, and only the proof itself is made.
func sequencerGoal(d *arch.Design, w widths) goal {
	words := 1
	for i := range d.Sets {
		words = max(words, d.TileWords(i))
	}
	reach := 7 + 2*words + max(d.Array.Hold, words) + 2*words*(2-d.Array.WeightTiles)
	if d.Array.Hold > 16 {
		reach = 0
	}
	g := goal{
		module: "compute_sequencer", property: "fills only empty halves of the accumulators; hands over in order",
		top:     "compute_sequencer_proof",
		sources: []string{"compute_sequencer.v", "position_walk.v", "reduction_walk.v", "delay_line.v"},
		helpers: []string{comingHelper, nextHelper},
		parameters: []parameter{{"Hold", d.Array.Hold}, {"HoldW", w["HoldW"]}, {"SumLatency", d.SumLatency()},
			{"Tiles", w["Tiles"]}, {"Blocks", w["Blocks"]}, {"TileWords", words}},
		method: induction, reach: reach,
		peeks: peeks("peek_busy", "busy_q", "peek_half", "half_q", "peek_does[4]", "preload_q", "peek_does[3]", "step_q",
			"peek_does[2]", "gap_q", "peek_does[1]", "flush_q", "peek_does[0]", "skip_q", "peek_last", "last_q", "peek_emits", "emits_q", "peek_leaves", "leaves_q",
			"peek_step_end", "step_end_q", "peek_near", "near_q", "peek_few[1]", "steps_one_q", "peek_few[0]", "steps_two_q", "peek_third", "third_q",
			"peek_words_end", "words_end_q", "peek_fetched", "fetched_q", "peek_slots_end", "slots_end_q", "peek_issued", "issued_q", "peek_walk", "walk_q", "peek_walk_last", "walk_last",
			"peek_bad[2]", "bad_kernel_q", "peek_bad[1]", "bad_places_q", "peek_bad[0]", "bad_q", "peek_early[1]", "steps_one_early_q", "peek_early[0]", "steps_two_early_q",
			"peek_started", "started_q", "peek_advance", "advance_q", "peek_replay", "replay_q", "peek_block", "block_q", "peek_block_one", "block_one_q", "peek_block_end", "block_end", "peek_untaken", "untaken_q", "peek_owned", "owned_q", "peek_line", "to_accumulators.line_q", "peek_where", "address.line_q", "peek_cycle", "cycle_q"),
	}
	if d.SumsReadAhead() {
		g.parameters = append(g.parameters, parameter{"Ahead", 1})
	}
	if d.Array.Pixels > 1 {
		g.sources = append(g.sources, "pixel_offsets.v")
		g.parameters = append(g.parameters, parameter{"Pixels", d.Array.Pixels})
	}
	return g
}

func drainGoal(d *arch.Design, w widths) goal {
	return goal{
		module: "drain", property: "blocks that wait: 0 to 2, given two halves",
		top: "drain_proof", sources: []string{"drain.v", "requantise.v", "multiplier.v", "pipeline_stages.v", "delay_line.v"},
		parameters: []parameter{{"Cols", w["Cols"]}, {"Units", w["Units"]}, {"AccW", w["AccW"]}, {"Stages", d.Array.RequantiserStages}, {"HoldW", w["HoldW"]}, {"Blocks", w["Blocks"]}, {"Ahead", flag(d.SumsReadAhead())}, {"Pixels", d.Array.Pixels}, {"ByGroup", flag(d.Tables != nil)}},
		method:     induction, reach: 8 + 2*w["Cols"]/w["Units"],
		peeks: peeks("peek_waiting", "waiting_q", "peek_way", "valid_q", "peek_ending", "ending_q", "peek_slot", "slot_q", "peek_slot_end", "slot_end",
			"peek_group", "group_q", "peek_group_end", "group_end_q", "peek_plane_end", "plane_end_q", "peek_take", "take_q", "peek_slot_last", "slot_last_q"),
	}
}

func registersGoal() goal {
	return goal{
		module: "control_registers", property: "AXI4-Lite handshakes, one answer each, start",
		top: "control_registers_proof", sources: []string{"control_registers.v"},
		parameters: []parameter{{"Counters", 17}}, method: induction, reach: 8,
		peeks: peeks("peek_aw_full", "aw_full_q", "peek_w_full", "w_full_q", "peek_ar_full", "ar_full_q",
			"peek_aw_of", "aw_names_q", "peek_ar_of[2]", "ar_known_q", "peek_ar_of[1]", "ar_front_q", "peek_ar_of[0]", "ar_counter_q", "peek_ar_word", "ar_word_q", "peek_w_data", "w_data_q", "peek_w_whole", "w_whole_q"),
	}
}

// dataPath are the files of what no request depends on, and of which a large design has much.
var dataPath = []string{"dot_product.v", "accumulator.v", "requantise.v", "weight_tile.v", "tile_fill.v", "table_column.v", "sum_table.v"}

// masterGoal is about the pins of the whole accelerator: what does not act on them is dropped.
func masterGoal(d *arch.Design, sources []rtlgen.File) goal {
	g := goal{
		module: rtlgen.TopModule(d), property: "AXI at the pins, resets in the middle", rename: "wrapper",
		top: "axi_master_proof", freeRAM: true, method: induction, models: rtlgen.Models(d.Target),
		parameters: []parameter{{"MemW", d.Memory.WidthBits}, {"Burst", d.Memory.BurstBeats}},
		peeks: peeks("peek_ar_valid", "core.load.rd_req_valid_o", "peek_ar_addr", "core.load.rd_req_addr_o", "peek_ar_len", "core.load.rd_req_len_o",
			"peek_aw_valid", "core.store.wr_req_valid_o", "peek_aw_addr", "core.store.wr_req_addr_o", "peek_aw_len", "core.store.wr_req_len_o",
			"peek_w_valid", "core.store.wr_valid_o", "peek_w_last", "core.store.wr_last_o",
			"peek_ar_ready", "core.load.rd_req_ready_i", "peek_aw_ready", "core.store.wr_req_ready_i", "peek_w_ready", "core.store.wr_ready_i",
			"peek_host[4]", "registers.s_axi_awready", "peek_host[3]", "registers.s_axi_wready", "peek_host[2]", "registers.s_axi_arready",
			"peek_host[1]", "registers.s_axi_bvalid", "peek_host[0]", "registers.s_axi_rvalid"),
	}
	for _, f := range sources {
		switch {
		case slices.Contains(dataPath, f.Name):
			g.boxed = append(g.boxed, f.Name)
		case strings.HasSuffix(f.Name, ".v") && f.Name != "ram_sdp.v":
			g.sources = append(g.sources, f.Name)
		}
	}
	return g
}

// log2 is ceil(log2 n) for n ≥ 1.
func log2(n int) int { return bits.Len(uint(n - 1)) }
