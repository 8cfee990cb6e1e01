package main

import (
	"fmt"

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
	Log2N       float64         `json:"log2_n,omitempty"`
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
		Description: "Of every layer: size, levels and how often each occurs, entropy, and the bits that a weight takes\n" +
			"in each packing against log2 N and float32. --packings has the packings of every N instead, beside\n" +
			"the paper's table 3.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "packings", Usage: "list how closely each N is packed, beside the paper's table", DisableDefaultText: true},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.Bool("packings") {
				return packings(c, out)
			}
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
		MACs: d.MACs, Count: d.Count, Log2N: d.Log2N, Entropy: d.Entropy}
	if d.Weights == 0 {
		return l
	}
	l.Levels, l.Accumulator = d.Levels.Values(), []int64{d.MinAccum, d.MaxAccum}
	for _, p := range d.Packed {
		l.Packed = append(l.Packed, inspectPacked{string(p.Packing), p.Bytes, p.BitsPerWeight, p.Reduction})
	}
	return l
}
