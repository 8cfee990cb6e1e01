package main

import (
	"cmp"
	"fmt"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/report"
	"lowres/sim/cost"
	"lowres/sim/mapping"
	"lowres/sim/workload"
)

// openWorkload is the workload that --model names.
func openWorkload(c *cli.Context) (*workload.Workload, error) {
	name, err := need(c, "model", "a built-in model, a YAML file or a topology in SCALE-Sim's CSV")
	if err != nil {
		return nil, err
	}
	w, err := workload.Open(name)
	if err != nil {
		return nil, usage("--model: %w", err)
	}
	return w, nil
}

// openModelJob maps the model that --model names, with drawn weights, onto the design.
func openModelJob(c *cli.Context) (*job, error) {
	if err := noArguments(c); err != nil {
		return nil, err
	}
	for _, flag := range []string{"data", "test-images", "image"} {
		if c.IsSet(flag) {
			return nil, usage("simulate: --%s: a model's input is drawn; remove it, or give a .lrn file", flag)
		}
	}
	w, err := openWorkload(c)
	if err != nil {
		return nil, err
	}
	if len(w.Parts) != 1 {
		return nil, usage("simulate: --model: %s: is %d graphs: want one; lowres cost adds them up", w.Name, len(w.Parts))
	}
	d, err := openDesign(c)
	if err != nil {
		return nil, err
	}
	g := w.Parts[0].Graph
	sets, err := network.ParseLevels(g, cmp.Or(c.String("nvalues"), "3"))
	if err != nil {
		return nil, fmt.Errorf("--nvalues: %w", err)
	}
	net, err := network.Uniform(g, sets, w.Parts[0].Logits, cost.Seed)
	if err != nil {
		return nil, fmt.Errorf("--model: %w", err)
	}
	o, err := mappingOptions(c, d)
	if err != nil {
		return nil, err
	}
	p, err := mapping.MapFor(net, d, o)
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w", g.Name, d.Name, err)
	}
	return &job{design: d, network: net, program: p}, nil
}

// drawn runs activations that are drawn, and compares the logits.
func (j *job) drawn() (*simulateResult, error) {
	run, tech, _, err := j.run(cost.Input(j.network.Graph, j.program.Pictures()))
	if err != nil {
		return nil, err
	}
	return j.result(report.SimulationInput{Timing: run.Timing, Layers: run.Layers, Technology: tech}, nil)
}
