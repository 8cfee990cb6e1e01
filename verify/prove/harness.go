package prove

import (
	"embed"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"lowres/rtlgen"
)

//go:embed verilog/*.v
var harnesses embed.FS

// Files that stand in for a module of the design.
const (
	ramFree         = "ram_free.v"         // for ram_sdp.v
	multiplierPlain = "multiplier_plain.v" // for multiplier.v, which has a proof of its own
)

// port is an output of a harness: its name, and the comment beside it.
var port = regexp.MustCompile(`(?m)^\s*(?:input|output) wire (signed )?.*?(\w+),?(?:\s*//\s*(.*))?$`)

// Modules of harnesses: two take sums in two halves apart and put them together, one looks at
// what is on its way to the accumulators, one at the instruction that goes next.
const (
	skewedHelper   = "skewed.v"
	unskewedHelper = "unskewed.v"
	comingHelper   = "blocks_coming.v"
	nextHelper     = "next_instruction.v"
)

// harness is what the text of a harness says about its ports.
type harness struct {
	checks []Check
	given  bool            // has assumptions
	signed map[string]bool // ports to print with a sign
}

// readHarness reads the ports of a harness.
func readHarness(top string) (harness, error) {
	text, err := harnesses.ReadFile("verilog/" + top + ".v")
	if err != nil {
		return harness{}, err
	}
	h := harness{signed: map[string]bool{}}
	header, _, _ := strings.Cut(string(text), ");\n")
	for _, m := range port.FindAllStringSubmatch(header, -1) {
		signed, name, comment := m[1] != "", m[2], m[3]
		h.signed[name] = signed
		if name == "given" {
			h.given = true
		}
		if strings.HasPrefix(name, "ok_") {
			h.checks = append(h.checks, Check{name, comment})
		}
	}
	return h, nil
}

// writeSources writes the design and the harnesses to a folder.
func writeSources(dir string, sources []rtlgen.File) error {
	for _, f := range sources {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Text, 0o644); err != nil {
			return err
		}
	}
	entries, err := harnesses.ReadDir("verilog")
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, err := harnesses.ReadFile("verilog/" + e.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
