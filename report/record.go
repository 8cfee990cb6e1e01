package report

import (
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"lowres/sim/energy"
)

// record is a layer in layers.csv and in Parquet: the tags name the columns of both. What
// is not known is nil, an empty field in CSV and null in Parquet.
type record struct {
	Layer          string   `parquet:"layer"`
	MACs           int64    `parquet:"macs"`
	Cycles         int64    `parquet:"cycles"`
	Utilisation    float64  `parquet:"utilisation"`
	ArrayActive    float64  `parquet:"array_active"`
	WaitLoad       int64    `parquet:"wait_load"`
	WaitStore      int64    `parquet:"wait_store"`
	StallDrain     int64    `parquet:"stall_drain"`
	SlackTile      int64    `parquet:"slack_tile"`
	Overhead       int64    `parquet:"overhead"`
	WeightBytes    int64    `parquet:"weight_bytes"`
	InputBytes     int64    `parquet:"input_bytes"`
	OutputBytes    int64    `parquet:"output_bytes"`
	BufferBytes    int64    `parquet:"buffer_bytes"`
	ZeroWeight     float64  `parquet:"zero_weight"`
	ZeroActivation float64  `parquet:"zero_activation"`
	EnergyLow      *float64 `parquet:"energy_low_pj,optional"`
	EnergyTypical  *float64 `parquet:"energy_typical_pj,optional"`
	EnergyHigh     *float64 `parquet:"energy_high_pj,optional"`
	Array          *float64 `parquet:"energy_array_pj,optional"` // these four add up to the typical energy
	Buffers        *float64 `parquet:"energy_buffers_pj,optional"`
	Clock          *float64 `parquet:"energy_clock_pj,optional"`
	Memory         *float64 `parquet:"energy_memory_pj,optional"`
}

// record is the row's.
func (r *Row) record() record {
	l := &r.Losses
	c := record{
		Layer: r.Layer, MACs: r.MACs, Cycles: r.Cycles, Utilisation: r.Utilisation, ArrayActive: r.ArrayActive,
		WaitLoad: l.Load, WaitStore: l.Store, StallDrain: l.Drain, SlackTile: l.Tile, Overhead: l.Overhead,
		WeightBytes: r.WeightBytes, InputBytes: r.InputBytes, OutputBytes: r.OutputBytes, BufferBytes: r.BufferBytes,
		ZeroWeight: r.ZeroWeight, ZeroActivation: r.ZeroActivation,
	}
	if e := r.Energy; e != nil {
		c.EnergyLow, c.EnergyTypical, c.EnergyHigh = &e.LowPJ, &e.TypicalPJ, &e.HighPJ
		g := r.groups()
		c.Array, c.Buffers, c.Clock, c.Memory = &g[0], &g[1], &g[2], &g[3]
	}
	return c
}

// groupNames are the groups of components in tables.
var groupNames = [4]string{"array", "buffers", "clock", "memory"}

// groups sums the row's typical energies up by group of components.
func (r *Row) groups() (pj [4]float64) {
	for _, p := range r.Components {
		pj[groupOf(p.Component)] += p.TypicalPJ
	}
	return pj
}

// groupOf is the group of a component.
func groupOf(c energy.Component) int {
	switch c {
	case energy.Cells, energy.Trees, energy.Accumulators, energy.Decoder, energy.Drain:
		return 0
	case energy.Clock, energy.Controller:
		return 2
	case energy.Memory:
		return 3
	}
	return 1
}

// csvHeader names the columns of layers.csv; see docs/report.md.
func csvHeader() (names []string) {
	for _, column := range parquet.SchemaOf(record{}).Fields() {
		names = append(names, column.Name())
	}
	return names
}

// fields formats a record: shares with six decimals, energies with five digits.
func (c *record) fields() (texts []string) {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		texts = append(texts, fieldText(v.Field(i).Interface()))
	}
	return texts
}

// fieldText formats a field of a record.
func fieldText(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', 6, 64)
	case *float64:
		if v != nil {
			return strconv.FormatFloat(*v, 'g', 5, 64)
		}
		return ""
	}
	return v.(string)
}

// Parquet writes the layers with the columns of layers.csv, and what they are of as
// metadata.
func (s *Simulation) Parquet(w io.Writer) error {
	file := parquet.NewGenericWriter[record](w, parquet.CreatedBy("lowres", "", ""))
	file.SetKeyValueMetadata("network", s.Network)
	file.SetKeyValueMetadata("design", s.Design)
	file.SetKeyValueMetadata("technology", s.Technology)
	var rows []record
	for i := range s.Layers {
		rows = append(rows, s.Layers[i].record())
	}
	if _, err := file.Write(rows); err != nil {
		return err
	}
	return file.Close()
}
