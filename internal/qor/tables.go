package qor

import (
	"context"
	_ "embed"
	"fmt"
)

//go:embed table_lane.v
var tableText []byte

// tables are the figures of a column whose cells are tables, with 64 ternary lanes:
// three to a table in LUT RAM, five in block RAM.
func tables() []Row {
	column := func(flow Flow, parameters map[string]int) Job {
		return Job{Flow: flow, Top: "table_lane", Parameters: parameters, Sources: map[string][]byte{"table_lane.v": tableText}}
	}
	inLUTs := column(Xilinx, map[string]int{"Tables": 22, "IndexW": 4, "Signed": 1, "Banks": 2, "ValueW": 10, "Block": 0})
	inBlocks := column(ICE40, map[string]int{"Tables": 13, "IndexW": 8, "Signed": 0, "Banks": 1, "ValueW": 11, "Block": 1})
	return []Row{
		{"N = 3, tables in LUT RAM, 64 lanes, xc7", "LUT6 a MAC", "≤ 6.7", inLUTs.perLane(64)},
		{"N = 3, tables in block RAM, 64 lanes, ice40", "LUT4 a MAC", "≤ 2.9", inBlocks.perLane(64)},
		{"N = 3, tables in block RAM, 64 lanes, ice40", "MACs a block RAM", "", func(ctx context.Context, dir string) (string, error) {
			cells, err := inBlocks.Run(ctx, dir)
			return fmt.Sprintf("%.2f", 64/float64(max(cells["SB_RAM40_4K"], 1))), err
		}},
	}
}
