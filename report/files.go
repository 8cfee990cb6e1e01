package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
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

// CSV writes the layers as layers.csv, without the total. Columns of energy are
// empty without a technology.
func (s *Simulation) CSV(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write(csvHeader()); err != nil {
		return err
	}
	for i := range s.Layers {
		r := s.Layers[i].record()
		if err := c.Write(r.fields()); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
