// Package report prints results: tables for people, CSV and JSON for programs.
// It computes nothing that a simulation or a verification has not found.
package report

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
)

// SimulationInput is what a simulation report is made of.
type SimulationInput struct {
	Graph      *network.Graph
	Design     *arch.Design
	Timing     *machine.Timing
	Layers     []machine.Layer    // of the exact mode, or of the fast mode without Technology
	Technology *energy.Technology // nil: no energy
	Expected   bool               // Layers are those of machine.Expect
	Name       string             // of Parts
	Parts      []Part             // in place of Graph, Timing and Layers: several graphs, one after the other
	Pictures   int                // of the run, 0 for 1
}

// Part is a graph that runs a number of times.
type Part struct {
	Graph   *network.Graph
	Timing  *machine.Timing
	Layers  []machine.Layer
	Repeats int

	named bool // a layer of its own is called by its graph
}

// parts are the graphs that run one after the other.
func (in *SimulationInput) parts() []Part {
	if in.Parts == nil {
		return []Part{{Graph: in.Graph, Timing: in.Timing, Layers: in.Layers, Repeats: 1}}
	}
	for i := range in.Parts {
		in.Parts[i].named = true
	}
	return in.Parts
}

// Actions are those of the whole run.
func (in *SimulationInput) Actions() (sum machine.Counts) {
	for _, p := range in.parts() {
		for _, l := range p.Layers {
			l = l.Times(p.Repeats)
			sum.Add(&l.Actions)
		}
	}
	return sum
}

// name is that of the network.
func (in *SimulationInput) name() string {
	if in.Parts == nil {
		return in.Graph.Name
	}
	return in.Name
}

// prices are those of the technology, nil without one.
func (in *SimulationInput) prices() *energy.Prices {
	if in.Technology == nil {
		return nil
	}
	p := in.Technology.Prices(in.Design)
	if in.Expected {
		return p.Expected()
	}
	return p
}

// Simulation is the report of a run on one design: of one image, or of a batch. Its JSON form is
// report.json; the order of its fields is that of the struct.
type Simulation struct {
	Network    string  `json:"network"`
	Design     string  `json:"design"`
	ClockMHz   float64 `json:"clock_mhz"`
	Pictures   int     `json:"pictures"` // of the run
	Cycles     int64   `json:"cycles"`
	LatencyMS  float64 `json:"latency_ms"`        // Cycles at ClockMHz
	FPS        float64 `json:"images_per_second"` // one run after the other
	Bottleneck string  `json:"bottleneck"`

	Layers []Row `json:"layers"`
	Total  Row   `json:"total"`

	Counters   Counters       `json:"counters"`
	Energy     *energy.Report `json:"energy,omitempty"` // of the whole run
	Technology string         `json:"technology,omitempty"`
	Caveat     string         `json:"energy_caveat,omitempty"`
}

// Row is a layer, with the pool fused to it, or the total.
type Row struct {
	Layer          string                 `json:"layer"`
	MACs           int64                  `json:"macs"`        // of the results that are kept
	Cycles         int64                  `json:"cycles"`      // shares add up to the run
	Utilisation    float64                `json:"utilisation"` // MACs / (lanes · columns · cycles)
	ArrayActive    float64                `json:"array_active"`
	Losses         Losses                 `json:"losses"`
	WeightBytes    int64                  `json:"weight_bytes"` // read from memory, parameters included
	InputBytes     int64                  `json:"input_bytes"`
	OutputBytes    int64                  `json:"output_bytes"`
	BufferBytes    int64                  `json:"buffer_bytes"` // read from and written to buffers on the chip
	Energy         *energy.Band           `json:"energy,omitempty"`
	OnChip         *energy.Band           `json:"energy_on_chip,omitempty"`
	Components     []energy.ComponentPart `json:"energy_components,omitempty"`
	ZeroWeight     float64                `json:"zero_weight"`      // of the cells in use, 0 in fast mode
	ZeroActivation float64                `json:"zero_activation"`  // … with a weight that is not zero
	Levels         []machine.LevelCells   `json:"levels,omitempty"` // cells × cycles by level
}

