package prove

import (
	"fmt"
	"strings"
)

// method is how a goal is proved.
type method int

const (
	anyState  method = iota // every state and input, over the module's latency
	induction               // from reset, by temporal induction
)

// goal is one proof to make.
type goal struct {
	module     string // as Proof.Module
	property   string
	top        string   // harness
	sources    []string // the design's files that it needs
	helpers    []string // the harness's own modules
	parameters []parameter
	boxed      []string // files of modules that do not matter: their outputs are dropped
	models     string   // of a target's cells, below Yosys's data folder
	levels     []int    // of a custom level set
	peeks      []peek
	method     method
	latency    int    // cycles before the checks hold, for anyState
	reach      int    // cycles in which the harness's reach must be possible; 0 for none
	rename     string // the harness knows the module by this name
	stepOnly   bool   // do not look for a run from reset when an induction step fails
	memory     string // its word i is peeked at as entry_i
	freeRAM    bool   // ram_sdp gives any word
	plainTimes bool   // multiplier multiplies with one operator
	merge      bool   // make registers that load the same one: true of pipelines after their latency
	cutProduct int    // width from which the only multiplier's output is made free, 0 for none
}

// parameter is a parameter of the harness.
type parameter struct {
	name  string
	value int
}

// peek connects a wire of the harness to a register of the module under proof.
type peek struct{ wire, register string }

// peeks pairs wires and registers: "peek_left", "left_q", …
func peeks(names ...string) (p []peek) {
	for i := 0; i < len(names); i += 2 {
		p = append(p, peek{names[i], "dut." + names[i+1]})
	}
	return p
}

// depth is the longest induction that is tried. All proofs close at one or two.
const depth = 3

// methodText is the method in words.
func (g goal) methodText() string {
	var text string
	switch {
	case g.method == induction:
		text = fmt.Sprintf("induction from reset, depth at most %d", depth)
	case g.latency == 0:
		text = "SAT, every input"
	default:
		text = fmt.Sprintf("SAT, every state and input, %d cycles", g.latency+1)
	}
	if g.cutProduct > 0 {
		text += ", product free"
	}
	if g.freeRAM {
		text += ", program free"
	}
	return text
}

// parametersText is the parameters in words.
func (g goal) parametersText() string {
	var parts []string
	for _, p := range g.parameters {
		parts = append(parts, fmt.Sprintf("%s=%d", p.name, p.value))
	}
	if len(g.levels) > 0 {
		parts = append(parts, fmt.Sprintf("levels=%v", g.levels))
	}
	return strings.Join(parts, " ")
}
