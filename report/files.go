package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
)

// JSON writes the report as report.json: indented, fields in the order of the
// structs, so that equal results are equal bytes.
func (s *Simulation) JSON(w io.Writer) error { return writeJSON(w, s) }

// writeJSON is how all JSON files of lowres are written.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// csvHeader names the columns of layers.csv; see docs/report.md.
var csvHeader = []string{"layer", "macs", "cycles", "utilisation", "array_active",
	"wait_load", "wait_store", "stall_drain", "slack_tile", "overhead",
	"weight_bytes", "input_bytes", "output_bytes", "zero_weight", "zero_activation",
	"energy_low_pj", "energy_typical_pj", "energy_high_pj"}

// CSV writes the layers as layers.csv, without the total. Columns of energy are
// empty without a technology.
func (s *Simulation) CSV(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write(csvHeader); err != nil {
		return err
	}
	for i := range s.Layers {
		if err := c.Write(s.Layers[i].record()); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// record is a row of layers.csv.
func (r *Row) record() []string {
	integer := func(n int64) string { return strconv.FormatInt(n, 10) }
	share := func(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }
	energy := []string{"", "", ""}
	if e := r.Energy; e != nil {
		for i, x := range []float64{e.LowPJ, e.TypicalPJ, e.HighPJ} {
			energy[i] = strconv.FormatFloat(x, 'g', 5, 64)
		}
	}
	l := &r.Losses
	return append([]string{r.Layer, integer(r.MACs), integer(r.Cycles), share(r.Utilisation), share(r.ArrayActive),
		integer(l.Load), integer(l.Store), integer(l.Drain), integer(l.Tile), integer(l.Overhead),
		integer(r.WeightBytes), integer(r.InputBytes), integer(r.OutputBytes), share(r.ZeroWeight), share(r.ZeroActivation)}, energy...)
}
