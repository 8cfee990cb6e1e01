package energy_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lowres/sim/arch"
	"lowres/sim/energy"
	"lowres/sim/machine"
)

func horowitz(t *testing.T) *energy.Technology {
	t.Helper()
	tech, err := energy.Load("horowitz45")
	if err != nil {
		t.Fatal(err)
	}
	return tech
}

func design(t *testing.T, change func(*arch.Spec)) *arch.Design {
	t.Helper()
	s := arch.DefaultSpec()
	change(&s)
	d, err := arch.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBuiltInTechnologiesAreSound(t *testing.T) {
	for _, name := range energy.Names() {
		if _, err := energy.Load(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPublishedSizesCostWhatIsPublished(t *testing.T) {
	d := design(t, func(s *arch.Spec) { s.Memory.WidthBits = 64 })
	costs := horowitz(t).Costs(d)
	for _, c := range []struct {
		action machine.Action
		pj     float64
		kind   energy.Kind
	}{
		{machine.WeightRead, 20, energy.Published},            // 32 KiB, 64 bits
		{machine.MemoryWeights, 1950.0 / 8, energy.Published}, // a byte of 64 bits
		{machine.PoolCompare, 0.03, energy.Published},
		{machine.OutputRead, 14.142, energy.Scaled}, // 16 KiB: half way from 8 to 32 in the logarithm
	} {
		if got := costs[c.action]; math.Abs(got.TypicalPJ-c.pj) > 0.001 || got.Kind != c.kind {
			t.Errorf("%v: %g pJ, %s: want %g, %s", c.action, got.TypicalPJ, got.Kind, c.pj, c.kind)
		}
	}
}

func TestEveryActionHasAPriceOrAReason(t *testing.T) {
	free := map[machine.Action]string{
		machine.CellZeroActivation: "the cell's output stays zero",
		machine.CellZeroWeight:     "the cell's output stays zero",
		machine.SumTableFill:       "only arrays of tables do it",
		machine.SumTableWrite:      "… tables",
		machine.SumTableRead:       "… tables",
		machine.CellIdle:           "the clock is charged by the cycle",
		machine.ActivationPadding:  "no buffer is read",
		machine.WeightToggle:       "a table of operations prices weights that change",
		machine.SignToggle:         "… weights that change",
		machine.ProductToggle:      "… cells that are active",
		machine.TreeToggle:         "… additions",
		machine.SumAddressToggle:   "… additions",
		machine.SumReadToggle:      "… additions",
		machine.SumToggle:          "… additions",
		machine.WeightTake:         "… weights that change",
		machine.WordDecode:         "weights that are decoded are priced",
		machine.DigitDecode:        "weights that are decoded are priced",
		machine.RegisterClocked:    "cycles are priced with the design's flip-flops",
		machine.RegisterGated:      "no flip-flop's clock is gated",
	}
	for _, n := range []int{3, 17} {
		d := design(t, func(s *arch.Spec) { s.Levels = []int{n} })
		for a, cost := range horowitz(t).Costs(d) {
			action := machine.Action(a)
			if action == machine.DigitAdd && d.DigitCount() == 1 {
				continue
			}
			if _, ok := free[action]; ok != (cost.Component == "") || ok != (cost.TypicalPJ == 0) {
				t.Errorf("N=%d: %v costs %g pJ, charged to %q", n, action, cost.TypicalPJ, cost.Component)
			}
			if cost.LowPJ > cost.TypicalPJ || cost.TypicalPJ > cost.HighPJ {
				t.Errorf("N=%d: %v: %+v", n, action, cost.Band)
			}
		}
	}
}

func TestFillingAndReadingTablesCostsWhatTheirMemoryDoes(t *testing.T) {
	table := func(cell arch.Cell) [machine.ActionCount]energy.Cost {
		return horowitz(t).Costs(design(t, func(s *arch.Spec) { s.Array.Cell = cell }))
	}
	inLUTs, inBlocks := table(arch.CellTableLUT), table(arch.CellTableBlock)
	for a, want := range map[machine.Action]float64{
		machine.SumTableFill:  3 * 9 * 0.00125, // cells of three lanes
		machine.SumTableWrite: 10 * 0.006,      // ten register bits
		machine.SumTableRead:  10 * 0.006,
	} {
		if got := inLUTs[a]; math.Abs(got.TypicalPJ-want) > 1e-9 || got.Component != energy.Cells {
			t.Errorf("%v: %g pJ, charged to %q: want %g", a, got.TypicalPJ, got.Component, want)
		}
		if got := inBlocks[a]; got.TypicalPJ <= want || got.Component != energy.Cells {
			t.Errorf("%v in block RAM: %g pJ, charged to %q: want above %g", a, got.TypicalPJ, got.Component, want)
		}
	}
}

func TestATechnologyOfEventsWithoutTablesRefusesThem(t *testing.T) {
	tech := made(t)
	tech.Events.Tables = nil
	_, err := energy.Evaluate(tech, design(t, func(s *arch.Spec) { s.Array.Cell = arch.CellTableLUT }), &machine.Counts{})
	if !errors.Is(err, energy.ErrTechnology) || !strings.Contains(err.Error(), "no events.tables, for array.cell table_lutram: calibrate it again") {
		t.Errorf("got %v", err)
	}
}

func TestEvaluateIsCountsTimesEnergies(t *testing.T) {
	tech, d := horowitz(t), design(t, func(*arch.Spec) {})
	counts := &machine.Counts{}
	counts[machine.MemoryWeights], counts[machine.PoolCompare] = 80, 10
	r, err := energy.Evaluate(tech, d, counts)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Part(energy.Memory).TypicalPJ; math.Abs(got-19500) > 1e-6 {
		t.Errorf("memory: %g pJ: want 80 bytes at 1950 pJ for 8", got)
	}
	if got := r.OnChip().TypicalPJ; math.Abs(got-0.3) > 1e-9 {
		t.Errorf("on chip: %g pJ: want 10 adds of 0.03", got)
	}
	if got := r.Total.TypicalPJ; math.Abs(got-19500.3) > 1e-6 || r.Kind != energy.Published {
		t.Errorf("total: %g pJ, %s", got, r.Kind)
	}
}

func TestEvaluateRefusesCountsWithoutValues(t *testing.T) {
	counts := &machine.Counts{}
	counts[machine.CellIssued] = 256
	_, err := energy.Evaluate(horowitz(t), design(t, func(*arch.Spec) {}), counts)
	if !errors.Is(err, energy.ErrValues) {
		t.Errorf("got %v", err)
	}
}

func TestTechnologyFilesAreCheckedEntryByEntry(t *testing.T) {
	text, err := os.ReadFile("technologies/horowitz45.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"a missing entry is an error", "  decode: {", "# decode: {", "decode: missing"},
		{"an unknown key is an error", "cell_bit: {", "cell_bits: {", "cell_bits"},
		{"a value outside its band is an error", "value: 3.1,", "value: 31,", "multiply_32: low 2.2, value 31"},
		{"an unknown kind is an error", "kind: assumed", "kind: guessed", `kind "guessed"`},
		{"energies are picojoules", "unit: pJ", "unit: nJ", `add_8: unit "nJ": want pJ`},
		{"SRAM sizes rise", "bytes: 32768", "bytes: 8192", "rising sizes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := energy.Parse([]byte(strings.Replace(string(text), c.old, c.new, 1)))
			if !errors.Is(err, energy.ErrTechnology) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestLoadTakesNamesAndPaths(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.yaml")
	text, err := os.ReadFile("technologies/horowitz45.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if own, err := energy.Load(path); err != nil || own.Name != "horowitz45" {
		t.Errorf("%v", err)
	}
	if _, err := energy.Load("horowitz"); !errors.Is(err, energy.ErrTechnology) || !strings.Contains(err.Error(), "horowitz45") {
		t.Errorf("got %v, want the names there are", err)
	}
}

func TestBandPrintsTheDigitsThatItSupports(t *testing.T) {
	for _, c := range []struct {
		band energy.Band
		want string
	}{
		{energy.Band{LowPJ: 1300, TypicalPJ: 1950, HighPJ: 2600}, "2.0 nJ (1.3 to 2.6)"},
		{energy.Band{LowPJ: 98e6, TypicalPJ: 100e6, HighPJ: 102e6}, "100 µJ (98.0 to 102)"},
		{energy.Band{LowPJ: 1, TypicalPJ: 4, HighPJ: 16}, "4 pJ (1 to 20)"},
		{energy.Band{LowPJ: 0.02, TypicalPJ: 0.03, HighPJ: 0.045}, "30 fJ (20 to 45)"},
	} {
		if got := c.band.String(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.band, got, c.want)
		}
	}
}
