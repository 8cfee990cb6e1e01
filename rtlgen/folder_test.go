package rtlgen

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/sim/arch"
)

// emitFolder writes the folder of the tiny design.
func emitFolder(t *testing.T) string {
	t.Helper()
	files, err := Folder(tiny(t))
	require.NoError(t, err)
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, f.Text, 0o644))
	}
	return dir
}

// text is a file of a folder.
func text(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(b)
}

func TestPortsAreReadWithDirectionAndWidth(t *testing.T) {
	got := ports([]byte("    input  wire         aclk,   // clock\n    input  wire [63:0] m_axi_rdata,\n    output wire [0:0]   m_axi_arid\n  wire x,\n"))
	require.Equal(t, []port{{"aclk", true, 1}, {"m_axi_rdata", true, 64}, {"m_axi_arid", false, 1}}, got)
	all := ports([]byte(text(t, "testdata", "tiny", "tiny_axi.v")))
	require.Len(t, all, strings.Count(text(t, "testdata", "tiny", "tiny_axi.v"), " wire ")-strings.Count(text(t, "testdata", "tiny", "tiny_axi.v"), "\n  wire "))
}

// fuseSoC is what the emitted core uses of CAPI2 and of Edalize's options; no other key is known.
type fuseSoC struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	Filesets    map[string]struct {
		FileType string `yaml:"file_type"`
		Files    []any  `yaml:"files"`
	} `yaml:"filesets"`
	Targets map[string]struct {
		Filesets    []string `yaml:"filesets"`
		Toplevel    string   `yaml:"toplevel"`
		DefaultTool string   `yaml:"default_tool"`
		Tools       struct {
			Verilator struct {
				Mode    string   `yaml:"mode"`
				Options []string `yaml:"verilator_options"`
			} `yaml:"verilator"`
			Icestorm struct {
				Options []string `yaml:"nextpnr_options"`
				PNR     string   `yaml:"pnr"`
			} `yaml:"icestorm"`
		} `yaml:"tools"`
	} `yaml:"targets"`
}

// The core names every file once, and the folder of a design with cells of one family has the flows of
// that family alone.
func TestTheFuseSoCCoreNamesEveryFileOnce(t *testing.T) {
	for target, want := range map[arch.Target][]string{
		arch.Portable: {"default", "lint", "hx8k", "ecp5", "vivado"},
		arch.ICE40:    {"default", "lint", "hx8k", "ecp5", "vivado"},
		arch.ECP5:     {"default", "ecp5"},
		arch.Xilinx7:  {"default", "vivado"},
	} {
		files := changed(t, func(s *arch.Spec) { s.Target = target })
		head, rest, _ := strings.Cut(string(files["name.core"]), "\n")
		require.Equal(t, "CAPI=2:", head)
		var core fuseSoC
		require.NoError(t, yaml.UnmarshalWithOptions([]byte(rest), &core, yaml.Strict()), "%s", rest)
		require.Regexp(t, `^::name:\d+\.\d+\.\d+$`, core.Name)
		named := map[string]int{}
		for _, set := range core.Filesets {
			for _, f := range set.Files {
				switch f := f.(type) {
				case string:
					require.NotEmpty(t, set.FileType)
					named[f]++
				case map[string]any:
					for name := range f {
						named[name]++
					}
				default:
					t.Fatalf("%T", f)
				}
			}
		}
		for name, times := range named {
			require.Contains(t, files, name)
			require.Equal(t, 1, times, name)
		}
		for name := range files { // what tools read, scripts aside
			if ext := filepath.Ext(name); ext == ".v" || ext == ".pcf" || ext == ".xdc" || ext == ".c" || ext == ".h" {
				require.Contains(t, named, name)
			}
		}
		var targets []string
		for name, target := range core.Targets {
			targets = append(targets, name)
			require.NotEmpty(t, target.Toplevel, name)
			for _, set := range target.Filesets {
				require.Contains(t, core.Filesets, set, name)
			}
		}
		require.ElementsMatch(t, want, targets)
	}
}

// The scripts of Yosys read the files that are there and write where they say. With LOWRES_REGRESS
// they run as they are, and the board's to its bitstream; otherwise elaboration and checks stand for
// synthesis, which takes minutes.
func TestTheScriptsOfYosysRun(t *testing.T) {
	needs.Tools(t, "yosys")
	dir := emitFolder(t)
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, BuildFolder), 0o755))
	whole := os.Getenv("LOWRES_REGRESS") != ""
	for script, netlist := range map[string]string{"ice40/synth.ys": "tiny_hx8k.json", "ecp5/synth.ys": "tiny_ecp5.json"} {
		if !whole {
			short := regexp.MustCompile(`(?m)^synth_\w+ .*-top (\w+)$`).ReplaceAllString(text(t, dir, script), "hierarchy -check -top $1\nproc")
			require.Contains(t, short, "\nproc\n")
			require.NoError(t, os.WriteFile(filepath.Join(dir, script), []byte(short), 0o644))
		}
		run("yosys", "-q", "-s", script)
		require.FileExists(t, filepath.Join(dir, BuildFolder, netlist))
	}
	if whole {
		needs.Tools(t, "nextpnr-ice40", "icepack")
		run("sh", "ice40/build.sh")
		require.FileExists(t, filepath.Join(dir, BuildFolder, "tiny_hx8k.bin"))
	}
}

