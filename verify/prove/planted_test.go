package prove

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/quant"
	"lowres/rtlgen"
	"lowres/sim/arch"
)

// planted is a bug in the text of a module, and a check that it must break.
type planted struct {
	bug           string
	design        string
	word          int       // with this N alone, packed by word; 0 for what the design says
	cell          arch.Cell // "" for what the design says
	skewed        bool      // sums in two halves
	many          bool      // requantisers of many stages
	one           bool      // block of sums
	ahead         bool      // one tile and one block: sums are read ahead
	file, was, is string
	breaks        string // "" where the failure is not a check's
	run           bool   // look for a run from reset too, which takes seconds
}

// plantedBugs has one or more bugs for every proof.
var plantedBugs = []planted{
	{bug: "a level of one byte is wrong", file: "tiny_decode_n3.v", was: "7'd16: digits_rest = 12'b100_001_000_001", is: "7'd16: digits_rest = 12'b100_001_001_001", breaks: "ok_level"},
	{bug: "a reserved byte is a weight", file: "tiny_decode_n3.v", was: "default: digits_rest = 12'b001_", is: "default: digits_rest = 12'b000_", breaks: "ok_reserved"},
	{bug: "minus zero", file: "tiny_decode_n3.v", was: "7'd1: digits_rest = 12'b100_100_100_001", is: "7'd1: digits_rest = 12'b100_100_100_101", breaks: "ok_cell"},
	{bug: "code 0 is looked for in the wrong place", word: 17, file: "tiny_decode_n17.v", was: "value[2] ? value[8+:4] : value[12+:4]", is: "value[2] ? value[12+:4] : value[8+:4]", breaks: "ok_level"},
	{bug: "a pair crosswise", word: 9, file: "tiny_decode_n9.v", was: "level(symbols[4*c+:4])", is: "level({symbols[4*c+:2], symbols[4*c+2+:2]})", breaks: "ok_level"},
	{bug: "a field of a word shifted", word: 5, file: "tiny_decode_n5.v", was: "digits(word_i[7*f+:7])", is: "digits(word_i[7*f+1+:7])", breaks: "ok_level"},

	{bug: "a cell does not double", design: "small", file: "lane_cell.v", was: "{act_q, 1'b0}", is: "{act_q[7], act_q}", breaks: "ok_sum"},
	{bug: "a zero is not one", file: "lane_cell.v", was: "if (zero) value_q", is: "if (zero && negative) value_q", breaks: "ok_sum"},
	{bug: "the highest bit is not inverted", file: "tree_adder.v", was: "right_i[RightW-1] ^ differ", is: "right_i[RightW-1]", breaks: "ok_sum"},
	{bug: "an open sign comes without its carry", file: "tree_adder.v", was: "right_rest, left_negative_i}", is: "right_rest, 1'b0}", breaks: "ok_sum"},
	{bug: "an adder drops its carries", file: "tree_adder.v", was: "left + right;", is: "left ^ right;", breaks: "ok_sum"},
	{bug: "an adder of the last level does not extend its sign", design: "small", file: "tree_adder.v", was: "{(SumW - LeftW) {left_sign}}", is: "{(SumW - LeftW) {left_sign && (LeftW != 12)}}", breaks: "ok_sum"},

	{bug: "a lane has another lane's digit", word: 17, file: "dot_product.v", was: "digits_i[3*(n*Digits+d)+:3]", is: "digits_i[3*(d*Lanes+n)+:3]", breaks: "ok_sum"},
	{bug: "two digits lose their open sign", word: 17, file: "digit_sum.v", was: "assign negative_o = low_negative;", is: "assign negative_o = 1'b0;", breaks: "ok_sum"},

	{bug: "halves round down", file: "requantise.v", was: " + 11'd1;", is: ";", breaks: "ok_byte"},
	{bug: "clamps one too high", file: "requantise.v", was: "rounded_d > 11'sd127", is: "rounded_d > 11'sd128", breaks: "ok_byte"},
	{bug: "relu at two", file: "requantise.v", was: "relu_d ? 11'sd0", is: "relu_d ? 11'sd2", breaks: "ok_byte"},
	{bug: "shifts one too far", file: "requantise.v", was: "shift_i - 6'd1", is: "shift_i", breaks: "ok_byte"},
	{bug: "saturates too late", file: "requantise.v", was: "RoundW = 10;", is: "RoundW = 8;", breaks: "ok_byte"},
	{bug: "planes of an unextended sum", file: "requantise.v", was: "{(32 - AccW + 1) {sum_q[AccW-1]}}", is: "{(32 - AccW + 1) {1'b0}}", breaks: "ok_byte"},
	{bug: "drops the multiplier's highest bit", file: "requantise.v", was: ".mult_i   (mult)", is: ".mult_i   ({1'b0, mult[14:0]})"},
	{bug: "loses the product's highest bit", file: "requantise.v", was: "sign_d   = product[ProdW-1];", is: "sign_d   = product[ProdW-2];", breaks: "ok_byte"},
	{bug: "an overflow beyond 16 places is not seen", file: "requantise.v", was: "fits_q <= !drop4 && !drop2;", is: "fits_q <= !drop2;", breaks: "ok_byte"},
	{bug: "three times is two times", file: "multiplier.v", was: "sum_ext + (sum_ext <<< 1)", is: "sum_ext <<< 1", breaks: "ok_rows"},
	{bug: "a row in the wrong place", file: "multiplier.v", was: "(digit[d-1].sum >>> 2) + own", is: "(digit[d-1].sum >>> 1) + own", breaks: "ok_rows"},
	{bug: "the bytes overlap", file: "multiplier.v", was: "(low_q >>> 8) + high_q", is: "(low_q >>> 7) + high_q", breaks: "ok_product"},
	{bug: "pairs of rows overlap", many: true, file: "multiplier.v", was: "(lower_q >>> 4) + upper_q", is: "(lower_q >>> 3) + upper_q", breaks: "ok_product"},
	{bug: "a byte of the sum comes a cycle late", many: true, file: "requantise.v", was: "ToByte      = Stages - 2 - Further;", is: "ToByte      = Stages - 2;", breaks: "ok_byte"},
	{bug: "relu is that of the next sum", many: true, file: "requantise.v", was: "assign {rounded, above, below, relu} = rounded_q;", is: "assign {rounded, above, below, relu} = {rounded_q[10:1], relu_d};", breaks: "ok_byte"},

	{bug: "first adds too", file: "accumulator.v", was: "{(AccW - 1) {!first_i}}", is: "{(AccW - 1) {1'b1}}", breaks: "ok_entry"},
	{bug: "the sign is not extended", file: "accumulator.v", was: "{(ExtW - SumW + 1) {sum_i[SumW-1]}}", is: "{(ExtW - SumW + 1) {1'b0}}", breaks: "ok_entry"},
	{bug: "an open sign is forgotten", file: "accumulator.v", was: " ^ {ExtW{negative_i}}", is: "", breaks: "ok_entry"},
	{bug: "writes without valid", file: "accumulator.v", was: "if (valid_i) sums", is: "sums", breaks: "ok_entry"},

	{bug: "the carry between the halves is lost", skewed: true, file: "tree_adder.v", was: "{left_high, low_q[Top]}", is: "{left_high, 1'b0}", breaks: "ok_sum"},
	{bug: "a cell's upper bits forget the sum's sign", skewed: true, file: "tree_adder.v", was: "{(LeftW - Top) {!close}}", is: "{(LeftW - Top) {1'b1}}", breaks: "ok_sum"},
	{bug: "a shifted digit's bits come a place off", skewed: true, word: 17, file: "tree_adder.v", was: "right_q  <= ~right_i[Top:RightTop]", is: "right_q  <= ~right_i[Top+1:RightTop+1]", breaks: "ok_sum"},
	{bug: "an old sum is not forgotten", ahead: true, file: "accumulator_ahead.v", was: "if (first_i) old_q", is: "if (1'b0) old_q", breaks: "ok_old"},
	{bug: "a sum goes to the address that is read", ahead: true, file: "accumulator_ahead.v", was: "sums[addr_q] <=", is: "sums[addr_i] <=", breaks: "ok_sums"},
	{bug: "a sum's carry is that of the cycle before", skewed: true, file: "accumulator.v", was: "no_carry_q <= !low[LowW]", is: "no_carry_q <= !no_carry_q", breaks: "ok_entry"},
	{bug: "the upper half is not forgotten", skewed: true, file: "accumulator.v", was: " | {HighW{first_q}}", is: "", breaks: "ok_entry"},
	{bug: "the upper half goes to the address of its own cycle", skewed: true, file: "accumulator.v", was: "highs[addr_q] <=", is: "highs[addr_i] <=", breaks: "ok_entry"},

	{bug: "beats are on offer in reset", file: "tiny_axi.v", was: "valid & {5{!rst}}", is: "valid & {2'b11, 1'b1, {2{!rst}}}", breaks: "ok_reset"},
	{bug: "write data are always taken", file: "tiny_axi.v", was: "= ready & {3{!rst}}", is: "= ready & {3{!rst}} | 3'b010", breaks: "ok_host"},
	{bug: "addresses are taken in reset", file: "tiny_axi.v", was: "= ready & {3{!rst}}", is: "= ready", breaks: "ok_host"},
	{bug: "requests do not wait to be taken", file: "tiny_core.v", was: ".rd_req_ready_i  (rd_req_ready_i),", is: ".rd_req_ready_i  (1'b1),", breaks: "ok_read"},

	{bug: "goes with a token too few", file: "instruction_front.v", was: "!left_b_q[TokenW-1]", is: "(!left_b_q[TokenW-1] || &left_b_q)", breaks: "ok_tokens", run: true},
	{bug: "a token given at go is lost", file: "instruction_front.v", was: "{more_a, give_a_i}", is: "{more_a, give_a_i && !go_o}", breaks: "ok_ledger"},
	{bug: "one instruction too few", file: "instruction_front.v", was: "last_q <= (behind_q == count_i)", is: "last_q <= (behind_q + 16'd1 >= count_i)", breaks: "ok_count"},
	{bug: "a program of no instructions runs", file: "instruction_front.v", was: "any_q <= (count_i != 16'd0)", is: "any_q <= 1'b1", breaks: "ok_count", run: true},
	{bug: "the second run ends where the first did", file: "instruction_front.v", was: "rst_i || finishes", is: "rst_i", breaks: "ok_count"},
	{bug: "idle while it runs", file: "instruction_front.v", was: "idle_q <= !(go_o || (run_q && !done_i));", is: "idle_q <= !(go_o || (run_q && !done_i)) || idle_q;", breaks: "ok_run", run: true},
	{bug: "the last word comes with the whole instruction", file: "instruction_front.v", was: "last_word_o = fetched", is: "last_word_o = instr_q[32*Words-1:32*Words-32]", breaks: "ok_last", run: true},
	{bug: "reads behind an instruction", file: "instruction_front.v", was: "(reading_q && !step_q[Words-1])", is: "(reading_q && !step_q[Words])", breaks: "ok_last"},
	{bug: "fetches while it waits", file: "instruction_front.v", was: "if (step_q[w+1]) instr_q", is: "if (step_q[w+1] || wait_o) instr_q", breaks: "ok_instr"},
	{bug: "a bit of a word depends on another", file: "instruction_front.v", was: "instr_q[32*w+:32] <= fetched;", is: "instr_q[32*w+:32] <= {fetched[31:5], fetched[4] ^ fetched[21], fetched[3:0]};", breaks: "ok_words"},
	{bug: "the one of the complement is left out", file: "instruction_front.v", was: "claim ? ~{2'd0, instr_q[23:12]} : one", is: "{TokenW{claim}} & ~{2'd0, instr_q[23:12]}", breaks: "ok_ledger"},
	{bug: "goes while the engine runs", file: "instruction_front.v", was: "go_o        = full_q && !run_q &&", is: "go_o        = full_q &&", breaks: "ok_phase"},

	{bug: "one burst too many in flight", file: "burst_queue.v", was: "|| (level_q[Depth-1] && push_i && !pop_i)", is: "", breaks: "ok_offer"},
	{bug: "a queue is full until a cycle after a pop", design: "small", file: "burst_queue.v", was: "(level_q[Depth] && !pop_i) ||", is: "level_q[Depth] ||", breaks: "ok_offer"},
	{bug: "a window's second row starts at the tile's edge", file: "position_walk.v", was: "origin_x_i : col_px_q;", is: "origin_x_i : origin_x_i;", breaks: "ok_col"},
	{bug: "windows of a row end one early", file: "position_walk.v", was: "px_left_q <= row_end_q ? out_cols_i :", is: "px_left_q <= row_end_q ? out_cols_i - 16'd1 :", breaks: "ok_left"},
	{bug: "an address loses its carry", file: "position_walk.v", was: "from_q + step_q", is: "{from_q[15:12], from_q[11:0] + step_q[11:0]}", breaks: "ok_addr"},
	{bug: "the next row of windows goes from this window", file: "position_walk.v", was: "from_py = (dx_near_q", is: "from_py = 1'b0 && (dx_near_q", breaks: "ok_steps"},
	{bug: "a tile of one row has two", file: "position_walk.v", was: "py_near_q <= rows_one_early_q", is: "py_near_q <= 1'b0", breaks: "ok_before"},
	{bug: "the kernel's next row starts at this one's", file: "reduction_walk.v", was: "16'd0 : row_next;", is: "16'd0 : row_q;", breaks: "ok_state"},
	{bug: "a kernel row ends without its groups", file: "reduction_walk.v", was: "begins || cg_end_q;", is: "begins || cg_end_q || kx_last_q;", breaks: "ok_kernel"},
	{bug: "the last slot of a row of two is not seen ahead", file: "position_walk.v", was: "(row_two && py_near_q)", is: "1'b0", breaks: "ok_last", run: true},
	{bug: "two rows behind are three", file: "position_walk.v", was: "py_two_q <= (py_behind_q == 16'd3)", is: "py_two_q <= (py_behind_q == 16'd4)", breaks: "ok_left"},
	{bug: "a tile has the rows of the first idle cycle", file: "position_walk.v", was: "if (idle_i) py_behind_q", is: "if (idle_i && !row_end_q) py_behind_q", breaks: "ok_before", run: true},
	{bug: "a row of two kernel columns has one more", file: "reduction_walk.v", was: "kx_begins ? kx_two_q :", is: "kx_begins ? 1'b0 :", breaks: "ok_state", run: true},
	{bug: "a group's last words come one early", file: "reduction_walk.v", was: "group_words_i - 16'd3", is: "group_words_i - 16'd4", breaks: "ok_flags"},
	{bug: "a kernel is the one that was next in a cycle that is not idle", file: "reduction_walk.v", was: "if (idle_i) begin", is: "begin", breaks: "ok_flags", run: true},
	{bug: "an entry goes over the oldest one", file: "burst_queue.v", was: "entry[put_q] <= data_i", is: "entry[get_q] <= data_i", breaks: "ok_entries"},
	{bug: "a counter counts a clear", file: "event_counters.v", was: "else if (clear_i) count_q <= 32'd0", is: "else if (clear_i) count_q <= 32'd1", breaks: "ok_count"},
	{bug: "a counter forgets a carry", file: "event_counters.v", was: "count_q <= count_q + 32'd1", is: "count_q <= {count_q[31:24], count_q[23:0] + 24'd1}", breaks: "ok_count"},
	{bug: "bursts end anywhere", file: "burst_walk.v", was: "(last & LastBeat[LenW-1:0]) - first[LenW-1:0]", is: "last & LastBeat[LenW-1:0]", breaks: "ok_boundary"},
	{bug: "a range ends a burst early", file: "burst_walk.v", was: "Burst[LenW:0] - beat[LenW:0]", is: "Burst[LenW:0] + 1'b1 - beat[LenW:0]", breaks: "ok_beats"},
	{bug: "an address is added up too late", file: "burst_walk.v", was: "high_q           <= high[16:1]", is: "if (!start_i) high_q <= high[16:1]", breaks: "ok_sum"},
	{bug: "the upper half of an address counts a burst late", file: "burst_walk.v", was: "multiple == LastMultiple - 16'd1", is: "multiple == LastMultiple", breaks: "ok_wraps"},
	{bug: "the upper half of a first address never counts", file: "burst_walk.v", was: "wraps_q <= (low_q >> (ByteW + BurstW) == LastMultiple)", is: "wraps_q <= 1'b0", breaks: "ok_wraps", run: true},
	{bug: "asks though the queue is full", file: "load_engine.v", was: "asks && !full_next", is: "asks", breaks: "ok_offer"},
	{bug: "loads of a table that there is not are legal", file: "load_engine.v", was: "(buffer_index == 2'd3) && (Tables == 0)", is: "1'b0", breaks: "ok_bad", run: true},
	{bug: "the address moves before it is taken", file: "load_engine.v", was: ".next_i  (req_fire)", is: ".next_i  (rd_req_valid_o)", breaks: "ok_stable"},
	{bug: "retires a beat early", file: "load_engine.v", was: "last_fire && head_last", is: "beat_fire && head_last", breaks: "ok_retire", run: true},
	{bug: "the base is left out", file: "load_engine.v", was: ".base_i  (base_i)", is: ".base_i  (32'd0)", breaks: "ok_sum", run: true},
	{bug: "a skipped instruction overtakes a load", file: "load_engine.v", was: "skips && empty", is: "skips", breaks: "ok_retire"},

	{bug: "asks though the queue is full", file: "store_engine.v", was: "asks && !full_next", is: "asks", breaks: "ok_offer"},
	{bug: "legal with the beats of the instruction before", file: "store_engine.v", was: "bad_q <= (last_word[BufAddrW:0]", is: "bad_q <= (beats[BufAddrW:0]", breaks: "ok_bad", run: true},
	{bug: "last one beat early", file: "store_engine.v", was: "(send_q == len_q)", is: "(send_q + 1'b1 == len_q)", breaks: "ok_last", run: true},
	{bug: "reads over a beat that waits", file: "store_engine.v", was: "(!valid_q || wr_ready_i)", is: "1'b1", breaks: "ok_beat_stable"},
	{bug: "retires before the last acknowledgement", file: "store_engine.v", was: "resp_fire && head_last", is: "resp_fire", breaks: "ok_retire"},
	{bug: "a burst begins a beat late", file: "store_engine.v", was: ".offset_i(memory_addr)", is: ".offset_i(memory_addr + MemW / 8)", breaks: "ok_sum", run: true},
	{bug: "a skipped instruction overtakes a store", file: "store_engine.v", was: "skips && empty", is: "skips", breaks: "ok_retire"},
	{bug: "a request goes away unless it is taken", file: "store_engine.v", was: "(asks_q && !req_fire)", is: "(asks_q && !wr_req_valid_o)", breaks: "ok_valid"},

	{bug: "does not wait for a full half", file: "compute_sequencer.v", was: "(Blocks == 2) && !busy_q[!half_q]", is: "1'b1", breaks: "ok_free"},
	{bug: "does not wait for its half", file: "compute_sequencer.v", was: "(preloaded || gap_q) ? !busy_q[half_q]", is: "(preloaded || gap_q) ? gap_q || !busy_q[half_q]", breaks: "ok_free"},

	{bug: "a block that keeps its sums becomes ready", file: "compute_sequencer.v", was: "{Pixels{issue}}, emits}", is: "{Pixels{issue}}, block_end}", breaks: "ok_blocks"},
	{bug: "one drained half frees both", file: "compute_sequencer.v", was: "if (drained_i) busy_q[drain_half_i] <= 1'b0;", is: "if (drained_i) busy_q <= 2'b00;", breaks: "ok_blocks"},
	{bug: "does not look for a free half at its start", file: "compute_sequencer.v", was: "(preloaded || gap_q) ? !busy_q[half_q]", is: "(preloaded || gap_q) ? preloaded || !busy_q[half_q]", breaks: "ok_free"},
	{bug: "hands over while the drain is busy", file: "compute_sequencer.v", was: "untaken_q && (!owned_q || emitted_i)", is: "untaken_q", breaks: "ok_take"},
	{bug: "goes on before the hand-over", file: "compute_sequencer.v", was: "last && !untaken_q", is: "last", breaks: "ok_once"},
	{bug: "a map of no columns is legal", file: "compute_sequencer.v", was: " || (next_i[32*8+:16] == 16'd0)", is: "", breaks: "ok_bad"},
	{bug: "4,096 rows are none", file: "compute_sequencer.v", was: "(next_i[32*7+16+:16] == 16'd0)", is: "((next_i[32*7+16+:16] & 16'hefff) == 16'd0)", breaks: "ok_bad"},
	{bug: "257 steps are one", file: "compute_sequencer.v", was: "steps_one_early_q <= (next_steps == 16'd1)", is: "steps_one_early_q <= ((next_steps & 16'hfeff) == 16'd1)", breaks: "ok_bad"},
	{bug: "a block of two steps has one more", file: "compute_sequencer.v", was: "last_q ? steps_two_q :", is: "last_q ? 1'b0 :", breaks: "ok_steps"},
	{bug: "blocks of many steps end one early", file: "compute_sequencer.v", was: "third_q <= 16'd3", is: "third_q <= 16'd4", breaks: "ok_steps", run: true},
	{bug: "slots go on after the tile's last", file: "compute_sequencer.v", was: "slots_end_q || (walk_q && walk_last);", is: "slots_end_q;", breaks: "ok_slots"},
	{bug: "a step goes on after the tile's last slot", file: "compute_sequencer.v", was: "(slots_end_next || (walk_next && walk_last_next))", is: "slots_end_next", breaks: "ok_state"},
	{bug: "a noted block of one slot has two", file: "compute_sequencer.v", was: "(cycle_q == {CycleW{1'b0}}) : block_one_q", is: "1'b0 : block_one_q", breaks: "ok_walks"},
	{bug: "a noted block has a slot more", file: "compute_sequencer.v", was: "is_two_more(slots_past, slots)", is: "(slots_past + 16'd1 == slots)", breaks: "ok_slots"},
	{bug: "a block has the size of its noted places only", file: "compute_sequencer.v", was: "if (half_q) block_1_q <= block;", is: "if (half_q) block_1_q <= block_q;", breaks: "ok_sizes"},
	{bug: "cycles count between preloads and steps", file: "compute_sequencer.v", was: "if (preload_q || step_q) cycle_q <=", is: "if (preload_q || step_q || gap_q) cycle_q <=", breaks: "ok_clear"},
	{bug: "a step ends without its words", design: "small", file: "compute_sequencer.v", was: "is_two_more(cycle[15:0], tile_words)", is: "1'b1", breaks: "ok_cycle"},
	{bug: "an illegal instruction is walked", file: "compute_sequencer.v", was: "(go_i && !bad_q) || walk_next", is: "go_i || walk_next", breaks: "ok_walks", run: true},
	{bug: "illegal as the instruction before", file: "compute_sequencer.v", was: "bad_q        <= bad_kernel_q ||", is: "bad_q        <= bad_q ||", breaks: "ok_bad", run: true},
	{bug: "an address follows a block that is not drained", design: "small", one: true, file: "compute_sequencer.v", was: "{HoldW{issue || (Blocks == 2)}}", is: "{HoldW{1'b1}}", breaks: "ok_where"},
	{bug: "a slot is issued twice", ahead: true, file: "compute_sequencer.v", was: "if (preload_q || step_q) cycle_q <= cycle_q", is: "if (preload_q || (step_q && slots_end_q)) cycle_q <= cycle_q", breaks: "ok_apart"},
	{bug: "kept sums overtake the drain", file: "compute_sequencer.v", was: "keeps) && (!owned_q || emitted_i)", is: "keeps)", breaks: "ok_order"},

	{bug: "a weight of an entry is wrong", cell: arch.CellTableLUT, file: "tiny_table_levels.v", was: "4'd1: n3 = 9'b001_001_000", is: "4'd1: n3 = 9'b001_001_100", breaks: "ok_level"},
	{bug: "an entry beyond the table is a sum", cell: arch.CellTableBlock, file: "tiny_table_levels.v", was: "default: n3 = 12'b001_", is: "default: n3 = 12'b000_", breaks: "ok_beyond"},
	{bug: "both banks are written in one", cell: arch.CellTableLUT, file: "sum_table.v", was: "waddr = {wbank_i, windex_i}", is: "waddr = {1'b0, windex_i}", breaks: "ok_entry"},
	{bug: "the sign is a bit of the index", cell: arch.CellTableLUT, file: "sum_table.v", was: "negative_q <= code_i[IndexW]", is: "negative_q <= code_i[0]", breaks: "ok_negative"},
	{bug: "an address follows a block that is not drained", one: true, cell: arch.CellTableLUT, file: "table_sequencer.v", was: "{half_q, group_q}", is: "{half_q, group_q | {HoldW{!issue}}}", breaks: "ok_where"},
	{bug: "does not wait for a full half", cell: arch.CellTableLUT, file: "table_sequencer.v", was: "((Blocks == 1) || busy_q[!half_q]) ? Gap : Step", is: "Step", breaks: "ok_free"},
	{bug: "goes on before the hand-over", cell: arch.CellTableBlock, file: "table_sequencer.v", was: "(state_q == Flush) && !untaken_q", is: "(state_q == Flush)", breaks: "ok_once"},

	{bug: "no words of a group are legal", cell: arch.CellTableLUT, file: "table_sequencer.v", was: " || (last_word_i[31:16] == 16'd0)", is: "", breaks: "ok_bad", run: true},
	{bug: "a table is full in the first cycle", cell: arch.CellTableLUT, file: "table_sequencer.v", was: "wire preloaded  = preloading && fill_end;", is: "wire preloaded  = preloading && (fill_end || started_q);", breaks: "ok_walks", run: true},

	{bug: "reads on with the fields of the instruction before", file: "drain.v", was: "&& !final_drained && !ending_q", is: "&& !ending_q", breaks: "ok_rest"},
	{bug: "the array adds where the drain read last", one: true, file: "drain.v", was: "if ((Blocks == 1) && (Ahead == 0)) begin", is: "if (Ahead == 2) begin", breaks: "ok_address"},
	{bug: "the next slot's address comes with its first group", ahead: true, file: "drain.v", was: "else if (plane_last && pixel_last)", is: "else if (slot_end)", breaks: "ok_ahead"},
	{bug: "ends a stage early", file: "drain.v", was: "(valid_q == {ByteLatency{1'b0}})", is: "(valid_q[ByteLatency-2:0] == {(ByteLatency - 1) {1'b0}})", breaks: "ok_emitted"},
	{bug: "reads on after the last block", file: "drain.v", was: "(waiting_less != 2'd0)", is: "(waiting_q != 2'd0)", breaks: "ok_drained"},
	{bug: "a block has one slot more", file: "drain.v", was: "{1'b0, slot_q} + Two == block", is: "{1'b0, slot_q} + One == block", breaks: "ok_last", run: true},
	{bug: "a block has the size of the one before", file: "drain.v", was: "slot_last_q <= (block_after == One)", is: "slot_last_q <= (block == One)", breaks: "ok_last"},
	{bug: "fields are taken again", file: "drain.v", was: "else take_q <= take_i;", is: "else take_q <= take_q || take_i;", breaks: "ok_take", run: true},
	{bug: "a drained block still waits", file: "drain.v", was: "waiting_q - {1'b0, drained_o}", is: "waiting_q", breaks: "ok_waiting", run: true},

	{bug: "a write response is not held", file: "control_registers.v", was: "end else if (s_axi_bready) begin", is: "end else begin", breaks: "ok_b_valid"},
	{bug: "a second response runs over the first", file: "control_registers.v", was: "!b_valid_q || s_axi_bready;", is: "1'b1;", breaks: "ok_b_single"},
	{bug: "read data change while they wait", file: "control_registers.v", was: "(!r_valid_q || s_axi_rready);", is: "1'b1;", breaks: "ok_r_stable"},
	{bug: "a write to another page is one to the front page", file: "control_registers.v", was: "aw_front = s_axi_awaddr[11:6] == FrontPage", is: "aw_front = s_axi_awaddr[11:7] == FrontPage[5:1]", breaks: "ok_decode"},
	{bug: "an address takes the place of one that waits", file: "control_registers.v", was: "if (!aw_full_q) aw_names_q", is: "if (1'b1) aw_names_q", breaks: "ok_decode"},
	{bug: "starts while busy", file: "control_registers.v", was: "start_q <= start && !busy;", is: "start_q <= start;", breaks: "ok_start"},
}

