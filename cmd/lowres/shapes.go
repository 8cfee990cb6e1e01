package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/report"
	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/mapping"
	"lowres/sim/workload"
)

// modelFlag names shapes.
func modelFlag(what string) cli.Flag {
	return &cli.StringFlag{Name: "model", Usage: what + ": cnn8, resnet18, bitnet-prefill, bitnet-decode, a model of lowres inspect, YAML, or SCALE-Sim's CSV"}
}

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

// modelJobs maps the graphs of the model that --model names, with drawn weights, onto the
// design.
func modelJobs(c *cli.Context) (*workload.Workload, []*job, error) {
	if err := noArguments(c); err != nil {
		return nil, nil, err
	}
	for _, flag := range []string{"data", "test-images", "image"} {
		if c.IsSet(flag) {
			return nil, nil, usage("simulate: --%s: a model's input is drawn; remove it, or give a .lrn file", flag)
		}
	}
	w, err := openWorkload(c)
	if err != nil {
		return nil, nil, err
	}
	d, err := openDesign(c)
	if err != nil {
		return nil, nil, err
	}
	o, err := mappingOptions(c, d)
	if err != nil {
		return nil, nil, err
	}
	var jobs []*job
	for i := range w.Parts {
		j, err := modelJob(c, d, &w.Parts[i], o)
		if err != nil {
			return nil, nil, err
		}
		jobs = append(jobs, j)
	}
	return w, jobs, nil
}

// modelJob maps one graph.
func modelJob(c *cli.Context, d *arch.Design, p *workload.Part, o mapping.Options) (*job, error) {
	sets, err := network.ParseLevels(p.Graph, cmp.Or(c.String("nvalues"), "3"))
	if err != nil {
		return nil, fmt.Errorf("--nvalues: %w", err)
	}
	net, err := network.Uniform(p.Graph, sets, p.Logits, cost.Seed)
	if err != nil {
		return nil, fmt.Errorf("--model: %w", err)
	}
	mapped, err := mapping.MapFor(net, d, o)
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w", p.Graph.Name, d.Name, err)
	}
	return &job{design: d, network: net, program: mapped}, nil
}

// simulateModel is the result for a model: of drawn activations for one graph, and else,
// or if fast, of expected activity.
func simulateModel(c *cli.Context) (*job, *simulateResult, error) {
	w, jobs, err := modelJobs(c)
	if err != nil {
		return nil, nil, err
	}
	if len(jobs) == 1 && w.Parts[0].Repeats == 1 {
		r, err := jobs[0].simulate(c)
		return jobs[0], r, err
	}
	if c.IsSet("gantt") {
		return nil, nil, usage("simulate: --gantt: %s is %d graphs: want a model of one", w.Name, len(jobs))
	}
	r, err := simulateParts(w, jobs)
	return jobs[0], r, err
}

// simulateParts adds graphs up that run one after the other.
func simulateParts(w *workload.Workload, jobs []*job) (*simulateResult, error) {
	in := report.SimulationInput{Name: w.Name}
	hash := sha256.New()
	var who identity
	for i, j := range jobs {
		one, err := j.expected()
		if err != nil {
			return nil, err
		}
		in.Design, in.Technology, in.Expected = j.design, one.Technology, true
		in.Parts = append(in.Parts, report.Part{Graph: j.network.Graph, Timing: one.Timing, Layers: one.Layers, Repeats: w.Parts[i].Repeats})
		if who, err = j.identity(); err != nil {
			return nil, err
		}
		fmt.Fprintln(hash, who.NetworkHash)
	}
	who.Network, who.NetworkHash = w.Name, fmt.Sprintf("%x", hash.Sum(nil))
	r, err := newSimulateResult(who, in, nil)
	if err == nil {
		r.Apart = w.Apart
	}
	return r, err
}

// drawn runs activations that are drawn, and compares the logits.
func (j *job) drawn() (*simulateResult, error) {
	run, tech, _, err := j.run(cost.Input(j.network.Graph, j.program.Pictures()))
	if err != nil {
		return nil, err
	}
	return j.result(report.SimulationInput{Timing: run.Timing, Layers: run.Layers, Technology: tech}, nil)
}
