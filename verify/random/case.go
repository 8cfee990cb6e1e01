// Package random verifies drawn networks on drawn designs, and reduces a case that
// fails. A seed is one design and many cases; a case is a network, its pictures, a
// memory latency and a pattern of stalls, so that one build serves them all.
package random

import (
	"errors"
	"fmt"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/verify"
)

// ErrDraw is returned if nothing that was drawn fits the design.
var ErrDraw = errors.New("random case")

// Case is a run to verify.
type Case struct {
	Seed    uint64
	Index   int
	Design  *arch.Design // with the case's memory latency
	Network *network.Integer
	Program *program.Program
	Images  [][]int8      // of a run each: those of a batch one behind the other
	Stress  verify.Stress // noise in what is not reset, always; stalls perhaps
	Data    string        // what weights and pictures are like

	design, rest []int // choices
}

// String describes the case in one line.
func (c *Case) String() string {
	a, m := c.Design.Array, c.Design.Memory
	stalls := "exact cycles"
	switch {
	case c.Stress.Percent > 0:
		stalls = fmt.Sprintf("random stalls in %d %% of the cycles", c.Stress.Percent)
	case m.StallPercent > 0:
		stalls = fmt.Sprintf("exact cycles with a pattern of stalls at %d %% of the events", m.StallPercent)
	}
	in := c.Network.Graph.Input
	return fmt.Sprintf("seed %d, case %d: %d x %d x %d array for %s, %d levels a stage, hold %d, N = %v, %d-bit memory with latency %d, %d layers on %dx%dx%d, batch of %d, %s, %s",
		c.Seed, c.Index, a.Lanes, a.Cols, a.Pixels, c.Design.Target, a.LevelsPerStage, a.Hold, c.Design.Levels, m.WidthBits, m.LatencyCycles,
		len(c.Network.Graph.Layers), in.H, in.W, in.C, c.Program.Pictures(), c.Data, stalls)
}

// Draw is case index of a seed, the same on every machine.
func Draw(seed uint64, index int) (*Case, error) {
	return draw(drawn(seed, 0), drawn(seed, uint64(index)+1), seed, index)
}

// DrawOn is Draw for a design that is given.
func DrawOn(d *arch.Design, seed uint64, index int) (*Case, error) {
	c := &Case{Seed: seed, Index: index}
	return c, c.fill(d, drawn(seed, uint64(index)+1))
}

// draw makes a case of choices for the design and for the rest.
func draw(design, rest *choices, seed uint64, index int) (*Case, error) {
	c := &Case{Seed: seed, Index: index}
	spec := simtest.Spec(among(design, "largest size", 3, 3, 3, 3, 3, 4), design.draw)
	d, err := arch.New(spec)
	if err != nil {
		return nil, err
	}
	c.design = design.taken
	return c, c.fill(d, rest)
}

// fill draws all but the design.
func (c *Case) fill(d *arch.Design, rest *choices) error {
	if err := c.drawMemory(rest, d); err != nil {
		return err
	}
	if err := c.drawNetwork(rest); err != nil {
		return err
	}
	for range rest.draw("images", 1, 2) {
		var run []int8
		for range c.Program.Pictures() {
			run = append(run, c.image(rest)...)
		}
		c.Images = append(c.Images, run)
	}
	c.rest = rest.taken
	return nil
}

// drawMemory draws latency and stalls: by a pattern that the simulator knows, or at random.
func (c *Case) drawMemory(rest *choices, d *arch.Design) (err error) {
	s := d.Spec
	s.Memory.LatencyCycles = among(rest, "latency", 1, 2, 3, 12, s.Memory.LatencyCycles, 60, 200)
	c.Stress = verify.Stress{Garbage: true}
	kind, most := among(rest, "stalls", "none", "pattern", "pattern", "random", "random"), among(rest, "most", 10, 40, 90)
	percent, seed := rest.draw("percent", 1, most), rest.draw("stall seed", 1, 1<<20)
	c.Stress.Seed = uint32(seed)
	switch kind {
	case "pattern":
		s.Memory.StallPercent, s.Memory.StallSeed = percent, seed
	case "random":
		c.Stress.Percent = percent
	}
	c.Design, err = arch.New(s)
	return err
}

// attempts are how often a network is drawn until one fits the design.
const attempts = 200

// drawNetwork draws until a network fits the design.
func (c *Case) drawNetwork(rest *choices) (err error) {
	for range attempts {
		before := len(rest.taken)
		c.Network = simtest.Draw(nearTiles(rest, c.Design), c.Design, uint64(rest.draw("parameters", 0, 1<<20)))
		c.weights(rest)
		c.Program, err = mapping.MapFor(c.Network, c.Design, mapping.Options{Batch: among(rest, "batch", 1, 1, 1, 2, 3, 5)})
		if !errors.Is(err, mapping.ErrFit) && !errors.Is(err, program.ErrProgram) {
			return err
		}
		rest.taken = rest.taken[:before] // a replay goes straight to the one that fits
	}
	return fmt.Errorf("%w: seed %d, case %d: no network fits the design: %w", ErrDraw, c.Seed, c.Index, err)
}
