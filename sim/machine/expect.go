package machine

import (
	"fmt"
	"math"

	"lowres/sim/program"
)

// sample is what Expect has seen of a layer.
type sample struct {
	share         float64 // of the layer's blocks that are looked at
	due           float64 // blocks that should have been by now, less those that were
	issued, tiles int64   // positions and tiles in those
	all           int64   // tiles of the layer
}

// Expect estimates the actions that depend on values. Memory holds the program's image
// and, in every feature map, values like those that are expected there. Weights are looked
// at in full; of the positions that pass through the array only so many that a layer has about
// cells of cells × cycles, spread evenly over its blocks, and what they cause is scaled up. No value is computed.
// In an array of tables all positions are looked at.
//
// It returns program.ErrProgram as Run does.
func (m *Machine) Expect(memory []byte, cells int64) ([]Layer, error) {
	if len(memory) < m.program.Memory {
		return nil, fmt.Errorf("%w: memory of %d bytes: want %d", program.ErrProgram, len(memory), m.program.Memory)
	}
	layers := m.layers.sum(nil, m.timing)
	r := newRun(m, memory, Options{Toggles: true})
	r.samples = map[int]*sample{}
	for i := range layers {
		r.samples[layers[i].Index] = &sample{share: min(1, float64(cells)/float64(max(layers[i].Actions[CellIssued], 1))), due: 1}
	}
	for _, ref := range m.timing.order {
		if ref.engine == program.StoreEngine {
			continue // memory has all maps already
		}
		if err := r.execute(ref); err != nil {
			return nil, fmt.Errorf("%w: %v: %w", program.ErrProgram, ref, err)
		}
	}
	for i := range layers {
		l := &layers[i]
		if l.Index >= 0 && l.Index < len(r.exact) && m.design.Tables == nil { // tables are not sampled
			r.samples[l.Index].scale(&r.exact[l.Index], &r.levels[l.Index], l.Actions[CellIssued]/int64(m.design.Array.Lanes*m.design.Array.Cols))
		}
	}
	return r.result(layers).Layers, nil
}

// wants reports whether the next block is to be looked at.
func (s *sample) wants(positions, steps int) bool {
	s.all += int64(steps)
	s.due += s.share
	if s.due < 1 {
		return false
	}
	s.due--
	s.issued += int64(positions * steps)
	s.tiles += int64(steps)
	return true
}

// scale makes the counts of a sample those of the layer, which issues so many positions.
func (s *sample) scale(counts *Counts, levels *levelUse, issued int64) {
	positions, tiles := ratio(issued, s.issued), ratio(s.all, s.tiles)
	for a := range counts {
		factor := 1.0
		switch action := Action(a); {
		case action == WeightToggle || action == SignToggle:
			factor = tiles
		case action.Toggle() || action == ActivationToggle:
			factor = positions
		}
		counts[a] = scaled(counts[a], factor)
	}
	for v, n := range &levels.zero {
		levels.zero[v] = min(scaled(n, positions), levels.cells[v])
	}
}

// scaled is the whole number nearest to n · factor.
func scaled(n int64, factor float64) int64 { return int64(math.Round(float64(n) * factor)) }

// ratio is a/b, 0 if b is 0.
func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
