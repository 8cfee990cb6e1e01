package study

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lowres/network"
	"lowres/quant"
)

// weights are the levels of a run's layers, and what the summary says of them.
type weights struct {
	sets      []quant.Levels // by layer
	n         int            // levels of all layers; 0: float32, or they differ
	text      string         // "" where n says it all
	bits      float64        // log2 N, mean over the connection weights that may have levels
	reduction float64        // of their memory against float32, packed by byte
}

// parseWeights reads the levels of a graph's layers, as network.ParseLevels takes them.
func parseWeights(g *network.Graph, text string) (w weights, err error) {
	if w.sets, err = network.ParseLevels(g, text); err != nil {
		return w, fmt.Errorf("nvalues %s for %s: %w", text, g.Name, err)
	}
	w.text = strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), ",", ":")
	count, information, bytes := 0, 0.0, 0
	var with []quant.Levels
	for i := range g.Layers {
		l := &g.Layers[i]
		if !l.HasLevels() {
			continue
		}
		n := l.WeightCount()
		with = append(with, w.sets[i])
		count, information, bytes = count+n, information+float64(n)*w.sets[i].Log2N(), bytes+sizeOf(w.sets[i], n)
	}
	w.bits, w.reduction = information/float64(count), float64(4*count)/float64(bytes)
	if len(slices.CompactFunc(with, quant.Levels.Equal)) == 1 {
		w.n, w.text = with[0].N(), uniformText(with[0])
	}
	return w, nil
}

// sizeOf is the memory of n weights packed by byte.
func sizeOf(l quant.Levels, n int) int {
	if l.IsZero() {
		return 4 * n
	}
	return l.PackedBytes(quant.Byte, n)
}

// uniformText is the text of one set for all layers: none for float32 and the paper's.
func uniformText(l quant.Levels) string {
	if p, err := quant.ForN(l.N()); l.IsZero() || err == nil && p.Equal(l) {
		return ""
	}
	var values []string
	for _, v := range l.Values() {
		values = append(values, strconv.Itoa(v))
	}
	return strings.Join(values, "/")
}

// LevelsText is the run's levels as --nvalues takes them: "3", "0" for float32, "17:3:3:5".
func (r *Run) LevelsText() string {
	if r.Levels != "" {
		return r.Levels
	}
	return strconv.Itoa(r.NValues)
}

// levelsName is LevelsText with characters fit for a file's name.
func (r *Run) levelsName() string {
	return strings.NewReplacer("/", ".", ":", "_").Replace(r.LevelsText())
}

// checkLevels checks that Levels has no characters but those of level sets.
func (r *Run) checkLevels() error {
	for _, c := range []byte(r.Levels) {
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && (c < '0' || c > '9') && !strings.ContainsRune("_=:/-", rune(c)) {
			return fmt.Errorf("levels %q: want level sets such as 17:3:3:5", r.Levels)
		}
	}
	return nil
}

// sameWeights reports whether two runs have the same levels.
func sameWeights(a, b *Run) bool { return a.NValues == b.NValues && a.Levels == b.Levels }
