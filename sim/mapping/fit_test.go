package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/sim/arch"
	"lowres/sim/machine"
)

// CVNN1 with N = 5 takes more instructions than small.yaml holds. Exchanging some cuts costs
// less than taking the lean policy's for all layers.
func TestCutsAreExchangedUntilTheProgramFits(t *testing.T) {
	d, err := arch.ReadFile("../../examples/small.yaml")
	require.NoError(t, err)
	net, err := simtest.Model("cvnn1", 5, 1)
	require.NoError(t, err)
	s := &searcher{d: d, options: &Options{}}
	layers, err := plan(net, s)
	require.NoError(t, err)
	image := newMapper(net.Graph, d, fastest)
	image.pictures = 1
	require.NoError(t, image.image(layers))

	c, err := s.choose(layers)
	require.NoError(t, err)
	_, full := s.over(s.emit(net.Graph, image, layers, c))
	require.True(t, full, "the best cuts fit: want another example")

	cycles := func(prefer policy) machine.Cycle {
		s := &searcher{d: d, options: &Options{}, prefer: prefer}
		p, err := s.build(net.Graph, image, layers)
		require.NoError(t, err)
		require.NoError(t, p.Validate(d))
		timing, err := machine.Time(d, p)
		require.NoError(t, err)
		return timing.Counters.Cycles
	}
	require.Less(t, cycles(fastest), cycles(lean))
}
