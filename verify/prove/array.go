package prove

import (
	"fmt"

	"lowres/rtlgen"
	"lowres/sim/arch"
)

// array is the part of a design that its goals share: parameters of the dot product
// of some lanes.
type array struct {
	d *arch.Design
	w widths
}

// latency of the dot product of so many lanes, cycles.
func (a array) latency(lanes int) int {
	stage := a.d.Array.LevelsPerStage
	return 1 + (log2(lanes)+log2(a.w["Digits"])+stage-1)/stage
}

// sumW is the width of the sum of so many lanes.
func (a array) sumW(lanes int) int { return a.w["SumW"] - log2(a.w["Lanes"]) + log2(lanes) }

// goal is a goal of the dot product of some lanes, with more parameters.
func (a array) goal(property, top string, lanes int, more ...parameter) goal {
	p := append([]parameter{{"Lanes", lanes}}, more...)
	p = append(p, parameter{"Digits", a.w["Digits"]}, parameter{"CellW", a.w["CellW"]}, parameter{"StageLevels", a.d.Array.LevelsPerStage},
		parameter{"Zeros", flag(a.d.Zeros())}, parameter{"EarlySign", flag(a.d.Target == arch.ICE40)})
	return a.of(goal{module: "dot_product", property: property, top: top, parameters: p, merge: true,
		sources: []string{"dot_product.v", "lane_tree.v", "digit_sum.v", "lane_cell.v", "tree_adder.v", "pipeline_stages.v"}})
}

// of adds the files of the target's cells to a goal.
func (a array) of(g goal) goal {
	g.models = rtlgen.Models(a.d.Target)
	if a.d.Target == arch.Xilinx7 && g.module == "dot_product" {
		g.sources = append(g.sources, "ternary_adder.v")
	}
	return g
}

// dotProductGoals is an induction over the lanes: a lane multiplies, two lanes
// add up, and 2L lanes are the sum of L and L. A tree of three-operand adders has no such
// halves: there every lane is proved alone in the whole tree, and targetGoals
// prove that its nodes add.
func dotProductGoals(d *arch.Design, w widths) []goal {
	a := array{d, w}
	lane := func(lanes int) goal {
		g := a.goal("one lane = activation × weight − ones missing", "dot_product_lane_proof", lanes,
			parameter{"SumW", a.sumW(lanes)}, parameter{"Latency", a.latency(lanes)})
		g.latency = a.latency(lanes)
		return g
	}
	pair := a.goal("two lanes = sum of either lane", "dot_product_pair_proof", 2, parameter{"SumW", a.sumW(2)})
	pair.parameters, pair.latency = pair.parameters[1:], a.latency(2)
	if d.Target == arch.Xilinx7 {
		return []goal{lane(w["Lanes"]), pair}
	}
	all := []goal{lane(2), pair}
	for lanes := 2; lanes < w["Lanes"]; lanes *= 2 {
		g := a.goal(fmt.Sprintf("%d lanes = sum of two halves", 2*lanes), "dot_product_step_proof", lanes,
			parameter{"SumW", a.sumW(lanes)}, parameter{"Later", a.latency(2*lanes) - a.latency(lanes)})
		g.latency = a.latency(2 * lanes)
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
