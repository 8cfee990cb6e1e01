package prove

import (
	"fmt"
	"slices"

	"lowres/rtlgen"
	"lowres/sim/arch"
)

// array is the part of a design that its goals share: parameters of the dot product
// of some lanes.
type array struct {
	d *arch.Design
	w widths
}

// levels of a column's tree, digits included.
func (a array) levels() int { return log2(a.w["Lanes"]) + log2(a.w["Digits"]) }

// latency of a tree over some of a column's lanes, cycles: a cell, a register behind every
// levels_per_stage levels, and behind the column's last.
func (a array) latency(lanes int) int {
	levels, stage := log2(lanes), a.d.Array.LevelsPerStage
	if levels == a.levels() && levels%stage != 0 {
		return 2 + levels/stage
	}
	return 1 + levels/stage
}

// columnLatency is that of all lanes and digits.
func (a array) columnLatency() int {
	stage := a.d.Array.LevelsPerStage
	return 1 + (a.levels()+stage-1)/stage
}

// laneW is the width of the sum of one digit of so many lanes.
func (a array) laneW(lanes int) int { return a.w["CellW"] + log2(lanes) }

// later is the cycles from a sum's low bits until it is whole.
func (a array) later() int { return flag(a.d.Array.SkewedSums) }

// skewed is the parameter of harnesses that says so, where it is.
func skewed(d *arch.Design) []parameter {
	if !d.Array.SkewedSums {
		return nil
	}
	return []parameter{{"Skewed", 1}}
}

// tree is a goal of the tree over some lanes, with more parameters.
func (a array) tree(property, top string, more ...parameter) goal {
	p := append(more, parameter{"CellW", a.w["CellW"]}, parameter{"StageLevels", a.d.Array.LevelsPerStage},
		parameter{"AllLevels", a.levels()}, parameter{"Zeros", flag(a.d.Zeros())}, parameter{"EarlySign", flag(a.d.Target == arch.ICE40)})
	return a.of(goal{module: "lane_tree", property: property, top: top, parameters: append(p, skewed(a.d)...), merge: true, helpers: []string{unskewedHelper},
		sources: []string{"lane_tree.v", "lane_cell.v", "tree_adder.v", "pipeline_stages.v"}})
}

// of adds the files of the target's cells to a goal.
func (a array) of(g goal) goal {
	g.models = rtlgen.Models(a.d.Target)
	if a.d.Target == arch.Xilinx7 && slices.Contains(g.sources, "lane_tree.v") {
		g.sources = append(g.sources, "ternary_adder.v")
	}
	return g
}

// dotProductGoals take a column apart by digits: the tree of one digit multiplies and adds
// up, digits add up with their weights, and the column is made of these.
func dotProductGoals(d *arch.Design, w widths) []goal {
	a := array{d, w}
	sum := a.of(goal{module: "digit_sum", property: "weighted sum of the digits", top: "digit_sum_proof", helpers: []string{skewedHelper, unskewedHelper}, sources: []string{"digit_sum.v", "tree_adder.v", "pipeline_stages.v"},
		parameters: []parameter{{"Digits", w["Digits"]}, {"InW", a.laneW(w["Lanes"])}, {"SumW", w["SumW"]}, {"Level", log2(w["Lanes"])},
			{"StageLevels", d.Array.LevelsPerStage}, {"Latency", a.columnLatency() - a.latency(w["Lanes"]) + a.later()}}, merge: true})
	sum.latency = a.columnLatency() - a.latency(w["Lanes"]) + a.later()
	sum.parameters = append(sum.parameters, skewed(d)...)
	column := a.of(goal{module: "dot_product", property: "digit_sum of a lane_tree for each digit", top: "dot_product_proof", merge: true,
		sources: []string{"dot_product.v", "lane_tree.v", "digit_sum.v", "lane_cell.v", "tree_adder.v", "pipeline_stages.v"},
		parameters: []parameter{{"Lanes", w["Lanes"]}, {"Digits", w["Digits"]}, {"CellW", w["CellW"]}, {"SumW", w["SumW"]}, {"StageLevels", d.Array.LevelsPerStage},
			{"Zeros", flag(d.Zeros())}, {"EarlySign", flag(d.Target == arch.ICE40)}}, latency: a.columnLatency() + a.later()})
	return append(a.treeGoals(), sum, column)
}

// treeGoals is an induction over the lanes: a lane multiplies, two lanes
// add up, and 2L lanes are the sum of L and L. A tree of three-operand adders has no such
// halves: there every lane is proved alone in the whole tree, and targetGoals
// prove that its nodes add.
func (a array) treeGoals() []goal {
	lane := func(lanes int) goal {
		g := a.tree("one lane = activation × digit − a one missing", "lane_tree_lane_proof",
			parameter{"Lanes", lanes}, parameter{"SumW", a.laneW(lanes)}, parameter{"Latency", a.latency(lanes) + a.later()})
		g.latency = a.latency(lanes) + a.later()
		return g
	}
	pair := a.tree("two lanes = sum of either lane", "lane_tree_pair_proof", parameter{"SumW", a.laneW(2)})
	pair.latency = a.latency(2) + a.later()
	if a.d.Target == arch.Xilinx7 {
		return []goal{lane(a.w["Lanes"]), pair}
	}
	all := []goal{lane(2), pair}
	for lanes := 2; lanes < a.w["Lanes"]; lanes *= 2 {
		g := a.tree(fmt.Sprintf("%d lanes = sum of two halves", 2*lanes), "lane_tree_step_proof", parameter{"Lanes", lanes},
			parameter{"SumW", a.laneW(lanes)}, parameter{"Later", a.latency(2*lanes) - a.latency(lanes)})
		g.latency = a.latency(2*lanes) + a.later()
		all = append(all, g)
	}
	return all
}

// targetGoals prove the cells that a target brings along, at the widths of the design.
func targetGoals(d *arch.Design, w widths) (all []goal) {
	a := array{d, w}
	add := func(module, property string, p ...parameter) {
		all = append(all, a.of(goal{module: module, property: property, top: module + "_proof",
			sources: []string{module + ".v", "pipeline_stages.v"}, parameters: p, latency: 1, merge: true}))
	}
	cell := w["CellW"]
	switch d.Target {
	case arch.Xilinx7:
		for early := range 3 {
			add("lane_cell", "value and sign of the portable cell", parameter{"CellW", cell}, parameter{"Early", early})
		}
		for lanes := 1; lanes < w["Lanes"]; lanes *= 3 {
			add("ternary_adder", "sum of three numbers of either sign", parameter{"InW", cell + log2(lanes)},
				parameter{"SumW", cell + log2(min(3*lanes, w["Lanes"]))})
		}
	case arch.ECP5:
		for k := range log2(w["Lanes"]) {
			add("tree_adder", "sum of two numbers of either sign", parameter{"LeftW", cell + k}, parameter{"RightW", cell + k}, parameter{"SumW", cell + k + 1})
		}
		lane := cell + log2(w["Lanes"])
		add("tree_adder", "sum of two digits of either sign", parameter{"LeftW", lane}, parameter{"RightW", lane}, parameter{"Shift", 2}, parameter{"SumW", lane + 3})
	}
	return all
}
