package verify

import (
	"fmt"

	"lowres/network"
	"lowres/sim/machine"
	"lowres/sim/program"
)

// checkReference compares every feature map of the expectation with the
// network's own arithmetic, value by value, and counts them. It returns a
// *Mismatch in the order in which the layers run.
func (e *expectation) checkReference(n *network.Integer, images [][]int8) (values int, err error) {
	for i, input := range images {
		all, err := featureMaps(n, input, e.program.Pictures())
		if err != nil {
			return values, fmt.Errorf("image %d: %w", i, err)
		}
		for _, t := range e.program.Tensors[1:] {
			want := all[t.Last]
			got, err := t.Values(e.memories[i], e.design.Array.Cols)
			if err != nil {
				return values, err
			}
			if m := e.differ(n.Graph, t, want, got); m != nil {
				m.Image = i
				return values, m
			}
			values += len(want)
		}
	}
	return values, nil
}

// featureMaps are the outputs of all layers for the pictures of a run, one behind the
// other.
func featureMaps(n *network.Integer, input []int8, pictures int) ([][]int32, error) {
	all := make([][]int32, len(n.Layers))
	for i := range pictures {
		size := len(input) / pictures
		activations, logits, err := n.Run(input[i*size : (i+1)*size])
		if err != nil {
			return nil, err
		}
		for l, a := range activations {
			if a == nil {
				all[l] = append(all[l], logits...)
			} else {
				all[l] = append(all[l], widen(a)...)
			}
		}
	}
	return all, nil
}

// differ is the first value that differs, nil if none does.
func (e *expectation) differ(g *network.Graph, t program.Tensor, want, got []int32) *Mismatch {
	m := &Mismatch{Simulator: "machine", Layer: layerName(g, t.Layer), Cycle: e.written(t)}
	if len(want) != len(got) {
		m.Signal, m.Want, m.Got = "number of values", fmt.Sprint(len(want)), fmt.Sprint(len(got))
		return m
	}
	for i := range want {
		if want[i] == got[i] {
			continue
		}
		pixel, channel := i/t.Shape.C, i%t.Shape.C
		m.Signal = fmt.Sprintf("%s[%s c=%d]", m.Layer, pixelName(t, pixel), channel)
		m.Want, m.Got = fmt.Sprint(want[i]), fmt.Sprint(got[i])
		return m
	}
	return nil
}

// written is the cycle in which the first beat of a feature map is written.
func (e *expectation) written(t program.Tensor) machine.Cycle {
	for _, w := range e.log.Images[0].Writes {
		if w.Address >= t.Address && w.Address < t.Address+uint32(t.Bytes()) {
			return w.Cycle
		}
	}
	return 0
}

func widen(v []int8) []int32 {
	w := make([]int32, len(v))
	for i, x := range v {
		w[i] = int32(x)
	}
	return w
}
