package qor

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
)

// The figures of docs/qor.md that changes of the array would spoil first.
func TestALaneTakesNoMoreLUTsThanDocumented(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, c := range []struct {
		name       string
		flow       Flow
		target     string
		parameters map[string]int
		most       int
	}{
		{"N = 3 on xc7", Xilinx, "", map[string]int{"CellW": 8}, 155},
		{"N = 5 on xc7", Xilinx, "", map[string]int{"CellW": 9}, 234},
		{"N = 3 on ice40", ICE40, "", map[string]int{"CellW": 8, "EarlySign": 1}, 234},
		{"N = 3 with the cells for xc7", Xilinx, "xilinx7", map[string]int{"CellW": 8}, 135},
		{"N = 3 with the cells for ecp5", ECP5, "ecp5", map[string]int{"CellW": 8}, 180},
	} {
		t.Run(c.name, func(t *testing.T) {
			cells, err := laneJob(c.flow, c.target, c.parameters).Run(t.Context(), t.TempDir())
			require.NoError(t, err)
			require.Positive(t, cells.LUTs())
			require.LessOrEqual(t, cells.LUTs(), c.most, "16 lanes, %v", cells)
		})
	}
}
