package power

import (
	"fmt"
	"math"
	"strings"

	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
)

// Comparison is the energy of a core's logic on one input, at gate level and as the
// simulator has it. Memories are in neither.
type Comparison struct {
	Cycles     int              `json:"cycles"`
	Windows    int              `json:"windows"`
	Length     int              `json:"window_cycles"`
	CriticalNS float64          `json:"longest_path_ns"`
	AreaUM2    float64          `json:"area_um2"`
	Parts      []PartComparison `json:"parts"`
	Total      PartComparison   `json:"total"`
	Technology string           `json:"technology"`
	Library    string           `json:"library"`
}

// PartComparison is one part. Its gate-level energy is the mean of the windows times
// the cycles of the run; the standard error is that of this mean, as if the windows
// were drawn.
type PartComparison struct {
	Part               energy.Part `json:"part"`
	FlipFlops          int         `json:"flip_flops"`
	SimulatorFlipFlops int         `json:"simulator_flip_flops,omitempty"`
	Cells              int         `json:"cells"`
	GatePJ             float64     `json:"gate_pj"`
	StandardErrorPJ    float64     `json:"standard_error_pj"`
	Simulated          energy.Band `json:"simulator"`
	Off                float64     `json:"off"` // simulator / gate − 1
}

// Compare puts the measured windows and the simulator's counts of the whole run side
// by side.
func Compare(m *Measured, t *energy.Technology, d *arch.Design, counts *machine.Counts) (*Comparison, error) {
	simulated, err := energy.Logic(t, d, counts)
	if err != nil {
		return nil, err
	}
	flipFlops := energy.FlipFlops(d)
	c := &Comparison{Cycles: m.Cycles, Windows: len(m.Windows), Length: m.Length, CriticalNS: m.CriticalS * 1e9, Technology: t.Name, Library: m.Library}
	all := make([]float64, len(m.Windows))
	total := energy.Band{}
	for _, part := range energy.Parts() {
		e := make([]float64, len(m.Windows))
		for w := range e {
			e[w] = m.EnergyJ(part, w) * 1e12
			all[w] += e[w]
		}
		p := m.compared(part, e, simulated[part])
		p.SimulatorFlipFlops = flipFlops[part]
		for i, name := range m.Modules {
			if PartOf(name) == part {
				p.FlipFlops, p.Cells = p.FlipFlops+m.FlipFlops[i], p.Cells+m.Cells[i]
				c.AreaUM2 += m.AreasUM2[i]
			}
		}
		c.Total.FlipFlops, c.Total.Cells = c.Total.FlipFlops+p.FlipFlops, c.Total.Cells+p.Cells
		total = total.Plus(simulated[part])
		c.Parts = append(c.Parts, p)
	}
	flops, cells := c.Total.FlipFlops, c.Total.Cells
	c.Total = m.compared("total", all, total)
	c.Total.FlipFlops, c.Total.Cells = flops, cells
	return c, nil
}

// compared sums windows of pJ up.
func (m *Measured) compared(part energy.Part, windows []float64, simulated energy.Band) PartComparison {
	n, sum, squares := float64(len(windows)), 0.0, 0.0
	for _, e := range windows {
		sum += e
	}
	for _, e := range windows {
		squares += (e - sum/n) * (e - sum/n)
	}
	scale := float64(m.Cycles) / float64(m.Length)
	p := PartComparison{Part: part, GatePJ: sum / n * scale, Simulated: simulated}
	if n > 1 {
		p.StandardErrorPJ = math.Sqrt(squares/(n-1)/n) * scale
	}
	if p.GatePJ > 0 {
		p.Off = simulated.TypicalPJ/p.GatePJ - 1
	}
	return p
}

// Fits returns ErrPower if a technology was not calibrated with the bench's library
// and wires.
func (b *Bench) Fits(t *energy.Technology) error {
	if t.Events == nil {
		return fmt.Errorf("%w: technology %s prices operations: want one that lowres calibrate made of %s", ErrPower, t.Name, b.Library.Name)
	}
	v := t.Events.ControlClockBit
	if !strings.HasSuffix(v.Source, "library "+b.Library.Name) {
		return fmt.Errorf("%w: technology %s comes from %q: want one of library %s", ErrPower, t.Name, v.Source, b.Library.Name)
	}
	if want := fmt.Sprintf("wires %.6g fF a pin", b.Conditions.WireF*1e15); !strings.Contains(v.Conditions, want) {
		return fmt.Errorf("%w: technology %s holds for %q: want %s, or another --wire", ErrPower, t.Name, v.Conditions, want)
	}
	return nil
}
