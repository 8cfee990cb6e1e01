package verify

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/process"
	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/sim/mapping"
)

// TestTheNetlistOfTinyRunsANetwork synthesises examples/tiny.yaml for iCE40, with the AXI wrapper,
// and runs its cells (LUTs, flip-flops, block RAMs, by Yosys's own models) in Icarus: bits,
// cycles and counters are those of the exact simulator.
func TestTheNetlistOfTinyRunsANetwork(t *testing.T) {
	if os.Getenv("LOWRES_REGRESS") != "1" {
		t.Skip("LOWRES_REGRESS is not set: synthesis and the run of 7,000 cells take a minute")
	}
	tools := needTools(t, "yosys", "iverilog", "vvp")
	d, err := arch.ReadFile("../examples/tiny.yaml")
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(3, 3))
	net := fill(t, tinyGraph(), d.Levels, r)
	p, err := mapping.Map(net, d)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, EmitSources(dir, d, p.Memory))
	toNetlist(t, dir, d)
	res, err := Run(context.Background(), Options{Design: d, Network: net, Program: p, Images: randomImages(net.Graph, 1, r),
		Simulators: []Simulator{Icarus}, Tools: tools, Sources: dir, WorkDir: t.TempDir(), CacheDir: t.TempDir()})
	require.NoError(t, err)
	t.Logf("%d cycles of the netlist in %v", res.Cycles, res.Runs[0].Run)
}

// noDefaults makes the models Verilog-2005: their default inputs are SystemVerilog.
const noDefaults = "`define NO_ICE40_DEFAULT_ASSIGNMENTS\n"

// toNetlist replaces the Verilog of an emitted folder by its netlist and the models of the cells.
func toNetlist(t *testing.T, dir string, d *arch.Design) {
	t.Helper()
	ctx := context.Background()
	top := rtlgen.TopModule(d)
	boardScript(t, filepath.Join(dir, rtlDir), d)
	log, err := process.Run(ctx, filepath.Join(dir, rtlDir), "yosys", "-Q", "-T", "-s", rtlgen.BoardScript)
	require.NoError(t, err, process.Tail(log, 20))
	t.Log(process.Tail(log, 40))
	models, err := yosysData("ice40/cells_sim.v")
	require.NoError(t, err)
	cells, err := os.ReadFile(models)
	require.NoError(t, err)
	netlist, err := os.ReadFile(filepath.Join(dir, rtlDir, rtlgen.BuildFolder, "netlist.v"))
	require.NoError(t, err)
	require.Contains(t, string(netlist), "SB_LUT4")
	require.NotContains(t, string(netlist), "module instruction_front")
	sources, err := filepath.Glob(filepath.Join(dir, rtlDir, "*.v"))
	require.NoError(t, err)
	for _, f := range sources {
		require.NoError(t, os.Remove(f))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, rtlDir, top+".v"), netlist, 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, rtlDir, "cells_sim.v"), append([]byte(noDefaults), cells...), 0o666))
}

// boardScript writes what the emitted script for the iCE40 board reads, and the script for the wrapper
// itself in place of the board's top.
func boardScript(t *testing.T, dir string, d *arch.Design) {
	t.Helper()
	files, err := rtlgen.Folder(d)
	require.NoError(t, err)
	top, board := rtlgen.TopModule(d), rtlgen.BoardModule(d)
	script := ""
	for _, folder := range []string{filepath.Dir(rtlgen.BoardScript), rtlgen.BuildFolder} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, folder), 0o777))
	}
	for _, f := range files {
		switch {
		case f.Name == rtlgen.BoardScript:
			script = string(f.Text)
			for _, edit := range [][2]string{
				{"read_verilog ice40/" + board + ".v\n", ""},
				{" -top " + board + "\n", " -top " + top + "\n"},
				{"write_json " + rtlgen.BuildFolder + "/" + board + ".json", "write_verilog -noattr " + rtlgen.BuildFolder + "/netlist.v"},
			} {
				require.Contains(t, script, edit[0])
				script = strings.ReplaceAll(script, edit[0], edit[1])
			}
			require.NoError(t, writeFile(dir, f.Name, []byte(script)))
		case filepath.Dir(f.Name) == filepath.Dir(rtlgen.BoardScript) && filepath.Ext(f.Name) != ".v":
			require.NoError(t, writeFile(dir, f.Name, f.Text))
		}
	}
	require.NotEmpty(t, script)
}
