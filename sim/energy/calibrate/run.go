package calibrate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"lowres/quant"
	"lowres/sim/energy"
)

// Options says what to calibrate and on what.
type Options struct {
	Name     string // of the technology
	NodeNM   float64
	Levels   []int    // of the weights
	Sources  []Source // networks; none: synthetic streams alone
	SRAM     string   // one of energy.SRAMTables
	Seed     uint64
	Progress func(part string)
}

// Result is a calibration.
type Result struct {
	Technology *energy.Technology `json:"-"`
	Library    string             `json:"library"`
	Levels     []LevelResult      `json:"levels"`
	Parts      []PartResult       `json:"parts"`
	RatioError float64            `json:"worst_ratio_error"` // of predicted ratios between N on held-out streams
}

// LevelResult is how a column with weights of N levels came out.
type LevelResult struct {
	N        int     `json:"n"`
	Streams  string  `json:"streams"`           // what its held-out streams are
	EnergyFJ float64 `json:"held_out_fj_a_mac"` // mean over held-out streams: dot product
	New      float64 `json:"new_weights_fj_a_mac"`
	Held     float64 `json:"held_weights_fj_a_mac"`
	Fitted   Errors  `json:"fitted"`
	HeldOut  Errors  `json:"held_out"`
	Sums     Errors  `json:"accumulator_held_out"`
}

// PartResult is how one kind of part came out.
type PartResult struct {
	Part      string  `json:"part"`
	FlipFlops int     `json:"flip_flops"`
	Cells     int     `json:"cells"`
	AreaUM2   float64 `json:"area_um2"`
	Fitted    Errors  `json:"fitted"`
	HeldOut   Errors  `json:"held_out"`
}

// Run calibrates a library.
func Run(ctx context.Context, b *Bench, o Options) (*Result, error) {
	c := &calibration{b: b, o: o, result: &Result{Library: b.Library.Name}, streams: map[int][]Stream{}, about: map[int]string{}}
	if err := c.collect(); err != nil {
		return nil, err
	}
	t := &energy.Technology{Name: o.Name, About: c.aboutText(), Events: &energy.Events{}}
	for _, step := range []func(context.Context, *energy.Technology) error{c.columns, c.sums, c.tiles, c.decoders, c.requantiser, c.tables, c.control, c.rest} {
		if err := step(ctx, t); err != nil {
			return nil, err
		}
	}
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("what was measured makes no technology file: %w", err)
	}
	c.result.Technology = t
	return c.result, nil
}

// calibration is the state of a run.
type calibration struct {
	b       *Bench
	o       Options
	result  *Result
	streams map[int][]Stream // by N
	about   map[int]string
}

