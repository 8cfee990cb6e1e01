package machine

import (
	"fmt"
	"strings"

	"lowres/sim/program"
)

// String lists the life of every instruction in cycles, and the counters.
func (t *Timing) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-11s %7s %7s %7s\n", "instruction", "ready", "go", "retire")
	for e := range program.EngineCount {
		for i, s := range t.Steps[e] {
			fmt.Fprintf(&b, "%-11v %7d %7d %7d\n", ref{e, i}, s.Ready, s.Go, s.Retire)
		}
	}
	fmt.Fprintf(&b, "%d cycles\n", t.Counters.Cycles)
	return b.String()
}
