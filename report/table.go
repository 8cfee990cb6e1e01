package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"lowres/sim/energy"
)

// Table writes the report for people: a line for each layer, the total, and
// what it means.
func (s *Simulation) Table(w io.Writer) error {
	fmt.Fprintf(w, "%s on %s\n\n", s.Network, s.Design)
	rows := [][]string{}
	for i := range s.Layers {
		rows = append(rows, s.Layers[i].cells())
	}
	if err := WriteTable(w, s.header(), rows, s.Total.cells()); err != nil {
		return err
	}
	how := "one after the other"
	if s.Pictures > 1 {
		how = fmt.Sprintf("%d at a time", s.Pictures)
	}
	fmt.Fprintf(w, "\nLatency %.3f ms at %g MHz, %.0f images/s, %s.\n", s.LatencyMS, s.ClockMHz, s.FPS, how)
	fmt.Fprintln(w, s.Bottleneck)
	if s.Energy == nil {
		return nil
	}
	return s.energyTable(w)
}

// header names the columns, with units.
func (s *Simulation) header() []string {
	h := []string{"layer", "MACs", "cycles", "util %", "array %", "load %", "store %", "drain %", "tile %", "other %", "weights kB", "in kB", "out kB", "buffers kB"}
	if s.Energy != nil {
		h = append(h, "energy")
	}
	return h
}

// cells formats a row.
func (r *Row) cells() []string {
	share := func(n int64) string { return percent(ratio(n, r.Cycles)) }
	c := []string{r.Layer, Thousands(r.MACs), Thousands(r.Cycles), percent(r.Utilisation), percent(r.ArrayActive),
		share(r.Losses.Load), share(r.Losses.Store), share(r.Losses.Drain), share(r.Losses.Tile), share(r.Losses.Overhead),
		kilobytes(r.WeightBytes), kilobytes(r.InputBytes), kilobytes(r.OutputBytes), kilobytes(r.BufferBytes)}
	if r.Energy != nil {
		c = append(c, r.Energy.Short())
	}
	return c
}

// energyTable writes where the energy goes.
func (s *Simulation) energyTable(w io.Writer) error {
	fmt.Fprintf(w, "\nEnergy by %s%s\n\n", s.Technology, map[energy.Activity]string{energy.Expected: ", of expected activity"}[s.Energy.Activity])
	rows := [][]string{}
	for _, p := range s.Energy.Components {
		rows = append(rows, []string{string(p.Component), p.String(), percent(p.TypicalPJ / s.Energy.Total.TypicalPJ), string(p.Kind)})
	}
	total := []string{"total", s.Energy.Total.String(), percent(1), string(s.Energy.Kind)}
	if err := WriteTable(w, []string{"component", "energy (low to high)", "%", "kind"}, rows, total); err != nil {
		return err
	}
	fmt.Fprintln(w, "\n"+s.Caveat)
	return s.layerEnergyTable(w)
}

// layerEnergyTable writes where the energy of each layer goes.
func (s *Simulation) layerEnergyTable(w io.Writer) error {
	var rows [][]string
	line := func(r *Row) []string {
		cells := []string{r.Layer}
		for _, pj := range r.groups() {
			cells = append(cells, percent(pj/r.Energy.TypicalPJ))
		}
		return append(cells, r.Energy.String())
	}
	for i := range s.Layers {
		rows = append(rows, line(&s.Layers[i]))
	}
	header := []string{"layer"}
	for _, name := range groupNames {
		header = append(header, name+" %")
	}
	fmt.Fprintln(w)
	return WriteTable(w, append(header, "energy (low to high)"), rows, line(&s.Total))
}

// WriteTable draws a plain table: text left, numbers right, no formatting of
// the header beyond what it says. total may be nil.
func WriteTable(w io.Writer, header []string, rows [][]string, total []string) error {
	align := make([]tw.Align, len(header))
	for i := range align {
		align[i] = tw.AlignRight
	}
	align[0] = tw.AlignLeft
	columns := tw.CellAlignment{PerColumn: align}
	t := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Symbols:  tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off}},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithFooterAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignmentConfig(columns),
		tablewriter.WithRowAlignmentConfig(columns),
		tablewriter.WithFooterAlignmentConfig(columns),
	)
	t.Header(header)
	if err := t.Bulk(rows); err != nil {
		return err
	}
	if total != nil {
		t.Footer(total)
	}
	return t.Render()
}

// percent prints a share with one decimal.
func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) }

// kilobytes prints bytes in units of 1000 with one decimal.
func kilobytes(n int64) string { return strconv.FormatFloat(float64(n)/1000, 'f', 1, 64) }

// Thousands prints an integer with commas between thousands.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}
