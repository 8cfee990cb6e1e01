package cost_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// An array of tables has no cells to sample: all of its positions are looked at.
func TestTheExpectedActionsOfTablesAreCounted(t *testing.T) {
	s := arch.DefaultSpec()
	s.Array.Cell = arch.CellTableLUT
	d, err := arch.New(s)
	require.NoError(t, err)
	net, err := simtest.Model("cvnn-small", 3, 7)
	require.NoError(t, err)
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	m, err := machine.New(d, p)
	require.NoError(t, err)
	expected, err := cost.Expected(m, p, net.Graph)
	require.NoError(t, err)
	for i, l := range machine.Layers(d, p, m.Timing()) {
		require.Positive(t, l.Actions[machine.SumTableRead])
		require.Equal(t, l.Actions[machine.SumTableRead], expected[i].Actions[machine.SumTableRead])
		require.Positive(t, expected[i].Actions[machine.ActivationToggle])
	}
}
