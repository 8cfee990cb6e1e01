// Command estimate fits the model of package estimate to Yosys, and checks it:
//
//	go run ./scripts/estimate fit     # measures blocks, writes rtlgen/estimate/model.json
//	go run ./scripts/estimate check   # measures designs, writes the table of docs/estimate.md
//	go run ./scripts/estimate blocks 7   # compares a design of the check block by block
//
// What Yosys answered is kept in build/estimate by content, so only what has changed in
// the Verilog is measured again.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"lowres/internal/atomicfile"
	"lowres/internal/doctable"
	"lowres/rtlgen/estimate"
	"lowres/rtlgen/estimate/fit"
	"lowres/rtlgen/synth"
)

// Files that are written.
const (
	modelFile = "rtlgen/estimate/model.json"
	checkFile = "rtlgen/estimate/fit/testdata/check.json"
	page      = "docs/estimate.md"
)

// Seeds of the designs whose blocks are fitted, and of those that are checked.
const (
	fitSeed   = 1
	checkSeed = 2
	checks    = 54
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "estimate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	r := &fit.Runner{Dir: "build/estimate", Progress: func(s string) { fmt.Fprintln(os.Stderr, s) }}
	switch {
	case len(args) == 1 && args[0] == "fit":
		return fitModel(ctx, r)
	case len(args) == 1 && args[0] == "check":
		r.Batch = 4
		return check(ctx, r)
	case len(args) == 2 && args[0] == "blocks":
		return compareBlocks(ctx, r, args[1])
	}
	return errors.New("want fit, check, or blocks and the number of a design")
}

// fitModel writes the model.
func fitModel(ctx context.Context, r *fit.Runner) error {
	m := estimate.Model{}
	for _, t := range synth.Targets() {
		if err := r.Kinds(ctx, fitSeed, t, m); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(modelFile, append(text, '\n'))
}

// check writes what designs take, and the table.
func check(ctx context.Context, r *fit.Runner) error {
	all := fit.Checks(checkSeed, checks)
	if err := r.Verify(ctx, all); err != nil {
		return err
	}
	m, err := estimate.Fitted()
	if err != nil {
		return err
	}
	table, err := fit.Table(m, all)
	if err != nil {
		return err
	}
	fmt.Print(table)
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	return errors.Join(atomicfile.WriteBytes(checkFile, append(text, '\n')), doctable.Replace(page, "make estimate", table))
}
