package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"lowres/quant"
	"lowres/report"
)

// print writes the description for people: layers, packing, levels, and what the file says of its making.
func (r *inspectResult) print(out *console) error {
	out.printf("%s, %s parameters, sha256 %s\n\n", r.Network, grouped(r.Parameters), r.Hash)
	for _, table := range []func() (header []string, rows [][]string, total []string){r.layers, r.density, r.histogram} {
		header, rows, total := table()
		if err := report.WriteTable(out.out, header, rows, total); err != nil {
			return err
		}
		out.printf("\n")
	}
	for _, key := range slices.Sorted(maps.Keys(r.Info)) {
		out.printf("%s: %s\n", strings.ReplaceAll(key, "_", " "), r.Info[key])
	}
	return nil
}

// layers is the table of what each layer is and takes.
func (r *inspectResult) layers() (header []string, rows [][]string, total []string) {
	header = []string{"layer", "kind", "output", "weights", "MACs", "N"}
	for _, p := range quant.Packings() {
		header = append(header, string(p)+" bytes")
	}
	weights, macs, bytes := 0, int64(0), make([]int, len(quant.Packings()))
	for _, l := range r.Layers {
		row := make([]string, len(header))
		copy(row, []string{l.Name, l.Kind, l.Out})
		if l.Weights > 0 {
			copy(row[3:], []string{grouped(l.Weights), grouped(l.MACs), fmt.Sprint(len(l.Levels))})
		}
		for k, p := range l.Packed {
			row[6+k] = grouped(p.Bytes)
			bytes[k] += p.Bytes
		}
		weights, macs, rows = weights+l.Weights, macs+l.MACs, append(rows, row)
	}
	total = []string{"total", "", "", grouped(weights), grouped(macs), ""}
	for _, n := range bytes {
		total = append(total, grouped(n))
	}
	return header, rows, total
}

// density is the table of the bits that a weight takes, and of how many times fewer they are than float32's. A
// layer's last word may not be full.
func (r *inspectResult) density() (header []string, rows [][]string, total []string) {
	header = []string{"bits a weight", "N", "log2 N", "entropy"}
	for _, p := range quant.Packings() {
		header = append(header, string(p))
	}
	for _, p := range quant.Packings() {
		header = append(header, "float32/"+string(p))
	}
	weights, log2, entropy, bits := 0.0, 0.0, 0.0, make([]float64, len(quant.Packings()))
	for _, l := range r.Layers {
		if l.Weights == 0 {
			continue
		}
		n, layer := float64(l.Weights), make([]float64, len(l.Packed))
		for k, p := range l.Packed {
			layer[k] = p.BitsPerWeight
			bits[k] += n * p.BitsPerWeight
		}
		weights, log2, entropy = weights+n, log2+n*l.Log2N, entropy+n*l.Entropy
		rows = append(rows, densityRow(l.Name, fmt.Sprint(len(l.Levels)), l.Log2N, l.Entropy, layer))
	}
	for k := range bits {
		bits[k] /= weights
	}
	return header, rows, densityRow("total", "", log2/weights, entropy/weights, bits)
}

// densityRow is a line of the table of bits.
func densityRow(name, n string, log2, entropy float64, bits []float64) []string {
	row := []string{name, n, fmt.Sprintf("%.3f", log2), fmt.Sprintf("%.3f", entropy)}
	for _, b := range bits {
		row = append(row, fmt.Sprintf("%.3f", b))
	}
	for _, b := range bits {
		row = append(row, fmt.Sprintf("%.2f", 32/b))
	}
	return row
}

// histogram is the table of how often each level occurs, in per cent of the layer's weights.
func (r *inspectResult) histogram() (header []string, rows [][]string, total []string) {
	var levels []int
	for _, l := range r.Layers {
		levels = append(levels, l.Levels...)
	}
	slices.Sort(levels)
	levels = slices.Compact(levels)
	header = []string{"% of weights"}
	for _, v := range levels {
		header = append(header, strings.Replace(fmt.Sprint(v), "-", "−", 1))
	}
	for _, l := range r.Layers {
		if l.Weights == 0 {
			continue
		}
		row := append([]string{l.Name}, make([]string, len(levels))...)
		for code, v := range l.Levels {
			row[1+slices.Index(levels, v)] = fmt.Sprintf("%.1f", 100*float64(l.Count[code])/float64(l.Weights))
		}
		rows = append(rows, row)
	}
	return header, rows, nil
}
