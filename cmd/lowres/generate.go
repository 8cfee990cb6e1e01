package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/internal/atomicfile"
	"lowres/rtlgen"
	"lowres/sim/arch"
)

// generateResult is the JSON of lowres generate.
type generateResult struct {
	Design string   `json:"design"`
	Hash   string   `json:"design_sha256"`
	Output string   `json:"output"`
	Top    string   `json:"top_module"`
	Core   string   `json:"core_module"`
	Files  []string `json:"files"`
}

func generateCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "generate", Category: groupHardware, Usage: "write the Verilog of a design, and what FPGA tools need beside it",
		UsageText: "lowres generate --design examples/small.yaml -o rtl",
		Description: "The folder stands alone: every module, a file list NAME.f, a FuseSoC core, the register map, a driver in C,\n" +
			"and scripts for Yosys, nextpnr-ice40 and Vivado (docs/fpga.md). A folder that holds anything else is left\n" +
			"alone unless --force is given, which writes beside what is there.",
		Flags: []cli.Flag{
			designFlag(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "folder to write"},
			&cli.BoolFlag{Name: "force", Usage: "write into a folder that holds other files", DisableDefaultText: true},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return generate(c, out) },
	}
}

// designFlag names the design.
func designFlag() cli.Flag {
	return &cli.StringFlag{Name: "design", Usage: "design file, such as examples/small.yaml"}
}

// openDesign reads the design that --design names.
func openDesign(c *cli.Context) (*arch.Design, error) {
	path, err := need(c, "design", "a design file such as examples/small.yaml")
	if err != nil {
		return nil, err
	}
	return arch.ReadFile(path)
}

// generate runs the verb.
func generate(c *cli.Context, out *console) error {
	if err := noArguments(c); err != nil {
		return err
	}
	folder, err := need(c, "output", "the folder to write")
	if err != nil {
		return err
	}
	d, err := openDesign(c)
	if err != nil {
		return err
	}
	hash, err := d.Hash()
	if err != nil {
		return err
	}
	files, err := rtlgen.Folder(d)
	if err != nil {
		return err
	}
	r := generateResult{Design: d.Name, Hash: hash, Output: folder, Top: rtlgen.TopModule(d), Core: rtlgen.CoreModule(d)}
	for _, f := range files {
		r.Files = append(r.Files, f.Name)
	}
	if err := refuseForeign(folder, r.Files, c.Bool("force")); err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(folder, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := atomicfile.WriteBytes(path, f.Text); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return out.json(r)
	}
	out.printf("wrote %d files to %s; the top module is %s, the bare core %s\n", len(files), folder, r.Top, r.Core)
	return nil
}

// refuseForeign returns errUsage if the folder holds something that lowres would
// not write there. What the scripts have built is no hindrance.
func refuseForeign(folder string, ours []string, force bool) error {
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.ReadDir(folder); err != nil {
		return usage("--output: %w: want a folder, or a name for a new one", err)
	}
	if force {
		return nil
	}
	return fs.WalkDir(os.DirFS(folder), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".":
			return nil
		case name == rtlgen.BuildFolder && e.IsDir():
			return fs.SkipDir
		case e.IsDir() && slices.ContainsFunc(ours, func(f string) bool { return strings.HasPrefix(f, name+"/") }):
			return nil
		case !slices.Contains(ours, name):
			return usage("--output: %s holds %s, which is not ours: want an empty folder or an earlier result; --force writes beside it", folder, name)
		}
		return nil
	})
}
