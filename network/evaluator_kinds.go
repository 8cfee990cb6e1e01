package network

import (
	"fmt"
	"slices"
)

// checkEvaluator returns ErrUnsupported unless the evaluator computes the graph.
func checkEvaluator(g *Graph) error {
	known := kindCodes[:firstKinds]
	for i := range g.Layers {
		if l := &g.Layers[i]; !slices.Contains(known, l.Kind) || l.From != "" {
			return fmt.Errorf("%w: layer %s: the evaluator has %q in a chain; use Run", ErrUnsupported, l.Name, known)
		}
	}
	return nil
}
