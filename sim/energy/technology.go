// Package energy prices the actions that the simulator counts: counts, free of
// technology, times the energies of a technology file.
package energy

import (
	"embed"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"lowres/internal/strictyaml"
)

// ErrTechnology is returned for a technology file that lacks something or
// contradicts itself.
var ErrTechnology = errors.New("technology")

//go:embed technologies/*.yaml
var embedded embed.FS

// Kind says where a value comes from.
type Kind string

// The kinds, from the most to the least trustworthy.
const (
	Measured   Kind = "measured"   // on silicon, with the method in source
	Calibrated Kind = "calibrated" // fitted to netlists in a cell library, by lowres calibrate
	Published  Kind = "published"  // as printed in source
	Scaled     Kind = "scaled"     // interpolated, or carried over from another size, node or voltage
	Assumed    Kind = "assumed"    // reasoned, with the reasoning in source
)

// rank orders kinds by trust; 0 is the best.
func (k Kind) rank() int {
	for i, o := range []Kind{Measured, Calibrated, Published, Scaled, Assumed} {
		if k == o {
			return i
		}
	}
	return -1
}

// worse is the less trustworthy of two kinds.
func (k Kind) worse(o Kind) Kind {
	if o.rank() > k.rank() {
		return o
	}
	return k
}

// Value is one energy of a technology file.
type Value struct {
	Value        float64 `yaml:"value"`
	Unit         string  `yaml:"unit"` // pJ; or factor
	Low          float64 `yaml:"low"`
	High         float64 `yaml:"high"`
	NodeNM       float64 `yaml:"node_nm"`
	VoltageV     float64 `yaml:"voltage_v"`
	TemperatureC float64 `yaml:"temperature_c"`
	Kind         Kind    `yaml:"kind"`
	Source       string  `yaml:"source"`
	Conditions   string  `yaml:"conditions"` // under which it holds
}

// SRAMPoint is the energy to read Bits bits of a memory of Bytes bytes.
type SRAMPoint struct {
	Bytes int `yaml:"bytes"`
	Bits  int `yaml:"bits"`
	Value `yaml:",inline"`
}

// Technology is a checked technology file. The array is priced by Operations or by
// Events, one of the two; memories by points of the file or by a table.
type Technology struct {
	Name       string      `yaml:"name"`
	About      string      `yaml:"about"`
	Operations *Operations `yaml:"operations,omitempty"`
	Events     *Events     `yaml:"events,omitempty"`
	SRAM       []SRAMPoint `yaml:"sram,omitempty"`
	SRAMTable  string      `yaml:"sram_table,omitempty"`  // one of SRAMTables
	SRAMFactor *Value      `yaml:"sram_factor,omitempty"` // from the table to this technology
	DRAM64     *Value      `yaml:"dram_64"`
}

// Operations are energies of whole operations, the form of published tables.
type Operations struct {
	Add8        *Value `yaml:"add_8"`
	Add32       *Value `yaml:"add_32"`
	Multiply8   *Value `yaml:"multiply_8"`
	Multiply32  *Value `yaml:"multiply_32"`
	CellBit     *Value `yaml:"cell_bit"`
	Decode      *Value `yaml:"decode"`
	WireBit     *Value `yaml:"wire_bit"`
	RegisterBit *Value `yaml:"register_bit"`
	ClockBit    *Value `yaml:"clock_bit"`
}

// Names lists the built-in technologies in alphabetical order.
func Names() []string {
	entries, err := embedded.ReadDir("technologies")
	if err != nil {
		panic(err) // the folder is embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// Load returns a built-in technology by name, or reads a file if name is a path
// (has a separator or ends in .yaml).
func Load(name string) (*Technology, error) {
	if strings.ContainsRune(name, filepath.Separator) || strings.HasSuffix(name, ".yaml") {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		t, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return t, nil
	}
	text, err := embedded.ReadFile("technologies/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("%w %q: want %s, or a path to a file that ends in .yaml", ErrTechnology, name, strings.Join(Names(), ", "))
	}
	return Parse(text)
}

// Parse reads and checks a technology file. Unknown keys are errors, and so are
// missing ones: nothing is free because nobody looked it up.
func Parse(text []byte) (*Technology, error) {
	t := &Technology{}
	if err := strictyaml.Decode(text, t); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTechnology, err)
	}
	if err := t.Check(); err != nil {
		return nil, err
	}
	return t, nil
}

// entry is a value with its name in the file.
type entry struct {
	name  string
	value *Value
}

// entries lists all values in the order of the file.
func (t *Technology) entries() []entry {
	var list []entry
	if o := t.Operations; o != nil {
		list = append(list, entry{"add_8", o.Add8}, entry{"add_32", o.Add32}, entry{"multiply_8", o.Multiply8},
			entry{"multiply_32", o.Multiply32}, entry{"cell_bit", o.CellBit}, entry{"decode", o.Decode},
			entry{"wire_bit", o.WireBit}, entry{"register_bit", o.RegisterBit}, entry{"clock_bit", o.ClockBit})
	}
	if t.Events != nil {
		list = append(list, t.Events.entries()...)
	}
	for i := range t.SRAM {
		list = append(list, entry{fmt.Sprintf("sram[%d]", i), &t.SRAM[i].Value})
	}
	return append(list, entry{"dram_64", t.DRAM64})
}

