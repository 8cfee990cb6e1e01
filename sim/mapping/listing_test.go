package mapping_test

import (
	"os"
	"strings"
	"testing"

	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// The worked examples of docs/instruction-set.md and docs/timing.md are what
// the mapping and the machine say of this network on examples/tiny.yaml.
func TestTheDocumentedExampleIsTrue(t *testing.T) {
	d, err := arch.ReadFile("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	net := fill(t, network.Shape{H: 4, W: 4, C: 2}, conv("conv1", 4, 3), pool("pool1"), dense("fc1", 3))
	p, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	m, err := machine.New(d, p)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "../../docs/instruction-set.md", p.Disassemble([]string{"conv1", "pool1", "fc1"}))
	contains(t, "../../docs/timing.md", m.Timing().String())
}

// contains checks that the page has the text.
func contains(t *testing.T, path, text string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), text) {
		t.Errorf("%s lacks this listing; paste it if it should have changed:\n%s", path, text)
	}
}
