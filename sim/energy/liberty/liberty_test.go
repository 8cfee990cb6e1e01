package liberty_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/sim/energy/liberty"
)

// small has the traps of real libraries: units, conditions, a fallback, energies
// of the ground pin, tables of one and two axes, continued lines.
const small = `library ("small") { /* a comment */
  time_unit : "1ps"; voltage_unit : "1V"; leakage_power_unit : "1pW";
  capacitive_load_unit (1,ff);
  nom_voltage : 0.5;
  nom_temperature : 25; nom_process : 1
  power_lut_template (p) { variable_1 : input_transition_time; variable_2 : total_output_net_capacitance; index_1 ("1, 3"); index_2 ("10, 20"); }
  power_lut_template (q) { variable_1 : input_transition_time; index_1 ("1, 3"); }
  cell (XOR) {
    area : 2.5; cell_leakage_power : 7;
    pin (A) { direction : input; capacitance : 1.5; }
    pin (B) { direction : input; capacitance : 2;
      internal_power () { when : "!A'*1 + A^0"; power (q) { values ("1, 2"); } } }
    pin (Y) { direction : output; function : "(A B') + (!A*B)";
      timing () { related_pin : "A"; cell_rise (scalar) { values ("5"); } }
      timing () { related_pin : "A"; timing_type : setup_rising; rise_constraint (scalar) { values ("9"); } }
      internal_power () { related_pin : "A B"; rise_power (p) { values ( \
            "1, 2", \
            "3, 4" ); } }
      internal_power () { related_pin : "A"; when : "B"; rise_power (scalar) { values ("50"); } }
      internal_power () { related_pin : "A"; related_pg_pin : VSS; rise_power (scalar) { values ("99"); } }
    }
  }
  cell (DFF) { ff ("IQ", "IQN") { clocked_on : "C"; next_state : "D"; clear : "!R"; }
    pin ("C") { direction : "input"; clock : "true"; capacitance : 1; } pin (D) { direction : input; }
    pin (R) { direction : input; capacitance : 1; } pin (Q) { direction : output; function : "IQ"; } }
  default_input_pin_cap : 3;
}`

func parse(t *testing.T, text string) *liberty.Library {
	t.Helper()
	l, err := liberty.Parse([]byte(text))
	require.NoError(t, err)
	return l
}

func TestUnitsAreSI(t *testing.T) {
	l := parse(t, small)
	c := l.Cells["XOR"]
	require.Equal(t, "small", l.Name)
	require.Equal(t, 0.5, l.VoltageV)
	require.InDelta(t, 7e-12, c.LeakageW, 1e-24)
	require.InDelta(t, 1.5e-15, c.Pin("A").Capacitance, 1e-27)
	require.InDelta(t, 3e-15, l.Cells["DFF"].Pin("D").Capacitance, 1e-27, "the default")
	require.Len(t, c.Pin("Y").Arcs, 1, "a constraint is no delay")
	require.InDelta(t, 5e-12, c.Pin("Y").Arcs[0].Rise.At(1e-12, 0), 1e-24)
}

func TestEnergyIsInCapacitanceTimesVoltageSquared(t *testing.T) {
	y := parse(t, small).Cells["XOR"].Pin("Y")
	require.Len(t, y.Power, 3, "one of two pins, one of A, none of ground")
	for _, c := range []struct{ slew, load, want float64 }{
		{1, 10, 1}, {3, 20, 4}, {2, 15, 2.5}, {5, 10, 5}, {1, 5, 0.5},
	} {
		require.InDelta(t, c.want*1e-15, y.Power[0].Rise.At(c.slew*1e-12, c.load*1e-15), 1e-24, c)
	}
}

func TestTheGroupWithoutConditionIsAFallback(t *testing.T) {
	c := parse(t, small).Cells["XOR"]
	y := c.Pin("Y")
	require.Equal(t, 2, y.Group(0, 0b010), "B is high")
	require.Equal(t, 0, y.Group(0, 0b000))
	require.Equal(t, 1, y.Group(1, 0b001), "by B")
	require.Equal(t, -1, c.Pin("A").Group(-1, 0))
}

func TestFunctions(t *testing.T) {
	c := parse(t, small).Cells["XOR"]
	for state := range uint32(4) {
		require.Equal(t, state == 1 || state == 2, c.Pin("Y").Function.Eval(state), state)
	}
	require.Equal(t, "((a & ~b) | (~a & b))", c.Pin("Y").Function.Verilog(func(p int) string { return "ab"[p : p+1] }))
	require.Equal(t, uint32(3), c.Pin("Y").Function.Pins())
	d := parse(t, small).Cells["DFF"]
	require.True(t, d.State.Clear.Eval(0))
	require.Nil(t, d.State.Preset)
	require.True(t, d.Pin("Q").Function.Eval(1<<liberty.StateQ))
}

func TestSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"not a library":   {"library (", "cell (", "want library"},
		"no voltage":      {"nom_voltage : 0.5;", "", "nom_voltage: missing"},
		"a unit":          {`"1ps"`, `"1 minute"`, "time_unit"},
		"no load unit":    {"capacitive_load_unit (1,ff);", "", "capacitive_load_unit"},
		"a missing value": {`"3, 4"`, `"3"`, "3 values: want 4"},
		"no number":       {`"3, 4"`, `"3, four"`, "want a number"},
		"a wrong pin":     {"(A B')", "(A C)", ""},
		"a related pin":   {`related_pin : "A B"`, `related_pin : "Z"`, "is no pin"},
		"no end":          {"default_input_pin_cap : 3;\n}", "", "has no end"},
		"falling axis":    {`index_1 ("1, 3"); index_2`, `index_1 ("3, 1"); index_2`, "rising"},
	} {
		_, err := liberty.Parse([]byte(strings.Replace(small, c.old, c.new, 1)))
		if c.want == "" {
			continue // an output without a function that is known
		}
		require.ErrorIs(t, err, liberty.ErrLiberty, name)
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestReadsGzip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "small.lib.gz")
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(small))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	l, err := liberty.Read(path)
	require.NoError(t, err)
	require.Len(t, l.Cells, 2)
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = liberty.Parse([]byte(text))
	})
}