func TestEveryPlantedBugIsFound(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, b := range plantedBugs {
		t.Run(b.file+": "+b.bug, func(t *testing.T) {
			d := roomForBugs(t, example(t, b.design), b)
			if b.word > 0 {
				d = packedByWord(t, d, b.word)
			}
			sources, err := rtlgen.Generate(d)
			require.NoError(t, err)
			plant(t, sources, b)
			goals, err := goals(d, sources)
			require.NoError(t, err)
			dir := t.TempDir()
			require.NoError(t, writeSources(dir, sources))
			requireBroken(t, dir, goals, b)
		})
	}
}

// roomForBugs is the design with weights in bytes and two tiles of them and blocks of sums:
// plain weights and single ones leave no room for some of the bugs.
func roomForBugs(t *testing.T, d *arch.Design, b planted) *arch.Design {
	t.Helper()
	s := d.Spec
	if b.many {
		s.Array.RequantiserStages = arch.ManyStages
	}
	if b.skewed {
		s.Target, s.Array.SkewedSums = arch.ICE40, true
	}
	if b.cell != "" {
		s.Array.Cell = b.cell
	}
	s.Array.WeightTiles, s.Array.SumBlocks, s.Weights.Packing = 2, 2, quant.Byte
	if b.one || b.ahead {
		s.Array.SumBlocks = 1
	}
	if b.ahead {
		s.Array.WeightTiles = 1
	}
	d, err := arch.New(s)
	require.NoError(t, err)
	return d
}

