// Package energy prices the actions that the simulator counts: counts, free of
// technology, times the energies of a technology file.
package energy

import (
	"embed"
	"errors"
	"fmt"
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
	Measured  Kind = "measured"  // by the file's author, with the method in source
	Published Kind = "published" // as printed in source
	Scaled    Kind = "scaled"    // interpolated, or carried over from another size, node or voltage
	Assumed   Kind = "assumed"   // reasoned, with the reasoning in source
)

// rank orders kinds by trust; 0 is the best.
func (k Kind) rank() int {
	for i, o := range []Kind{Measured, Published, Scaled, Assumed} {
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
	Value    float64 `yaml:"value"`
	Unit     string  `yaml:"unit"` // pJ
	Low      float64 `yaml:"low"`
	High     float64 `yaml:"high"`
	NodeNM   float64 `yaml:"node_nm"`
	VoltageV float64 `yaml:"voltage_v"`
	Kind     Kind    `yaml:"kind"`
	Source   string  `yaml:"source"`
}

// SRAMPoint is the energy to read Bits bits of a memory of Bytes bytes.
type SRAMPoint struct {
	Bytes int `yaml:"bytes"`
	Bits  int `yaml:"bits"`
	Value `yaml:",inline"`
}

// Technology is a checked technology file.
type Technology struct {
	Name        string      `yaml:"name"`
	About       string      `yaml:"about"`
	Add8        *Value      `yaml:"add_8"`
	Add32       *Value      `yaml:"add_32"`
	Multiply8   *Value      `yaml:"multiply_8"`
	Multiply32  *Value      `yaml:"multiply_32"`
	CellBit     *Value      `yaml:"cell_bit"`
	Decode      *Value      `yaml:"decode"`
	WireBit     *Value      `yaml:"wire_bit"`
	RegisterBit *Value      `yaml:"register_bit"`
	ClockBit    *Value      `yaml:"clock_bit"`
	SRAM        []SRAMPoint `yaml:"sram"`
	DRAM64      *Value      `yaml:"dram_64"`
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
	if err := t.check(); err != nil {
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
	list := []entry{
		{"add_8", t.Add8}, {"add_32", t.Add32}, {"multiply_8", t.Multiply8}, {"multiply_32", t.Multiply32},
		{"cell_bit", t.CellBit}, {"decode", t.Decode}, {"wire_bit", t.WireBit},
		{"register_bit", t.RegisterBit}, {"clock_bit", t.ClockBit}, {"dram_64", t.DRAM64},
	}
	for i := range t.SRAM {
		list = append(list, entry{fmt.Sprintf("sram[%d]", i), &t.SRAM[i].Value})
	}
	return list
}

// check returns ErrTechnology with every fault.
func (t *Technology) check() error {
	var errs []error
	fail := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrTechnology}, a...)...))
	}
	if t.Name == "" {
		fail("name: missing")
	}
	for _, e := range t.entries() {
		if e.value == nil {
			fail("%s: missing; give it a value, of kind assumed if it must be", e.name)
			continue
		}
		e.value.check(func(format string, a ...any) { fail(e.name+": "+format, a...) })
	}
	if len(t.SRAM) < 2 {
		fail("sram: %d points: want 2 or more to interpolate", len(t.SRAM))
	}
	for i, p := range t.SRAM {
		if p.Bytes < 1 || p.Bits < 1 || (i > 0 && p.Bytes <= t.SRAM[i-1].Bytes) {
			fail("sram[%d]: %d bytes, %d bits: want positive numbers and rising sizes", i, p.Bytes, p.Bits)
		}
	}
	return errors.Join(errs...)
}

// check reports what is wrong with a value.
func (v *Value) check(fail func(format string, a ...any)) {
	if v.Unit != "pJ" {
		fail("unit %q: want pJ", v.Unit)
	}
	if !(0 < v.Low && v.Low <= v.Value && v.Value <= v.High) {
		fail("low %g, value %g, high %g: want 0 < low ≤ value ≤ high", v.Low, v.Value, v.High)
	}
	if !(v.NodeNM > 0 && v.VoltageV > 0) {
		fail("node_nm %g, voltage_v %g: want both", v.NodeNM, v.VoltageV)
	}
	if v.Kind.rank() < 0 {
		fail("kind %q: want %s, %s, %s or %s", v.Kind, Measured, Published, Scaled, Assumed)
	}
	if v.Source == "" {
		fail("source: missing")
	}
}
