package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"lowres/sim/arch"
	"lowres/sim/cost"
	"lowres/sim/mapping"
)

// goalFlag chooses what the tiles of every layer are best at.
func goalFlag() cli.Flag {
	return &cli.StringFlag{Name: "goal", Usage: "what the tiles are best at: balanced, latency, energy or product (of both)", DefaultText: "balanced"}
}

// mappingOptions is what --goal and --batch ask for; energies are those of the design's
// technology.
func mappingOptions(c *cli.Context, d *arch.Design) (mapping.Options, error) {
	batch := c.Int("batch")
	if c.IsSet("batch") && (batch < 1 || batch > mapping.MaxBatch) {
		return mapping.Options{}, usage("--batch: %d: want 1 to %d pictures", batch, mapping.MaxBatch)
	}
	if !c.IsSet("goal") {
		return mapping.Options{Batch: batch}, nil
	}
	goal, err := mapping.ParseGoal(c.String("goal"))
	if err != nil {
		return mapping.Options{}, usage("--goal: %w", err)
	}
	o, err := cost.Goal(goal, d)
	if err != nil {
		return o, fmt.Errorf("--goal %s: %w", goal, err)
	}
	o.Batch = batch
	return o, nil
}
