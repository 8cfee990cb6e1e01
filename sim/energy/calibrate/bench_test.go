package calibrate

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/hdl"
)

// The ports that are driven are those of the modules, all of them: one that is not named would float.
func TestAllInputsOfTheMeasuredModulesAreDriven(t *testing.T) {
	for module, names := range inputs {
		text, err := hdl.Files.ReadFile(module + ".v")
		require.NoError(t, err)
		var ports []string
		for _, m := range regexp.MustCompile(`(?m)^\s*input\s+wire\s+(?:signed\s+)?(?:\[.*?\]\s+)?(\w+)`).FindAllSubmatch(text, -1) {
			if name := string(m[1]); name != "clk_i" {
				ports = append(ports, name)
			}
		}
		require.ElementsMatch(t, names, ports, module)
	}
}
