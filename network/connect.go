package network

import (
	"fmt"
	"slices"
)

// InputName stands for the network's input in From and With.
const InputName = "input"

// connect finds the layers that layer i reads, and their shapes; input is the shape of the network's.
func (g *Graph) connect(i int, input Shape) error {
	l := &g.Layers[i]
	l.InShape, l.Source, l.Second = Shape{}, i-1, 0
	if l.From != "" {
		at, err := g.find("from", l.From, i)
		if err != nil {
			return err
		}
		l.Source = at
	}
	l.InShape = g.shapeOf(l.Source, input)
	if l.Kind != Add || l.With == "" {
		return nil
	}
	at, err := g.find("with", l.With, i)
	if err != nil {
		return err
	}
	l.Second = at
	if second := g.shapeOf(at, input); l.InShape != (Shape{}) && second != (Shape{}) && second != l.InShape {
		return fmt.Errorf("with: %s is %v: want the shape %v of the other operand", l.With, second, l.InShape)
	}
	return nil
}

// find is the index of the layer before i with the given name, −1 for the network's input.
func (g *Graph) find(field, name string, i int) (int, error) {
	at := slices.IndexFunc(g.Layers[:i], func(l Layer) bool { return l.Name == name })
	if at < 0 && name != InputName {
		return 0, fmt.Errorf("%s: %q: want the name of a layer before this one, or %s", field, name, InputName)
	}
	return at, nil
}

// shapeOf is the output of a layer, or the network's input for −1.
func (g *Graph) shapeOf(i int, input Shape) Shape {
	if i < 0 {
		return input
	}
	return g.Layers[i].OutShape
}

// checkReaders checks that something reads every layer but the last.
func (g *Graph) checkReaders() error {
	readers := g.Readers()
	for i, n := range readers[:len(readers)-1] {
		if n == 0 {
			return fmt.Errorf("layers[%d] %s: nothing reads its output: want it named in a from or with; or remove it", i, g.Layers[i].Name)
		}
	}
	return nil
}

// Readers counts, for each layer of a resolved graph, the layers that read its output.
func (g *Graph) Readers() []int {
	readers := make([]int, len(g.Layers))
	count := func(i int) {
		if i >= 0 {
			readers[i]++
		}
	}
	for i := range g.Layers {
		count(g.Layers[i].Source)
		if g.Layers[i].Kind == Add {
			count(g.Layers[i].Second)
		}
	}
	return readers
}
