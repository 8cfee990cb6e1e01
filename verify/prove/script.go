package prove

import (
	"fmt"
	"slices"
	"strings"
)

// mark is the line of Yosys's log behind which sat speaks.
const mark = "lowres: sat"

// script is the Yosys script that builds a harness and calls sat. It keeps to passes that refine nothing:
// undefined values stay undefined (-keepdc), registers without a reset start as
// anything, and undriven wires (ram_free) stay free. abc is not used: it would
// take undriven wires for constants.
func (g goal) script(sat string) string {
	var s strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&s, format+"\n", a...) }
	files := append([]string{}, g.sources...)
	if g.freeRAM {
		files = append(files, ramFree)
	}
	if g.plainTimes {
		files = append(files, multiplierPlain)
	}
	if g.models != "" {
		line("read_verilog +/%s", g.models)
	}
	if len(g.boxed) > 0 {
		line("read_verilog -lib %s", strings.Join(g.boxed, " "))
	}
	line("read_verilog %s", strings.Join(files, " "))
	if g.rename != "" {
		line("rename %s %s", g.module, g.rename)
	}
	line("read_verilog %s", strings.Join(append([]string{g.top + ".v"}, g.helpers...), " "))
	line("hierarchy -check -top %s%s", g.top, g.chparams())
	line("proc\nflatten\ncd %s", g.top)
	if g.memory != "" {
		line("memory_collect\nmemory_map")
		for i := range strings.Count(fmt.Sprint(g.peeks), "entry_") {
			line("rename %s[%d] entry_%d", g.memory, i, i)
		}
	}
	for _, p := range g.peeks {
		line("connect -nounset -set %s %s", p.wire, p.register)
	}
	line("opt_expr -keepdc\nopt_clean\nopt -noff -keepdc\nwreduce -keepdc")
	line("memory_collect\nmemory_map\nopt -noff -keepdc\nasync2sync\ndffunmap\nopt_expr -keepdc\nopt_clean")
	if g.merge {
		line("opt_merge -share_all\nopt_clean")
	}
	if g.cutProduct > 0 {
		g.cut(line)
	}
	line("log %s\n%s", mark, sat)
	return s.String()
}

// chparams are the harness's parameters.
func (g goal) chparams() string {
	var s strings.Builder
	for _, p := range g.parameters {
		fmt.Fprintf(&s, " -chparam %s %d", p.name, p.value)
	}
	if len(g.levels) > 0 {
		fmt.Fprintf(&s, " -chparam Custom 1 -chparam Values %s", levelBits(g.levels))
	}
	return s.String()
}

// levelBits is a constant of 10 bits a level, the first lowest.
func levelBits(levels []int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d'b", 10*len(levels))
	for _, v := range slices.Backward(levels) {
		fmt.Fprintf(&s, "%010b", v&0x3ff)
	}
	return s.String()
}

// cut merges equal registers and multipliers, insists that one multiplier is left
// and makes its output free: both sides then work on one product, any product.
func (g goal) cut(line func(string, ...any)) {
	wide := fmt.Sprintf("t:$mul r:Y_WIDTH>=%d %%i", g.cutProduct)
	line("opt_merge -share_all t:$dff t:$mul")
	line("opt_clean")
	line("select -assert-count 1 %s", wide)
	line("cutpoint %s", wide)
	line("select -assert-none %s", wide)
}

// proof is the command that proves all checks of the harness.
func (g goal) proof(h harness) string {
	var s strings.Builder
	s.WriteString("sat")
	switch {
	case g.method == induction:
		fmt.Fprintf(&s, " -tempinduct -maxsteps %d", depth)
	case g.latency > 0:
		fmt.Fprintf(&s, " -seq %d -prove-skip %d", g.latency+1, g.latency)
	}
	s.WriteString(assumption(h))
	s.WriteString(h.claims())
	s.WriteString(" -show-ports")
	return s.String()
}

// hunt is the command that looks for a run from reset that breaks a check.
func (g goal) hunt(h harness) string {
	return fmt.Sprintf("sat -seq %d%s%s -show-ports", g.reach+2, assumption(h), h.claims())
}

// possible is the command that looks for a run in which reach is 1.
func (g goal) possible(h harness) string {
	return fmt.Sprintf("sat -seq %d%s -set-at %d reach 1", g.reach, assumption(h), g.reach)
}

func assumption(h harness) string {
	if h.given {
		return " -set given 1"
	}
	return ""
}

// claims are the checks as sat wants them.
func (h harness) claims() string {
	var s strings.Builder
	for _, c := range h.checks {
		fmt.Fprintf(&s, " -prove %s 1", c.Name)
	}
	return s.String()
}