// collect puts the streams of every N together: those of the networks with such
// weights; without one those of the last network with Gaussian weights; and synthetic
// ones, which no held-out figure counts.
func (c *calibration) collect() error {
	var all []Stream // of the last network
	for _, s := range c.o.Sources {
		streams, err := Collect(s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		all = streams
		for i := range s.Network.Layers {
			if l := s.Network.Layers[i].Levels; !l.IsZero() && c.streams[l.N()] == nil {
				c.streams[l.N()] = streams
				c.about[l.N()] = s.Name
				break
			}
		}
	}
	for _, n := range c.o.Levels {
		l, err := quant.ForN(n)
		if err != nil {
			return err
		}
		r := rand.New(rand.NewPCG(c.o.Seed, uint64(n)))
		if c.streams[n] == nil && len(all) > 0 {
			c.about[n] = "activations of " + c.o.Sources[len(c.o.Sources)-1].Name + ", Gaussian weights"
			for _, s := range all {
				c.streams[n] = append(c.streams[n], Reweight(s, l, r))
			}
		}
		if c.streams[n] == nil {
			c.about[n] = "synthetic"
			held := Synthetic(l, r)
			for i := range held {
				held[i].HeldOut = true
			}
			c.streams[n] = held
		}
		c.streams[n] = append(slices.Clone(c.streams[n]), Synthetic(l, r)...)
	}
	if len(c.o.Levels) == 0 {
		return errors.New("no levels to calibrate")
	}
	return nil
}

func (c *calibration) progress(format string, a ...any) {
	if c.o.Progress != nil {
		c.o.Progress(fmt.Sprintf(format, a...))
	}
}

// value is a calibrated energy in the technology's form. Its band is the spread of
// the fit, at least 10 %: what the library says is not what a chip does.
func (c *calibration) value(joules float64, e Errors, source, conditions string) *energy.Value {
	spread := max(e.Worst, 0.1)
	pj := joules * 1e12
	const least = 1e-9 // an event that the fit finds free costs an attojoule at most
	pj = max(pj, least)
	return &energy.Value{Value: round(pj), Unit: "pJ", Low: round(pj / (1 + spread)), High: round(pj * (1 + spread)),
		NodeNM: c.o.NodeNM, VoltageV: c.b.Library.VoltageV, TemperatureC: c.b.Library.TemperatureC,
		Kind: energy.Calibrated, Source: source, Conditions: conditions}
}

// round keeps four significant digits.
func round(x float64) float64 {
	var y float64
	if _, err := fmt.Sscanf(fmt.Sprintf("%.4g", x), "%g", &y); err != nil {
		panic(err)
	}
	return y
}

// method is where every calibrated value comes from.
func (c *calibration) method() string {
	return "lowres calibrate, library " + c.b.Library.Name
}

// conditionsText says how the netlists were simulated.
func (c *calibration) conditionsText() string {
	return fmt.Sprintf("typical corner; wires %.6g fF a pin; ideal clock without a tree; cycle four times the longest path", c.b.Conditions.WireF*1e15)
}

func (c *calibration) aboutText() string {
	return fmt.Sprintf("Events of the accelerator's own parts in cell library %s (%g V, %g °C): Yosys and abc, Icarus with the library's delays, energies of every transition from its tables.",
		c.b.Library.Name, c.b.Library.VoltageV, c.b.Library.TemperatureC)
}

// columns calibrates the dot products, a class of hardware after the other.
func (c *calibration) columns(ctx context.Context, t *energy.Technology) error {
	samples := map[Class][]Sample{}
	parts := map[Class]*Part{}
	var order []Class
	for _, n := range c.o.Levels {
		l, _ := quant.ForN(n)
		class := ClassOf(l)
		c.progress("dot product, N = %d", n)
		p, err := c.b.Dot(ctx, class, n, c.streams[n])
		if err != nil {
			return fmt.Errorf("dot product, N = %d: %w", n, err)
		}
		if parts[class] == nil {
			order = append(order, class)
		}
		parts[class] = p
		samples[class] = append(samples[class], p.Samples...)
	}
	var held []levelMean
	for _, class := range order {
		s := samples[class]
		w := Fit(s, dotEvents)
		spread := ErrorsOf(s, w, func(*Sample) bool { return true })
		v := func(event int) *energy.Value { return c.value(w[event], spread, c.method(), c.conditionsText()) }
		t.Events.Columns = append(t.Events.Columns, energy.Column{Digits: class.Digits, CellBits: class.CellBits,
			ClockBit: v(dotClock), ActivationBit: v(dotActivation), WeightBit: v(dotWeight), SignBit: v(dotSign), ProductBit: v(dotProduct), TreeBit: v(dotTree)})
		for _, n := range c.o.Levels {
			if l, _ := quant.ForN(n); ClassOf(l) == class {
				r, m := c.level(n, s, w)
				c.result.Levels = append(c.result.Levels, r)
				held = append(held, m)
			}
		}
		c.part(fmt.Sprintf("dot product of %d lanes, %d digits of %d bits", Lanes, class.Digits, class.CellBits), parts[class], s, w)
	}
	slices.SortFunc(c.result.Levels, func(a, b LevelResult) int { return a.N - b.N })
	c.result.RatioError = ratioError(held)
	return nil
}

// levelMean is the mean energy of an N's held-out streams, measured and predicted.
type levelMean struct{ measured, predicted float64 }

// ratioError is the worst relative error of a predicted ratio between two N.
func ratioError(means []levelMean) (worst float64) {
	for _, a := range means {
		for _, b := range means {
			worst = max(worst, (a.predicted/b.predicted)/(a.measured/b.measured)-1)
		}
	}
	return worst
}

// level sums an N up.
func (c *calibration) level(n int, samples []Sample, w []float64) (LevelResult, levelMean) {
	r := LevelResult{N: n, Streams: c.about[n]}
	r.Fitted = ErrorsOf(samples, w, func(s *Sample) bool { return s.N == n && !s.HeldOut })
	r.HeldOut = ErrorsOf(samples, w, func(s *Sample) bool { return s.N == n && s.HeldOut })
	m, cycles := levelMean{}, 0
	for i := range samples {
		s := &samples[i]
		if s.N != n {
			continue
		}
		perMAC := s.EnergyJ / float64(s.Cycles*Lanes) * 1e15
		switch s.Name {
		case "ReLU, half zero, correlation 0, weights held 1":
			r.New = perMAC
		case "ReLU, half zero, correlation 0, weights held 64":
			r.Held = perMAC
		}
		if s.HeldOut {
			m.measured += s.EnergyJ
			m.predicted += Predict(w, s.Events)
			cycles += s.Cycles
		}
	}
	r.EnergyFJ = m.measured / float64(max(cycles, 1)*Lanes) * 1e15
	return r, m
}

// part notes how a part came out.
func (c *calibration) part(name string, p *Part, samples []Sample, w []float64) Errors {
	fitted := ErrorsOf(samples, w, func(s *Sample) bool { return !s.HeldOut })
	held := ErrorsOf(samples, w, func(s *Sample) bool { return s.HeldOut })
	c.result.Parts = append(c.result.Parts, PartResult{Part: name, FlipFlops: p.FlipFlops, Cells: p.Cells, AreaUM2: p.AreaUM2, Fitted: fitted, HeldOut: held})
	if held.Worst > fitted.Worst {
		return held
	}
	return fitted
}

// ends are an N of the narrowest hardware, ternary if it is asked for, and the widest N.
func (c *calibration) ends() []int {
	narrow, wide := slices.Min(c.o.Levels), slices.Max(c.o.Levels)
	if slices.Contains(c.o.Levels, 3) {
		narrow = 3
	}
	if narrow == wide {
		return []int{narrow}
	}
	return []int{narrow, wide}
}

// onLevels measures a part with weights of each of some N.
func (c *calibration) onLevels(name string, levels []int, measure func(Class, int, []Stream) (*Part, error)) (*Part, []Sample, error) {
	var samples []Sample
	var part *Part
	for _, n := range levels {
		l, _ := quant.ForN(n)
		c.progress("%s, N = %d", name, n)
		p, err := measure(ClassOf(l), n, c.streams[n])
		if err != nil {
			return nil, nil, fmt.Errorf("%s, N = %d: %w", name, n, err)
		}
		part = p
		samples = append(samples, p.Samples...)
	}
	return part, samples, nil
}

func (c *calibration) sums(ctx context.Context, t *energy.Technology) error {
	var all []Sample
	var parts []*Part
	var bySize [][]Sample
	for _, hold := range holds {
		p, samples, err := c.onLevels(fmt.Sprintf("accumulator of %d positions", hold), c.o.Levels, func(class Class, n int, s []Stream) (*Part, error) {
			return c.b.Accumulator(ctx, class, n, hold, s)
		})
		if err != nil {
			return err
		}
		all, parts, bySize = append(all, samples...), append(parts, p), append(bySize, samples)
	}
	w := Fit(all, sumEvents)
	for i := range c.result.Levels {
		r := &c.result.Levels[i]
		r.Sums = ErrorsOf(all, w, func(s *Sample) bool { return s.N == r.N && s.HeldOut })
	}
	e := Errors{}
	for i, p := range parts {
		if size := c.part(fmt.Sprintf("accumulator of 2 x %d sums of %d bits", holds[i], AccumulatorBits), p, bySize[i], w); size.Worst > e.Worst {
			e = size
		}
	}
	v := func(event int) *energy.Value { return c.value(w[event], e, c.method(), c.conditionsText()) }
	t.Events.SumClockBit, t.Events.SumReadBit, t.Events.SumDrainBit = v(clock), v(sumRead), v(sumDrain)
	t.Events.SumAddress, t.Events.SumAddressBit = v(sumAddress), v(sumAddressFlop)
	return nil
}

func (c *calibration) tiles(ctx context.Context, t *energy.Technology) error {
	p, samples, err := c.onLevels("weight tile", c.ends(), func(class Class, n int, s []Stream) (*Part, error) { return c.b.Tile(ctx, class, n, s) })
	if err != nil {
		return err
	}
	w := Fit(samples, tileEvents)
	e := c.part("two weight tiles of a column", p, samples, w)
	t.Events.TileClockBit = c.value(w[clock], e, c.method(), c.conditionsText())
	t.Events.TileToggleBit = c.value(w[tileToggle], e, c.method(), c.conditionsText())
	return nil
}

func (c *calibration) decoders(ctx context.Context, t *energy.Technology) error {
	for _, n := range c.o.Levels {
		l, _ := quant.ForN(n)
		c.progress("decoder, N = %d", n)
		p, err := c.b.Decoder(ctx, l)
		if err != nil {
			return fmt.Errorf("decoder, N = %d: %w", n, err)
		}
		w := Fit(p.Samples, decodeEvents)
		e := c.part(fmt.Sprintf("decoder of a 128-bit word, N = %d", n), p, p.Samples, w)
		t.Events.Decoders = append(t.Events.Decoders, energy.LevelDecoder{Levels: n,
			Weight: c.value(w[decodeWeights], e, c.method(), c.conditionsText()+"; packed by byte, Gaussian weights, its register included")})
	}
	return nil
}

func (c *calibration) requantiser(ctx context.Context, t *energy.Technology) error {
	c.progress("requantiser")
	p, err := c.b.Requantiser(ctx)
	if err != nil {
		return fmt.Errorf("requantiser: %w", err)
	}
	w := Fit(p.Samples, requantiseEvents)
	e := c.part(fmt.Sprintf("requantiser of %d bits", AccumulatorBits), p, p.Samples, w)
	t.Events.Requantise = c.value(w[requantised], e, c.method(), c.conditionsText())
	t.Events.RequantiserClock = c.value(w[clock]*float64(p.FlipFlops), e, c.method(), c.conditionsText()+"; a requantiser and cycle")
	return nil
}

// control measures the core around the array with the narrowest weights.
func (c *calibration) control(ctx context.Context, t *energy.Technology) error {
	n := c.ends()[0]
	l, err := quant.ForN(n)
	if err != nil {
		return err
	}
	c.progress("control of a core, N = %d", n)
	p, err := c.b.Control(ctx, l, func(format string, a ...any) { c.progress("control: "+format, a...) })
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	w := Fit(p.Samples, controlEvents)
	e := c.part("control of an 8 x 4 core", p, p.Samples, w)
	v := func(event int, what string) *energy.Value {
		return c.value(w[event], e, c.method(), c.conditionsText()+what)
	}
	t.Events.ControlClockBit = v(clock, "; the control of an 8 x 4 core on a small network")
	t.Events.ControlPosition = v(controlPosition, "; the control of an 8 x 4 core on a small network")
	t.Events.ControlDrain = v(controlDrain, "; the control of an 8 x 4 core on a small network")
	return nil
}

// rest adds what no cell library has.
func (c *calibration) rest(_ context.Context, t *energy.Technology) error {
	t.SRAMTable = c.o.SRAM
	t.SRAMFactor = c.sramFactor()
	t.DRAM64 = &energy.Value{Value: 1280, Unit: "pJ", Low: 250, High: 4480, NodeNM: 45, VoltageV: 1.2, TemperatureC: 25, Kind: energy.Assumed,
		Source:     "64 bits at 4 pJ (HBM2) to 70 pJ (DDR3), typical 20; take a part's data sheet instead",
		Conditions: "interface and device, any access pattern"}
	return nil
}

// sramFactor carries a table of memories over to the library's node and voltage;
// nil where they are those of the table.
func (c *calibration) sramFactor() *energy.Value {
	node := energy.SRAMNodeNM(c.o.SRAM)
	if node == c.o.NodeNM {
		return nil
	}
	v := c.b.Library.VoltageV
	factor := round(c.o.NodeNM / node * v * v)
	return &energy.Value{Value: factor, Unit: "factor", Low: round(factor / 2.5), High: round(factor * 2.5), NodeNM: c.o.NodeNM, VoltageV: v,
		TemperatureC: c.b.Library.TemperatureC, Kind: energy.Scaled, Source: fmt.Sprintf("length times voltage squared, from %g nm at 1 V", node),
		Conditions: "scaling between nodes is good to a factor of 2.5 either way"}
}