// The board's script stops a router that rips up for ever, and says what to try.
func TestTheBoardsScriptEndsWhereTheRouterDoesNot(t *testing.T) {
	dir, tools := emitFolder(t), t.TempDir()
	for name, script := range map[string]string{"yosys": "exit 0", "nextpnr-ice40": "while :; do :; done", "icepack": "exit 0"} {
		require.NoError(t, os.WriteFile(filepath.Join(tools, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	cmd := exec.Command("sh", "ice40/build.sh")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "LIMIT=1", "SEED=7", "PATH="+tools+string(filepath.ListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "SEED=7: want a seed that routes; try another SEED, a greater LIMIT, or a smaller design")
}

func TestTheTopsOfBoardAndBlockDesignLintClean(t *testing.T) {
	needs.Tools(t, "verilator", "iverilog")
	dir := emitFolder(t)
	for top, folder := range map[string]string{"tiny_hx8k": "ice40", "tiny_vivado": "xilinx"} {
		for _, lint := range [][]string{
			{"verilator", "--lint-only", "-Wall", "--top-module", top},
			{"iverilog", "-g2005", "-Wall", "-t", "null", "-s", top},
		} {
			args := append(lint[1:], strings.Fields(text(t, dir, "tiny.f"))...)
			cmd := exec.Command(lint[0], append(args, folder+"/"+top+".v")...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Empty(t, string(out), lint[0])
		}
	}
}

func TestEveryPinOfTheBoardIsAPortOfItsTop(t *testing.T) {
	dir := emitFolder(t)
	var pins, names []string
	for _, m := range regexp.MustCompile(`(?m)^set_io (\w+) \w+`).FindAllStringSubmatch(text(t, dir, "ice40/tiny_hx8k.pcf"), -1) {
		pins = append(pins, m[1])
	}
	for _, p := range regexp.MustCompile(`(?m)^    (?:input|output) +wire (\w+)`).FindAllStringSubmatch(text(t, dir, "ice40/tiny_hx8k.v"), -1) {
		names = append(names, p[1])
	}
	require.ElementsMatch(t, names, pins)
	require.NotEmpty(t, names)
}

func TestEveryPortOfTheBlockDesignBelongsToAnInterface(t *testing.T) {
	wrapper := text(t, emitFolder(t), "xilinx/tiny_vivado.v")
	for _, p := range ports([]byte(text(t, "testdata", "tiny", "tiny_axi.v"))) {
		if p.trace() {
			require.NotContains(t, wrapper, " wire "+p.Range()+p.Name)
			continue
		}
		bus, signal := interfaceOf(p.Name)
		require.Contains(t, wrapper, fmt.Sprintf(` %s %s" *)`, bus, signal))
		require.Regexp(t, `(?m)^    `+p.Direction()+` `+regexp.QuoteMeta(p.Range())+p.Name+`,?$`, wrapper)
	}
	for _, want := range []string{"ASSOCIATED_BUSIF s_axi:m_axi", "POLARITY ACTIVE_LOW", "PROTOCOL AXI4LITE", "PROTOCOL AXI4, ", "SENSITIVITY LEVEL_HIGH"} {
		require.Equal(t, 1, strings.Count(wrapper, want), want)
	}
}

// The commands of Vivado stand for themselves: each prints its name and arguments.
func TestTheVivadoScriptRunsInTcl(t *testing.T) {
	needs.Tools(t, "tclsh")
	dir := emitFolder(t)
	stubs := `proc unknown {args} { puts $args; return $args }
set argv {xc7a100tcsg324-1}
source xilinx/build.tcl
source xilinx/tiny.xdc
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "stubs.tcl"), []byte(stubs), 0o644))
	cmd := exec.Command("tclsh", "stubs.tcl")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, want := range []string{
		"synth_design -top tiny_vivado -part xc7a100tcsg324-1 -mode out_of_context", "route_design",
		"create_clock -name aclk -period 20.000 {get_ports aclk}",
	} {
		require.Contains(t, string(out), want)
	}
	for _, name := range strings.Fields(text(t, dir, "tiny.f")) {
		require.Contains(t, string(out), "/"+name)
	}
	require.NotContains(t, string(out), "invalid")
}
