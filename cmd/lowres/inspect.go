package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/report"
)

// inspectResult is the JSON of lowres inspect.
type inspectResult struct {
	Network    string            `json:"network"`
	Hash       string            `json:"sha256"`
	Parameters int               `json:"parameters"`
	InputScale float64           `json:"input_scale"`
	Packing    string            `json:"packing"` // of the weights in the file
	Layers     []inspectLayer    `json:"layers"`
	Info       map[string]string `json:"info"`
}

type inspectLayer struct {
	Name        string          `json:"name"`
	Kind        string          `json:"kind"`
	In          string          `json:"in"` // height x width x channels
	Out         string          `json:"out"`
	Levels      []int           `json:"levels,omitempty"`
	Count       []int           `json:"count,omitempty"` // weights at each level
	Weights     int             `json:"weights,omitempty"`
	MACs        int64           `json:"macs,omitempty"`
	Entropy     float64         `json:"entropy_bits,omitempty"` // of a weight
	Accumulator []int64         `json:"accumulator_range,omitempty"`
	Packed      []inspectPacked `json:"packed,omitempty"`
}

type inspectPacked struct {
	Packing       string  `json:"packing"`
	Bytes         int     `json:"bytes"`
	BitsPerWeight float64 `json:"bits_per_weight"`
	Reduction     float64 `json:"reduction"` // against float32
}

func inspectCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "inspect", Category: groupNetwork, Usage: "say what a .lrn file holds; without one, list the built-in models",
		UsageText: "lowres inspect cvnn1.lrn",
		Flags:     []cli.Flag{jsonFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return models(c, out)
			}
			return inspect(c, out)
		},
	}
}

// modelResult is a row of the JSON of lowres inspect without a file.
type modelResult struct {
	Model      string `json:"model"`
	Input      string `json:"input"`
	Layers     int    `json:"layers"`
	Parameters int    `json:"parameters"`
	MACs       int64  `json:"macs"`
}

// models lists the built-in models.
func models(c *cli.Context, out *console) error {
	var all []modelResult
	var rows [][]string
	for _, name := range network.ModelNames() {
		g, err := network.Model(name)
		if err != nil {
			return err
		}
		m := modelResult{Model: name, Input: g.Input.String(), Layers: len(g.Layers), Parameters: g.Parameters()}
		for i := range g.Layers {
			m.MACs += g.Layers[i].MACs()
		}
		all = append(all, m)
		rows = append(rows, []string{name, m.Input, fmt.Sprint(m.Layers), grouped(m.Parameters), grouped(m.MACs)})
	}
	if c.Bool("json") {
		return out.json(all)
	}
	return report.WriteTable(out.out, []string{"model", "input", "layers", "parameters", "MACs"}, rows, nil)
}

// inspect describes a .lrn file.
func inspect(c *cli.Context, out *console) error {
	path, err := oneArgument(c, "a .lrn file")
	if err != nil {
		return err
	}
	f, err := network.ReadFile(path)
	if err != nil {
		return err
	}
	hash, err := f.Network.Hash()
	if err != nil {
		return err
	}
	g := f.Network.Graph
	r := inspectResult{Network: g.Name, Hash: fmt.Sprintf("%x", hash), Parameters: g.Parameters(),
		InputScale: f.Network.InputScale, Packing: string(f.Packing), Info: f.Info}
	for _, d := range f.Network.Describe() {
		r.Layers = append(r.Layers, newInspectLayer(&d))
	}
	if c.Bool("json") {
		return out.json(r)
	}
	return r.print(out)
}

func newInspectLayer(d *network.Description) inspectLayer {
	l := inspectLayer{Name: d.Name, Kind: string(d.Kind), In: d.In.String(), Out: d.Out.String(), Weights: d.Weights,
		MACs: d.MACs, Count: d.Count, Entropy: d.Entropy}
	if d.Weights == 0 {
		return l
	}
	l.Levels, l.Accumulator = d.Levels.Values(), []int64{d.MinAccum, d.MaxAccum}
	for _, p := range d.Packed {
		l.Packed = append(l.Packed, inspectPacked{string(p.Packing), p.Bytes, p.BitsPerWeight, p.Reduction})
	}
	return l
}

// print writes the description for people.
func (r *inspectResult) print(out *console) error {
	out.printf("%s, %s parameters, sha256 %s\n\n", r.Network, grouped(r.Parameters), r.Hash)
	var rows [][]string
	header := []string{"layer", "kind", "output", "weights", "MACs", "N", "entropy bits"}
	for _, l := range r.Layers {
		row := []string{l.Name, l.Kind, l.Out, "", "", "", ""}
		if l.Weights > 0 {
			row = []string{l.Name, l.Kind, l.Out, grouped(l.Weights), grouped(l.MACs), fmt.Sprint(len(l.Levels)), fmt.Sprintf("%.3f", l.Entropy)}
		}
		for _, p := range l.Packed {
			if column := string(p.Packing) + " bytes"; !slices.Contains(header, column) {
				header = append(header, column)
			}
			row = append(row, grouped(p.Bytes))
		}
		rows = append(rows, row)
	}
	for i := range rows {
		for len(rows[i]) < len(header) {
			rows[i] = append(rows[i], "")
		}
	}
	if err := report.WriteTable(out.out, header, rows, nil); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(r.Info)) {
		out.printf("%s: %s\n", strings.ReplaceAll(key, "_", " "), r.Info[key])
	}
	return nil
}
