package verify

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// engineScopes are words in the names of a core's instances by the engine they work
// for, in the order of the groups.
var engineScopes = []struct {
	engine string
	words  []string
}{
	{"load engine", []string{"load"}},
	{"store engine", []string{"store"}},
	{"compute engine", []string{"compute", "sequencer", "drain", "array", "dot", "fill", "tile", "accumulator", "requant", "decode", "walk"}},
	{"buffers", []string{"buffer"}},
	{"registers and counters", []string{"registers", "counters"}},
}

// waveSignal is a variable of a VCD file.
type waveSignal struct {
	path string
	bits string
}

// writeSave writes a GTKWave save file beside a waveform: the signals of the core's
// modules, grouped by engine.
func writeSave(vcd string) (path string, err error) {
	signals, err := waveSignals(vcd)
	if err != nil {
		return "", err
	}
	groups := map[string][]waveSignal{}
	for _, s := range signals {
		if g := group(s.path); g != "" {
			groups[g] = append(groups[g], s)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "[dumpfile] %q\n[savefile] %q\n", filepath.Base(vcd), saveName(filepath.Base(vcd)))
	for _, e := range engineScopes {
		fmt.Fprintf(&b, "@800200\n-%s\n", e.engine)
		for _, s := range groups[e.engine] {
			fmt.Fprintf(&b, "%s\n%s\n", radix(s), s.path+s.bits)
		}
		fmt.Fprintf(&b, "@1000200\n-%s\n", e.engine)
	}
	path = saveName(vcd)
	return path, writeFile(filepath.Dir(path), filepath.Base(path), []byte(b.String()))
}

func saveName(vcd string) string { return strings.TrimSuffix(vcd, ".vcd") + ".gtkw" }

// radix is GTKWave's flag for a bit, or for hexadecimal.
func radix(s waveSignal) string {
	if s.bits == "" {
		return "@28"
	}
	return "@22"
}

// group is the engine that a signal belongs to, "" for what is deeper than a module
// of the core or outside the accelerator.
func group(path string) string {
	_, inside, ok := strings.Cut(path, ".dut.")
	parts := strings.Split(strings.TrimPrefix(inside, "core."), ".")
	if !ok || len(parts) != 2 {
		return ""
	}
	for _, e := range engineScopes {
		for _, word := range e.words {
			if strings.Contains(parts[0], word) {
				return e.engine
			}
		}
	}
	return ""
}

// waveSignals reads the variables that a VCD file declares.
func waveSignals(vcd string) (all []waveSignal, err error) {
	f, err := os.Open(vcd)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var scope []string
	s := bufio.NewScanner(f)
	for s.Scan() {
		w := strings.Fields(s.Text())
		switch {
		case len(w) == 0:
		case w[0] == "$scope" && len(w) >= 3:
			scope = append(scope, w[2])
		case w[0] == "$upscope" && len(scope) > 0:
			scope = scope[:len(scope)-1]
		case w[0] == "$var" && len(w) >= 6 && w[1] != "parameter":
			bits := ""
			if strings.HasPrefix(w[5], "[") {
				bits = w[5]
			}
			all = append(all, waveSignal{strings.Join(append(scope[:len(scope):len(scope)], w[4]), "."), bits})
		case w[0] == "$enddefinitions":
			return all, nil
		}
	}
	return all, s.Err()
}