// entries lists the values of events.
func (e *Events) entries() []entry {
	var list []entry
	for i := range e.Columns {
		c := &e.Columns[i]
		for _, v := range []entry{{"clock_bit", c.ClockBit}, {"activation_bit", c.ActivationBit}, {"weight_bit", c.WeightBit},
			{"sign_bit", c.SignBit}, {"product_bit", c.ProductBit}, {"tree_bit", c.TreeBit}} {
			list = append(list, entry{fmt.Sprintf("columns[%d].%s", i, v.name), v.value})
		}
	}
	list = append(list, entry{"tile_clock_bit", e.TileClockBit}, entry{"tile_toggle_bit", e.TileToggleBit},
		entry{"sum_clock_bit", e.SumClockBit}, entry{"sum_address", e.SumAddress}, entry{"sum_address_bit", e.SumAddressBit}, entry{"sum_read_bit", e.SumReadBit},
		entry{"sum_drain_bit", e.SumDrainBit})
	for i := range e.Decoders {
		list = append(list, entry{fmt.Sprintf("decoders[%d].weight", i), e.Decoders[i].Weight})
	}
	list = append(list, entry{"requantise", e.Requantise}, entry{"requantiser_clock", e.RequantiserClock},
		entry{"control_clock_bit", e.ControlClockBit}, entry{"control_position", e.ControlPosition}, entry{"control_drain", e.ControlDrain})
	if e.Tables != nil {
		list = append(list, e.Tables.entries()...)
	}
	return list
}

// Check returns ErrTechnology with every fault.
func (t *Technology) Check() error {
	var errs []error
	fail := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrTechnology}, a...)...))
	}
	if t.Name == "" {
		fail("name: missing")
	}
	if (t.Operations == nil) == (t.Events == nil) {
		fail("want operations or events, one of the two")
	}
	if e := t.Events; e != nil {
		e.check(fail)
	}
	for _, e := range t.entries() {
		if e.value == nil {
			fail("%s: missing; give it a value, of kind assumed if it must be", e.name)
			continue
		}
		e.value.check("pJ", func(format string, a ...any) { fail(e.name+": "+format, a...) })
	}
	t.checkSRAM(fail)
	return errors.Join(errs...)
}

// checkSRAM checks where the energies of memories come from.
func (t *Technology) checkSRAM(fail func(format string, a ...any)) {
	if t.SRAMFactor != nil {
		t.SRAMFactor.check("factor", func(format string, a ...any) { fail("sram_factor: "+format, a...) })
	}
	if t.SRAMTable != "" {
		if _, ok := sramTable(t.SRAMTable); !ok {
			fail("sram_table %q: want one of %s", t.SRAMTable, strings.Join(SRAMTables(), ", "))
		}
		if len(t.SRAM) > 0 {
			fail("sram: sram_table stands in its place: want one of the two")
		}
		return
	}
	if t.SRAMFactor != nil {
		fail("sram_factor: is for sram_table: want the points themselves")
	}
	if len(t.SRAM) < 2 {
		fail("sram: %d points: want 2 or more to interpolate, or sram_table", len(t.SRAM))
	}
	for i, p := range t.SRAM {
		if p.Bytes < 1 || p.Bits < 1 || (i > 0 && p.Bytes <= t.SRAM[i-1].Bytes) {
			fail("sram[%d]: %d bytes, %d bits: want positive numbers and rising sizes", i, p.Bytes, p.Bits)
		}
	}
}

// check reports what is wrong with a value.
func (v *Value) check(unit string, fail func(format string, a ...any)) {
	if v.Unit != unit {
		fail("unit %q: want %s", v.Unit, unit)
	}
	if !(0 < v.Low && v.Low <= v.Value && v.Value <= v.High && !math.IsInf(v.High, 0)) {
		fail("low %g, value %g, high %g: want 0 < low ≤ value ≤ high", v.Low, v.Value, v.High)
	}
	if !(v.NodeNM > 0 && v.VoltageV > 0) {
		fail("node_nm %g, voltage_v %g: want both", v.NodeNM, v.VoltageV)
	}
	if !(v.TemperatureC >= -273.15) || v.TemperatureC == 0 {
		fail("temperature_c %g: want it, above −273.15; 0 stands for a missing one", v.TemperatureC)
	}
	if v.Kind.rank() < 0 {
		fail("kind %q: want %s, %s, %s, %s or %s", v.Kind, Measured, Calibrated, Published, Scaled, Assumed)
	}
	if v.Source == "" {
		fail("source: missing")
	}
	if v.Conditions == "" {
		fail("conditions: missing; say under which the value holds")
	}
}
