package qor

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"lowres/hdl"
	"lowres/rtlgen"
	"lowres/rtlgen/synth"
	"lowres/sim/arch"
)

//go:embed placed_tree.v
var treeText []byte

// seeds are those of the placements whose median is reported.
var seeds = []int{1, 2, 3}

// clocks are the rates that iCE40 HX8K reaches by nextpnr-ice40, placed and routed, with whole sums
// and with sums in two halves.
func clocks() (rows []Row) {
	for _, form := range []struct {
		folder, text string
		skewed       int
	}{{"", "", 0}, {hdl.Skewed, ", sums in two halves", 1}} {
		for _, t := range []struct {
			what                     string
			digits, cell, accumulate int
			target                   string
		}{
			{"tree of 16, N = 3", 1, 8, 0, "≥ 260"},
			{"tree of 16, N = 5", 1, 9, 0, "≥ 250"},
			{"tree of 16, N = 17", 2, 9, 0, "≥ 235"},
			{"tree of 16 with accumulator, N = 3", 1, 8, 1, "≥ 210"},
		} {
			job := Job{Flow: ICE40, Target: form.folder, Top: "placed_tree", Sources: map[string][]byte{"placed_tree.v": treeText, "lane.v": laneText},
				Parameters: map[string]int{"Digits": t.digits, "CellW": t.cell, "Accumulate": t.accumulate, "Skewed": form.skewed}}
			rows = append(rows, Row{t.what + form.text + ", ice40 HX8K", "MHz", t.target, job.clock})
		}
	}
	return append(rows, Row{"whole core tiny, ice40 HX8K", "MHz", "≥ 110", tinyClock})
}

// treeClockMHz is what the placer of a tree aims at: more than it can reach.
const treeClockMHz = 300

// timingWeight lets the placer prefer short paths to short wires three times as much as it
// does by itself: a tree of registers is small, and the wires of its chains decide.
var timingWeight = []string{"--placer-heap-timingweight", "30"}

// clock is the rate of a job's top, whose pins may lie anywhere.
func (j Job) clock(ctx context.Context, dir string) (string, error) {
	if _, err := j.Run(ctx, dir); err != nil {
		return "", err
	}
	return medianClock(ctx, synth.Options{Dir: dir, ClockMHz: treeClockMHz}, "", timingWeight...)
}

// tinyClockMHz is what the placer of tiny aims at.
const tinyClockMHz = 110

// tinyClock is the rate of examples/tiny.yaml in the shell of the iCE40-HX8K breakout board.
func tinyClock(ctx context.Context, dir string) (string, error) {
	d, err := arch.ReadFile("examples/tiny.yaml")
	if err != nil {
		return "", err
	}
	o := synth.Options{Dir: dir, ClockMHz: tinyClockMHz}
	if _, err := o.Board(ctx, d); err != nil {
		return "", err
	}
	reached, err := medianClock(ctx, o, rtlgen.BoardPins(d))
	if errors.Is(err, synth.ErrTime) {
		return fmt.Sprintf("not routed in %v", synth.DefaultTimeout), nil
	}
	return reached, err
}

// medianClock places the netlist from every seed.
func medianClock(ctx context.Context, o synth.Options, pins string, more ...string) (string, error) {
	var reached []float64
	for _, seed := range seeds {
		o.Seed = seed
		f, err := o.Place(ctx, pins, more...)
		if err != nil {
			return "", err
		}
		reached = append(reached, *f)
	}
	slices.Sort(reached)
	return fmt.Sprintf("%.1f (%.1f to %.1f)", reached[len(reached)/2], reached[0], reached[len(reached)-1]), nil
}
