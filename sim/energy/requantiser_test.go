package energy

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/internal/qor"
	"lowres/sim/arch"
)

// A requantiser of either pipeline has the flip-flops that the model charges the clock of.
func TestTheModelHasTheFlipFlopsOfARequantiser(t *testing.T) {
	needs.Tools(t, "yosys")
	for _, stages := range []int{arch.FewStages, arch.ManyStages} {
		for _, bits := range []int{12, 24} {
			job := qor.Job{Flow: qor.Flow{Name: "ice40", Command: "synth_ice40 -top %s"}, Top: "requantise",
				Parameters: map[string]int{"AccW": bits, "Stages": stages}}
			cells, err := job.Run(t.Context(), t.TempDir())
			require.NoError(t, err)
			n := 0
			for cell, count := range cells {
				if strings.HasPrefix(cell, "SB_DFF") {
					n += count
				}
			}
			require.Equal(t, n, requantiserBits(arch.Array{RequantiserStages: stages, AccumulatorBits: bits}), "%d stages of %d bits", stages, bits)
		}
	}
}