// Losses are the cycles of a row in which no position is issued, by cause.
type Losses struct {
	Load     int64 `json:"load"`     // compute waits for weights or activations to arrive
	Store    int64 `json:"store"`    // … for room in the output buffer
	Drain    int64 `json:"drain"`    // … for a free half of the sums
	Tile     int64 `json:"tile"`     // steps shorter than the decoding of the next tile
	Overhead int64 `json:"overhead"` // fetch, first tile, pipeline, last drain, first load, last store
}

// Counters are the counters that the RTL keeps, by its names.
type Counters struct {
	Cycles       int64 `json:"cycles"`
	LoadBusy     int64 `json:"load_busy"`
	ComputeBusy  int64 `json:"compute_busy"`
	StoreBusy    int64 `json:"store_busy"`
	LoadWait     int64 `json:"load_wait"`
	ComputeWait  int64 `json:"compute_wait"`
	StoreWait    int64 `json:"store_wait"`
	ComputeStall int64 `json:"compute_stall"`
	ArrayActive  int64 `json:"array_active"`
	DrainActive  int64 `json:"drain_active"`
	ReadBeats    int64 `json:"read_beats"`
	WriteBeats   int64 `json:"write_beats"`
	ReadBursts   int64 `json:"read_bursts"`
	WriteBursts  int64 `json:"write_bursts"`
	Loads        int64 `json:"loads"`
	Computes     int64 `json:"computes"`
	Stores       int64 `json:"stores"`
}

// NewSimulation puts a report together. It returns energy.ErrValues if a
// technology is given with layers of the fast mode.
func NewSimulation(in SimulationInput) (*Simulation, error) {
	pictures, parts := max(in.Pictures, 1), in.parts()
	s := &Simulation{Pictures: pictures, Network: in.name(), Design: in.Design.Name, ClockMHz: in.Design.ClockMHz}
	total := machine.Layer{}
	macs := int64(0)
	prices := in.prices()
	for _, part := range parts {
		s.Counters.add(newCounters(&part.Timing.Counters), int64(part.Repeats))
		for i := range part.Layers {
			l := part.Layers[i].Times(part.Repeats)
			row := newRow(in.Design, part.layerName(&l), int64(pictures*part.Repeats)*usefulMACs(part.Graph, &l), &l)
			if err := row.price(prices, &l.Actions); err != nil {
				return nil, fmt.Errorf("layer %s: %w", row.Layer, err)
			}
			s.Layers = append(s.Layers, row)
			macs += row.MACs
			addLayer(&total, &l)
		}
	}
	s.Cycles = s.Counters.Cycles
	total.Cycles = machine.Cycle(s.Cycles)
	s.LatencyMS = float64(s.Cycles) / in.Design.ClockMHz / 1e3
	s.FPS = float64(pictures) * in.Design.ClockMHz * 1e6 / float64(s.Cycles)
	s.Total = newRow(in.Design, "total", macs, &total)
	if err := s.price(prices, &total.Actions); err != nil {
		return nil, err
	}
	s.Bottleneck = bottleneck(s, int64(in.Design.Cells()))
	return s, nil
}

// add adds n times o.
func (c *Counters) add(o Counters, n int64) {
	sum, more := reflect.ValueOf(c).Elem(), reflect.ValueOf(o)
	for i := range sum.NumField() {
		sum.Field(i).SetInt(sum.Field(i).Int() + n*more.Field(i).Int())
	}
}

// layerName is that of the layer in its graph, with how often it runs.
func (p *Part) layerName(l *machine.Layer) string {
	name := layerName(p.Graph, l)
	if len(p.Graph.Layers) == 1 && p.Graph.Name != "" && p.named {
		name = p.Graph.Name
	}
	if p.Repeats > 1 {
		name += fmt.Sprintf(" x%d", p.Repeats)
	}
	return name
}

// layerName is "conv1+pool1" for a layer with a fused pool.
func layerName(g *network.Graph, l *machine.Layer) string {
	name := g.Layers[l.Index].Name
	for i := l.Index + 1; i <= l.Last; i++ {
		name += "+" + g.Layers[i].Name
	}
	return name
}

// usefulMACs is the multiply-accumulates of the results that are kept: a pool
// may drop the last rows and columns.
func usefulMACs(g *network.Graph, l *machine.Layer) int64 {
	layer, last := &g.Layers[l.Index], &g.Layers[l.Last]
	if l.Last > l.Index && last.Kind == network.MaxPool {
		k, out := int64(last.Kernel), last.OutShape
		return k * k * int64(out.H) * int64(out.W) * int64(layer.WeightCount())
	}
	return layer.MACs()
}

