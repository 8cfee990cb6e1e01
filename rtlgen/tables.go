package rtlgen

import (
	"fmt"
	"slices"
	"strings"

	"lowres/quant"
	"lowres/sim/arch"
)

// tablesView is what the templates read of a design whose cells are tables.
type tablesView struct {
	Tables            *arch.SumTables // nil for cells that select
	FillLatency       int
	EntriesLiteral    string // entries of a table, by set
	TileWords         int
	TableCodesLiteral string // codes of a beat
	CodesW            int    // … and their bits
	LevelsW           int    // of the digits of an entry's weights
	ParStep           int    // parameter words of a column group
	TableLevels       []tableView
}

func newTablesView(d *arch.Design) tablesView {
	if d.Tables == nil {
		return tablesView{}
	}
	t, perBeat := d.Tables, d.CodesPerBeat(0)
	v := tablesView{
		Tables: t, FillLatency: d.FillLatency(), TileWords: d.TileWords(0),
		TableCodesLiteral: fmt.Sprintf("16'd%d", perBeat), CodesW: perBeat * t.CodeBits(),
		LevelsW: 3 * t.Group * d.DigitCount(), ParStep: d.ParameterGroupBytes() / (8 * d.Array.Requantisers),
	}
	var entries []string
	for i := range d.Sets {
		entries = append(entries, fmt.Sprintf("16'd%d", t.Fill(i)))
		v.TableLevels = append(v.TableLevels, tableLevels(d, i))
	}
	slices.Reverse(entries) // the first set stands lowest
	v.EntriesLiteral = "{" + strings.Join(entries, ", ") + "}"
	return v
}

// tableLevels lists the weights of the entries of set i.
func tableLevels(d *arch.Design, i int) tableView {
	t, table, digits := d.Tables, d.Tables.Sets[i], d.DigitCount()
	v := tableView{Name: d.SetName(i), In: t.IndexBits, Out: 3 * t.Group * digits, Default: zeros(t.Group * digits),
		About: fmt.Sprintf("%d entries of the levels %s.", table.Entries(), strings.Trim(fmt.Sprint(d.Sets[i].Values()), "[]"))}
	weights, split := make([]int16, t.Group), make([]int, digits)
	for index := range table.Entries() {
		table.Weights(weights, index)
		var text []string
		for _, w := range slices.Backward(weights) { // the first weight stands lowest
			quant.Digits(split, int(w))
			for _, digit := range slices.Backward(split) {
				text = append(text, digitBits(digit))
			}
		}
		v.Cases = append(v.Cases, caseView{index, strings.Join(text, "_")})
	}
	return v
}

// tableBlocks are the blocks of the diagram that an array of tables has instead of decoder,
// tile of digits and dot products.
func (v view) tableBlocks(array *block) []block {
	t := v.Tables
	array.title = "table_column"
	array.lines = []string{fmt.Sprintf("%d columns of %s", v.Cols, plural(t.Count, "table")), fmt.Sprintf("%d sums of %d bits", 1<<t.IndexBits, t.ValueBits),
		fmt.Sprintf("%d cycles, sums of %d bits", v.SumLatency, v.SumW)}
	return []block{
		{columnDecode, rowActivation, blockWidth, blockHeight, "table_fill", []string{"sums of " + plural(t.Group, "activation"), v.levelSets()}},
		{columnDecode, rowWeight, blockWidth, blockHeight, "tile_fill", []string{fmt.Sprintf("codes of %d bits", t.CodeBits()), "address the tables"}},
		{columnTile, rowWeight, blockWidth, blockHeight, "weight_tile", []string{fmt.Sprintf("1 tile of %d × %d", v.Cols, t.Count), "read when it is full"}},
	}
}
