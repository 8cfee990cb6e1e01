package power

import (
	"strings"

	"lowres/sim/energy"
)

// The core's events that sampled windows count, by their place in its wire.
const (
	ArrayActive = 8 // a position is issued
	DrainActive = 9 // sums are read
)

// PartOf is the part of the core that a module belongs to, by its path.
func PartOf(module string) energy.Part {
	switch {
	case strings.HasPrefix(module, "column[") && strings.Contains(module, "].dot"):
		return energy.DotProducts
	case strings.HasPrefix(module, "column[") && strings.Contains(module, "].accumulate"):
		return energy.Sums
	case module == "weights" || strings.HasPrefix(module, "weights."):
		return energy.WeightTiles
	case strings.HasPrefix(module, "decoder"):
		return energy.Decoders
	case strings.HasPrefix(module, "drain.unit[") && strings.Contains(module, "requantise"):
		return energy.Requantisers
	}
	return energy.Control
}

// EnergyJ is the energy of a part in a window.
func (m *Measured) EnergyJ(p energy.Part, window int) (sum float64) {
	for i, name := range m.Modules {
		if PartOf(name) == p {
			sum += m.Windows[window].EnergyJ[i]
		}
	}
	return sum
}

// FlipFlopsOf is the number of a part's flip-flops.
func (m *Measured) FlipFlopsOf(p energy.Part) (sum int) {
	for i, name := range m.Modules {
		if PartOf(name) == p {
			sum += m.FlipFlops[i]
		}
	}
	return sum
}