// newRow reduces a layer's counts to what the tables show.
func newRow(d *arch.Design, name string, macs int64, l *machine.Layer) Row {
	cells := int64(d.Cells())
	cycles, active := int64(l.Cycles), int64(l.Active)
	a := &l.Actions
	r := Row{
		Layer: name, MACs: macs, Cycles: cycles,
		Utilisation: ratio(macs, cells*cycles), ArrayActive: ratio(active, cycles),
		WeightBytes:    a[machine.MemoryWeights] + a[machine.MemoryParameters],
		InputBytes:     a[machine.MemoryActivationsIn],
		OutputBytes:    a[machine.MemoryActivationsOut],
		BufferBytes:    bufferBytes(d, a),
		ZeroWeight:     ratio(a[machine.CellZeroWeight], a[machine.CellIssued]),
		ZeroActivation: ratio(a[machine.CellZeroActivation], a[machine.CellIssued]),
		Levels:         l.Levels,
	}
	r.Losses = Losses{Load: int64(l.WaitLoad), Store: int64(l.WaitStore), Drain: int64(l.Stall), Tile: int64(l.Slack)}
	r.Losses.Overhead = cycles - active - r.Losses.Load - r.Losses.Store - r.Losses.Drain - r.Losses.Tile
	return r
}

// bufferBytes is what the on-chip buffers read and write, each in words of its own width;
// the program memories are left out.
func bufferBytes(d *arch.Design, a *machine.Counts) int64 {
	bits := int64(0)
	for action, width := range machine.BufferWidths(d) {
		if action != machine.ProgramRead {
			bits += a[action] * int64(width)
		}
	}
	return bits / 8
}

// addLayer adds what rows show of b to a.
func addLayer(a, b *machine.Layer) {
	a.WaitLoad += b.WaitLoad
	a.WaitStore += b.WaitStore
	a.Stall += b.Stall
	a.Slack += b.Slack
	a.Active += b.Active
	a.Actions.Add(&b.Actions)
	a.Levels = addLevels(a.Levels, b.Levels)
}

// addLevels merges two lists in rising order.
func addLevels(a, b []machine.LevelCells) (all []machine.LevelCells) {
	sums := map[int]machine.LevelCells{}
	for _, l := range slices.Concat(a, b) {
		sums[l.Level] = l.Add(sums[l.Level])
	}
	for _, level := range slices.Sorted(maps.Keys(sums)) {
		all = append(all, sums[level])
	}
	return all
}

// price adds the energy of the row's actions.
func (r *Row) price(prices *energy.Prices, counts *machine.Counts) error {
	if prices == nil {
		return nil
	}
	e, err := prices.Evaluate(counts)
	if err != nil {
		return err
	}
	onChip := e.OnChip()
	r.Energy, r.OnChip, r.Components = &e.Total, &onChip, e.Components
	return nil
}

// price adds the energy of the whole image.
func (s *Simulation) price(prices *energy.Prices, counts *machine.Counts) error {
	if prices == nil {
		return nil
	}
	e, err := prices.Evaluate(counts)
	if err != nil {
		return err
	}
	s.Energy, s.Technology, s.Caveat = e, e.Technology, e.Caveat()
	return s.Total.price(prices, counts)
}

// newCounters flattens the machine's counters.
func newCounters(c *machine.Counters) Counters {
	return Counters{
		Cycles:   int64(c.Cycles),
		LoadBusy: int64(c.Busy[0]), ComputeBusy: int64(c.Busy[1]), StoreBusy: int64(c.Busy[2]),
		LoadWait: int64(c.Wait[0]), ComputeWait: int64(c.Wait[1]), StoreWait: int64(c.Wait[2]),
		ComputeStall: int64(c.ComputeStall), ArrayActive: int64(c.ArrayActive), DrainActive: int64(c.DrainActive),
		ReadBeats: c.ReadBeats, WriteBeats: c.WriteBeats, ReadBursts: c.ReadBursts, WriteBursts: c.WriteBursts,
		Loads: c.Retired[0], Computes: c.Retired[1], Stores: c.Retired[2],
	}
}

// ratio is a/b, 0 if b is 0.
func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
