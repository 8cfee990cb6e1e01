package prove

import (
	"fmt"
	"math"

	"lowres/sim/arch"
)

// tableGoals is what an array of tables has instead of decoders and columns of dot products:
// the weights of every entry, the dot product that sums it up, the memory that keeps it.
func tableGoals(d *arch.Design, w widths) (all []goal) {
	t := d.Tables
	for i, l := range d.Sets {
		module := d.Name + "_table_levels"
		var levels []int
		if i >= len(d.Levels) {
			levels = l.Values()
		}
		base := 0
		if t.Half {
			base = int(math.Pow(float64(l.N()), float64(t.Group))) - t.Sets[i].Entries()
		}
		all = append(all, goal{
			module: module, levels: levels, property: fmt.Sprintf("weights of an entry of %s = arithmetic on its number", d.SetName(i)),
			top: "table_levels_proof", sources: []string{module + ".v"}, rename: "table_levels",
			parameters: []parameter{{"N", l.N()}, {"Group", t.Group}, {"Base", base}, {"IndexW", t.IndexBits}, {"Digits", w["Digits"]},
				{"CellW", w["CellW"]}, {"Sets", len(d.Sets)}, {"Set", i}},
		})
	}
	fill := widths{"Digits": w["Digits"], "CellW": w["CellW"], "Lanes": t.GroupLanes()}
	fill["SumW"] = w["CellW"] + log2(t.GroupLanes())
	if w["Digits"] > 1 {
		fill["SumW"] += 2*w["Digits"] - 1
	}
	all = append(all, dotProductGoals(d, fill)...)
	return append(all, goal{
		module: "sum_table", property: "next state: an entry is what was written last, others unchanged",
		top: "sum_table_proof", sources: []string{"sum_table.v"},
		parameters: []parameter{{"IndexW", t.IndexBits}, {"Signed", flag(t.Half)}, {"Banks", w["Tiles"]}, {"ValueW", t.ValueBits}, {"Block", flag(t.Block)}},
		latency:    2,
	})
}

// tableSequencerGoal is sequencerGoal of an array of tables, with the shortest fill.
func tableSequencerGoal(d *arch.Design, w widths) goal {
	g := sequencerGoal(d, w)
	g.module, g.top = "table_sequencer", "table_sequencer_proof"
	g.sources = []string{"table_sequencer.v", "position_walk.v", "reduction_walk.v", "delay_line.v"}
	g.parameters = append(g.parameters, parameter{"FillLatency", d.FillLatency()})
	g.reach = 20
	g.peeks = peeks("peek_busy", "busy_q", "peek_state", "state_q", "peek_half", "half_q", "peek_block_end", "block_end",
		"peek_skip", "skip_q", "peek_leaves", "leaves_q", "peek_untaken", "untaken_q", "peek_owned", "owned_q", "peek_line", "to_accumulators.line_q", "peek_where", "address.line_q",
		"peek_bad[2]", "bad_kernel_q", "peek_bad[1]", "bad_places_q", "peek_bad[0]", "bad_q", "peek_started", "started_q", "peek_step_full", "step_full", "peek_cycle", "cycle_q")
	return g
}
