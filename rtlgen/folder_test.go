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
)

// needTool skips the test if a tool is missing, or fails it where CI is set.
func needTool(t *testing.T, name, packageName string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	missing := name + " is missing: apt-get install " + packageName
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip("SKIPPED: " + missing)
}

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

func TestTheFuseSoCCoreNamesEveryFileOnce(t *testing.T) {
	dir := emitFolder(t)
	core := text(t, dir, "tiny.core")
	head, rest, _ := strings.Cut(core, "\n")
	require.Equal(t, "CAPI=2:", head)
	var parsed struct {
		Filesets map[string]struct {
			Files []any `yaml:"files"`
		} `yaml:"filesets"`
		Targets map[string]struct {
			Filesets []string `yaml:"filesets"`
			Toplevel string   `yaml:"toplevel"`
		} `yaml:"targets"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(rest), &parsed))
	named := map[string]int{}
	for _, set := range parsed.Filesets {
		for _, f := range set.Files {
			switch f := f.(type) {
			case string:
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
		require.FileExists(t, filepath.Join(dir, name))
		require.Equal(t, 1, times, name)
	}
	for _, name := range strings.Fields(text(t, dir, "tiny.f")) {
		require.Contains(t, named, name)
	}
	for name, target := range parsed.Targets {
		require.NotEmpty(t, target.Toplevel, name)
		for _, set := range target.Filesets {
			require.Contains(t, parsed.Filesets, set, name)
		}
	}
}

func TestTheTopsOfBoardAndBlockDesignLintClean(t *testing.T) {
	needTool(t, "verilator", "verilator")
	needTool(t, "iverilog", "iverilog")
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
	needTool(t, "tclsh", "tcl")
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
