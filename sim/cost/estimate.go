package cost

import (
	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// Estimate is the fast mode of a mapped network: cycles, traffic and energy of all layers,
// without values. It is prepared once; Run allocates nothing.
type Estimate struct {
	Cycles   machine.Cycle
	Layers   []machine.Layer // actions that depend on values are expected ones
	Energies []energy.Band   // parallel to Layers
	Energy   energy.Band     // of all
	Traffic  int64           // bytes that cross the memory port

	timer  *machine.Timer
	prices *energy.Prices
}

// NewEstimate prepares and runs an estimate, with the layers of Expected.
func NewEstimate(d *arch.Design, p *program.Program, expected []machine.Layer, prices *energy.Prices) (*Estimate, error) {
	timer, err := machine.NewTimer(d, p)
	if err != nil {
		return nil, err
	}
	timer.Expect(expected)
	e := &Estimate{timer: timer, prices: prices, Energies: make([]energy.Band, len(expected))}
	e.Run()
	return e, nil
}

// Run times the program and prices its actions.
func (e *Estimate) Run() {
	e.Cycles = e.timer.Time().Counters.Cycles
	e.Layers = e.timer.Layers()
	e.Energy, e.Traffic = energy.Band{}, 0
	for i := range e.Layers {
		a := &e.Layers[i].Actions
		e.Energies[i] = e.prices.Total(a)
		e.Energy = e.Energy.Plus(e.Energies[i])
		e.Traffic += a.MemoryBytes()
	}
}
