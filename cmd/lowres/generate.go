package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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
		Name: "generate", Category: groupHardware, Usage: "write the Verilog of a design",
		UsageText: "lowres generate --design examples/small.yaml -o rtl",
		Description: "The folder stands alone: every module, and a file list NAME.f. A folder that holds anything else\n" +
			"is left alone unless --force is given, which writes beside what is there.",
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
	files, err := rtlgen.Generate(d)
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
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := atomicfile.WriteBytes(filepath.Join(folder, f.Name), f.Text); err != nil {
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
// not write there.
func refuseForeign(folder string, ours []string, force bool) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || force && err == nil {
		return nil
	}
	if err != nil {
		return usage("--output: %w: want a folder, or a name for a new one", err)
	}
	for _, e := range entries {
		if !slices.Contains(ours, e.Name()) {
			return usage("--output: %s holds %s, which is not ours: want an empty folder or an earlier result; --force writes beside it", folder, e.Name())
		}
	}
	return nil
}
