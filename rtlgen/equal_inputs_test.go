package rtlgen

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
)

// After the board's map no cell has a net at two inputs, and the logic is what it was.
func TestTheBoardsMapLeavesNoNetAtTwoInputsOfACell(t *testing.T) {
	needs.Tools(t, "yosys")
	dir, from := t.TempDir(), filepath.Join("testdata", "equal_inputs")
	for name, source := range map[string]string{
		"top.v": text(t, from, "top.v"), "prove.ys": text(t, from, "prove.ys"), "equal_inputs.techmap": text(t, "testdata", "tiny", equalInputs),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(source), 0o644))
	}
	cmd := exec.Command("yosys", "-q", "-s", "prove.ys")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Positive(t, twiceConnected(t, text(t, dir, "before.json")), "the map has nothing to do: choose another example")
	require.Zero(t, twiceConnected(t, text(t, dir, "after.json")))
}

// twiceConnected counts the cells of a netlist that have one net at two inputs.
func twiceConnected(t *testing.T, netlist string) (n int) {
	t.Helper()
	var design struct {
		Modules map[string]struct {
			Cells map[string]struct {
				Directions  map[string]string `json:"port_directions"`
				Connections map[string][]any  `json:"connections"`
			} `json:"cells"`
		} `json:"modules"`
	}
	require.NoError(t, json.Unmarshal([]byte(netlist), &design))
	for _, cell := range design.Modules["top"].Cells {
		inputs, twice := map[any]bool{}, false
		for port, nets := range cell.Connections {
			for _, net := range nets {
				if number, ok := net.(float64); ok && cell.Directions[port] == "input" { // a constant is text
					twice = twice || inputs[number]
					inputs[number] = true
				}
			}
		}
		if twice {
			n++
		}
	}
	return n
}
