package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/quant"
	"lowres/report"
	"lowres/trainer"
	"lowres/trainer/kernel"
	"lowres/trainer/speed"
)

// benchResult is the JSON of lowres bench train.
type benchResult struct {
	Kernel     string         `json:"kernel"`
	Batch      int            `json:"batch"`
	PeakGFLOPS float64        `json:"peak_gflops"` // of one core, the middle of all measured
	Networks   []benchNetwork `json:"networks"`
}

type benchNetwork struct {
	speed.Figures
	speed.Result
}

func benchCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "bench", Category: groupOther, Usage: "measure how fast networks train on this machine",
		UsageText: "lowres bench train",
		Description: "Trains networks on noise that lies in memory, whole steps, and prints images a second of processor\n" +
			"time on one core and images a second on two, beside the multiply-adds that the processor can do.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "models", Value: "fcnn1,fcnn2,cvnn1,cvnn2,vit1,vit2", Usage: "built-in models or YAML files, with commas between them"},
			levelsFlag(),
			&cli.IntFlag{Name: "batch", Value: 256, Usage: "images a step"},
			&cli.IntFlag{Name: "rounds", Value: 5, Usage: "samples of every figure; the middle one counts"},
			&cli.Float64Flag{Name: "seconds", Value: 1, Usage: "processor time of a sample on one core, at least one step"},
			&cli.StringFlag{Name: "kernel", Usage: "inner loops: avx512, avx2 or go (default: the best of this processor)"},
			&cli.StringFlag{Name: "against", Usage: "`COMMAND` of a peer that trains the same networks, in turn; see docs/training-speed.md"},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return bench(c, out) },
	}
}

// bench runs the verb.
func bench(c *cli.Context, out *console) error {
	if what, err := oneArgument(c, "what to measure: train"); err != nil {
		return err
	} else if what != "train" {
		return usage("bench: %q: want train", what)
	}
	config, err := benchConfig(c)
	if err != nil {
		return err
	}
	progress := bar(out, 1, "")
	config.Progress = func(done, of int, what string) {
		progress.ChangeMax(of)
		progress.Describe(what)
		progress.Set(done)
	}
	results, err := speed.Measure(c.Context, config)
	progress.Clear()
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	r := benchResult{Kernel: config.Set.Name, Batch: config.Batch, PeakGFLOPS: speed.Peak(results)}
	for _, n := range results {
		r.Networks = append(r.Networks, benchNetwork{n.Figures(), n})
	}
	if c.Bool("json") {
		return out.json(r)
	}
	return r.print(out)
}

// benchConfig is what the flags ask for.
func benchConfig(c *cli.Context) (config speed.Config, err error) {
	config = speed.Config{Batch: c.Int("batch"), Rounds: c.Int("rounds"), Seconds: c.Float64("seconds"), Set: kernel.Best(),
		Peer: strings.Fields(c.String("against"))}
	switch {
	case config.Batch < 1:
		return config, usage("bench: --batch: %d: want at least 1", config.Batch)
	case config.Rounds < 1:
		return config, usage("bench: --rounds: %d: want at least 1", config.Rounds)
	case !(config.Seconds > 0 && config.Seconds <= 3600):
		return config, usage("bench: --seconds: %v: want above 0 and at most 3600", config.Seconds)
	}
	if name := c.String("kernel"); name != "" {
		if config.Set = kernel.Named(name); config.Set == nil {
			var names []string
			for _, s := range kernel.All() {
				names = append(names, s.Name)
			}
			return config, usage("bench: --kernel: %q: this processor runs %s", name, strings.Join(names, ", "))
		}
	}
	for _, name := range strings.Split(c.String("models"), ",") {
		net, err := benchNet(name, c.String("nvalues"))
		if err != nil {
			return config, err
		}
		config.Nets = append(config.Nets, net)
	}
	return config, nil
}

// benchNet is a network with its initial weights.
func benchNet(name, levels string) (*network.Float, error) {
	g, err := openModel(name)
	if err != nil {
		return nil, err
	}
	sets, err := network.ParseLevels(g, levels)
	if err != nil {
		return nil, fmt.Errorf("--nvalues: %w", err)
	}
	net := trainer.Initialise(g, quant.Levels{}, 1)
	return net, net.SetLevels(sets)
}

// print writes the figures for people.
func (r *benchResult) print(out *console) error {
	out.printf("Training, batch %d, kernel %s; a core does %.0f GFLOP/s of multiply-adds between registers\n\n", r.Batch, r.Kernel, r.PeakGFLOPS)
	var rows, peers [][]string
	for _, n := range r.Networks {
		rows = append(rows, []string{n.Network, number("%.0f", n.ACPUSecond), number("%.0f", n.ASecondOnTwo), number("%.2f", n.Speedup),
			number("%.1f", n.GFLOPS), number("%.1f", 100*n.PartOfPeak), number("%.1f", n.ExecutedGFLOPS), number("%.1f", 100*n.ExecutedPart), fmt.Sprintf("%.0f", n.AllocationsStep)})
		if n.Ratio != nil {
			peers = append(peers, []string{n.Network, number("%.0f", n.PeerACPUSecond), number("%.0f", n.PeerASecond), spread(n.Ratio), spread(n.RatioOnTwo)})
		}
	}
	header := []string{"network", "images/CPU-s, 1 core", "images/s, 2 cores", "2 to 1", "GFLOP/s", "% of peak", "executed", "% of peak", "allocations"}
	if err := report.WriteTable(out.out, header, rows, nil); err != nil || peers == nil {
		return err
	}
	out.printf("\nAgainst %s\n\n", r.Networks[0].Peer)
	return report.WriteTable(out.out, []string{"network", "its images/CPU-s", "its images/s on 2", "times as fast, 1 core", "times as fast, 2 cores"}, peers, nil)
}

// number is a figure, and nothing for one that was not measured.
func number(format string, v float64) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf(format, v)
}

// spread is the middle of some ratios, with the least and the largest.
func spread(s *speed.Spread) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", s.Median, s.Min, s.Max)
}