// packedByWord is the design with one level set in words.
func packedByWord(t *testing.T, d *arch.Design, n int) *arch.Design {
	t.Helper()
	s := d.Spec
	s.Levels, s.Weights.Packing = []int{n}, quant.Word
	d, err := arch.New(s)
	require.NoError(t, err)
	return d
}

// plant puts a bug into its file.
func plant(t *testing.T, sources []rtlgen.File, b planted) {
	t.Helper()
	for i, f := range sources {
		if f.Name == b.file {
			require.Equal(t, 1, bytes.Count(f.Text, []byte(b.was)), "%s must stand once in %s", b.was, b.file)
			sources[i].Text = bytes.Replace(f.Text, []byte(b.was), []byte(b.is), 1)
			return
		}
	}
	t.Fatalf("no %s in the design", b.file)
}

// requireBroken proves the goals that read the bug's file until one fails as it must.
func requireBroken(t *testing.T, dir string, goals []goal, b planted) {
	t.Helper()
	for _, g := range goals {
		if !slices.Contains(g.sources, b.file) {
			continue
		}
		g.stepOnly = !b.run
		p, err := g.prove(t.Context(), dir, limit)
		require.NoError(t, err)
		if p.Result == Proved {
			continue
		}
		require.Equal(t, Failed, p.Result, p.Explain())
		switch {
		case b.breaks == "":
			require.NotEmpty(t, p.Note)
		case p.Note != "": // a step may break another check first
			require.NotEmpty(t, p.Violated)
			require.NotEmpty(t, p.Trace)
		default:
			require.Contains(t, p.Violated, b.breaks, p.Explain())
			require.NotEmpty(t, p.Trace)
		}
		require.True(t, !b.run || p.Note == "", p.Note)
		return
	}
	t.Fatalf("all proofs of %s hold", b.file)
}
