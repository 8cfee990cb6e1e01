package report

import "fmt"

// loss is a cause of lost cell-cycles, in one row.
type loss struct {
	cause, remedy string
	cells         float64 // cells × cycles lost
}

// losses lists what a row loses; cells is the size of the array.
func (r *Row) losses(cells int64) []loss {
	active := r.ArrayActive * float64(r.Cycles)
	c := float64(cells)
	return []loss{
		{"cells without a channel", "fewer lanes or columns, or more channels", c*active - float64(r.MACs)},
		{"waiting for loads", "a wider memory, more outstanding bursts or larger buffers", c * float64(r.Losses.Load)},
		{"waiting for stores", "a larger output buffer", c * float64(r.Losses.Store)},
		{"waiting for the drain", "more requantisers", c * float64(r.Losses.Drain)},
		{"decoding tiles for few positions", "a wider memory word, or larger tiles of positions", c * float64(r.Losses.Tile)},
		{"starts and ends of instructions and layers", "larger buffers, so that there are fewer tiles", c * float64(r.Losses.Overhead)},
	}
}

// bottleneck says in one sentence what costs most of the array's time, and
// where.
func bottleneck(s *Simulation, cells int64) string {
	all := float64(cells * s.Cycles)
	worst, share := loss{}, 0.0
	for i, l := range s.Total.losses(cells) {
		if l.cells <= worst.cells {
			continue
		}
		worst, share = l, 0
		for j := range s.Layers {
			if part := s.Layers[j].losses(cells)[i]; part.cells/l.cells > share {
				share = part.cells / l.cells
				worst.cause = fmt.Sprintf("%s (%.0f %% of it in %s)", l.cause, 100*share, s.Layers[j].Layer)
			}
		}
	}
	if worst.cells < 0.05*all {
		return fmt.Sprintf("The array does useful work in %.0f %% of its cell cycles; no single cause costs more than 5 %%.", 100*s.Total.Utilisation)
	}
	return fmt.Sprintf("The array does useful work in %.0f %% of its cell cycles; %.0f %% go to %s: %s would help.",
		100*s.Total.Utilisation, 100*worst.cells/all, worst.cause, worst.remedy)
}
