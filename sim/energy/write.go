package energy

import (
	"bytes"
	"fmt"
	"strconv"
)

// YAML is the technology as a file that Parse reads: a value a line.
func (t *Technology) YAML() []byte {
	w := &writer{}
	w.line(0, "# Format and meaning of every entry: docs/energy.md of lowres.")
	w.line(0, "name: %s", t.Name)
	w.line(0, "about: %s", strconv.Quote(t.About))
	if o := t.Operations; o != nil {
		w.line(0, "operations:")
		for _, e := range (&Technology{Operations: o}).entries() {
			if e.name != "dram_64" {
				w.value(1, e.name, e.value)
			}
		}
	}
	if t.Events != nil {
		w.line(0, "events:")
		w.events(t.Events)
	}
	if len(t.SRAM) > 0 {
		w.line(0, "sram:")
	}
	for i := range t.SRAM {
		p := &t.SRAM[i]
		w.line(1, "- {bytes: %d, bits: %d, %s}", p.Bytes, p.Bits, p.Value.fields())
	}
	if t.SRAMTable != "" {
		w.line(0, "sram_table: %s", t.SRAMTable)
	}
	if t.SRAMFactor != nil {
		w.value(0, "sram_factor", t.SRAMFactor)
	}
	w.value(0, "dram_64", t.DRAM64)
	return w.Bytes()
}

// writer writes lines.
type writer struct{ bytes.Buffer }

func (w *writer) line(depth int, format string, a ...any) {
	for range depth {
		w.WriteString("  ")
	}
	fmt.Fprintf(w, format+"\n", a...)
}

func (w *writer) value(depth int, name string, v *Value) { w.line(depth, "%s: {%s}", name, v.fields()) }

// fields are the fields of a value.
func (v *Value) fields() string {
	n := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) } // no exponents: not all readers of YAML take them
	return fmt.Sprintf("value: %s, unit: %s, low: %s, high: %s, node_nm: %s, voltage_v: %s, temperature_c: %s, kind: %s, source: %s, conditions: %s",
		n(v.Value), v.Unit, n(v.Low), n(v.High), n(v.NodeNM), n(v.VoltageV), n(v.TemperatureC), v.Kind, strconv.Quote(v.Source), strconv.Quote(v.Conditions))
}

// events writes the events.
func (w *writer) events(e *Events) {
	w.line(1, "columns:")
	for i := range e.Columns {
		c := &e.Columns[i]
		w.line(2, "- digits: %d", c.Digits)
		w.line(3, "cell_bits: %d", c.CellBits)
		for _, v := range (&Events{Columns: e.Columns[i : i+1]}).entries()[:6] {
			w.value(3, v.name[len("columns[0]."):], v.value)
		}
	}
	for _, v := range (&Events{TileClockBit: e.TileClockBit, TileToggleBit: e.TileToggleBit, SumClockBit: e.SumClockBit,
		SumAddress: e.SumAddress, SumAddressBit: e.SumAddressBit, SumReadBit: e.SumReadBit, SumDrainBit: e.SumDrainBit,
		Requantise: e.Requantise, RequantiserClock: e.RequantiserClock,
		ControlClockBit: e.ControlClockBit, ControlPosition: e.ControlPosition, ControlDrain: e.ControlDrain}).entries() {
		w.value(1, v.name, v.value)
	}
	w.line(1, "decoders:")
	for _, d := range e.Decoders {
		w.line(2, "- levels: %d", d.Levels)
		w.value(3, "weight", d.Weight)
	}
	if e.Tables != nil {
		w.line(1, "tables:")
		w.line(2, "words: %d", e.Tables.Words)
		for _, v := range e.Tables.entries() {
			w.value(2, v.name[len("tables."):], v.value)
		}
	}
}
