package network

import (
	"fmt"
	"sync"
	"sync/atomic"

	"lowres/quant"
)

// blockBytes bounds the input rows that a convolution gathers at once, so that
// they stay in the first-level cache while all weights pass by.
const blockBytes = 24 << 10

// Evaluator computes the logits of an integer network, equal to Integer.Run to
// the last bit and ten times as fast. It holds scratch memory: one goroutine may use
// it at a time, and Clone makes one for the next.
type Evaluator struct {
	graph  *Graph
	layers []evalLayer // shared by clones, read only

	ping, pong []int8  // input and output of a layer
	rows       []int8  // gathered rows of a block
	acc        []int32 // accumulators of a block, and the last layer's logits
}

// evalLayer is a layer prepared for evaluation.
type evalLayer struct {
	*Layer
	matrix
	bias    []int32
	requant []quant.Requantiser
	block   int // output positions gathered at once
}

// NewEvaluator prepares a network. It returns ErrNetwork for one that Validate
// refuses, and ErrUnsupported for layers that only Run computes. The network must not be changed while the evaluator is in use.
func NewEvaluator(n *Integer) (*Evaluator, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	if err := checkEvaluator(n.Graph); err != nil {
		return nil, err
	}
	e := &Evaluator{graph: n.Graph, layers: make([]evalLayer, len(n.Layers))}
	for i := range n.Layers {
		l, p := &n.Graph.Layers[i], &n.Layers[i]
		e.layers[i] = evalLayer{Layer: l, bias: p.Bias, requant: p.Requant}
		if l.HasWeights() {
			size := l.WeightShape().Size()
			e.layers[i].matrix = newMatrix(p.Weights, l.Out, size)
			e.layers[i].block = min(max(4, blockBytes/size/4*4), l.OutShape.H*l.OutShape.W)
		}
	}
	return e.Clone(), nil
}

// Clone returns an evaluator that shares the weights but no scratch memory.
func (e *Evaluator) Clone() *Evaluator {
	c := &Evaluator{graph: e.graph, layers: e.layers}
	values, rows, acc := e.graph.Input.Size(), 0, 0
	for i := range e.layers {
		l := &e.layers[i]
		values = max(values, l.OutShape.Size())
		rows = max(rows, l.block*l.k)
		acc = max(acc, l.block*l.out)
	}
	c.ping, c.pong = make([]int8, values), make([]int8, values)
	c.rows, c.acc = make([]int8, rows), make([]int32, acc)
	return c
}

// Logits computes the logits of one input, both in NHWC order; see Integer.Run.
// dst has the size of the graph's output. It returns ErrShape for wrong lengths
// and allocates nothing.
func (e *Evaluator) Logits(dst []int32, input []int8) error {
	if err := checkLength(input, e.graph.Input); err != nil {
		return err
	}
	if want := e.graph.Output().Size(); len(dst) != want {
		return fmt.Errorf("%w: room for %d logits: want %d", ErrShape, len(dst), want)
	}
	in, out := e.ping[:copy(e.ping, input)], e.pong
	for i := range e.layers {
		l := &e.layers[i]
		out = out[:l.OutShape.Size()]
		switch {
		case l.Kind == MaxPool:
			l.pool(out, in)
		case l.requant == nil:
			e.weigh(l, in, func(at int, acc []int32) { copy(dst[at:], acc) })
			return nil
		default:
			e.weigh(l, in, func(at int, acc []int32) { l.requantise(out[at:], acc) })
		}
		in, out = out, in[:cap(in)]
	}
	for i, v := range in {
		dst[i] = int32(v)
	}
	return nil
}

// weigh computes the accumulators of a convolution or dense layer, a block of
// positions at a time, and hands each block on with its place in the output.
func (e *Evaluator) weigh(l *evalLayer, in []int8, emit func(at int, acc []int32)) {
	positions := l.OutShape.H * l.OutShape.W
	for p := 0; p < positions; p += l.block {
		count := min(l.block, positions-p)
		rows := in // a dense layer's row is the map itself
		if l.Kind == Conv {
			rows = e.rows[:count*l.k]
			for j := range count {
				l.gather(rows[j*l.k:][:l.k], in, p+j)
			}
		}
		acc := e.acc[:count*l.out]
		l.multiply(acc, rows, l.bias)
		emit(p*l.out, acc)
	}
}

// gather copies the window of output position p, with zeros for padding, to row.
func (l *evalLayer) gather(row, in []int8, p int) {
	shape, c := l.InShape, l.InShape.C
	top, left := p/l.OutShape.W*l.Stride-l.Pad, p%l.OutShape.W*l.Stride-l.Pad
	from, to := max(left, 0), min(left+l.Kernel, shape.W) // columns inside the map
	for y := top; y < top+l.Kernel; y++ {
		line := row[:l.Kernel*c]
		row = row[l.Kernel*c:]
		if y < 0 || y >= shape.H || from >= to {
			clear(line)
			continue
		}
		clear(line[:(from-left)*c])
		copy(line[(from-left)*c:], in[(y*shape.W+from)*c:(y*shape.W+to)*c])
		clear(line[(to-left)*c:])
	}
}

// requantise applies the requantisers to accumulators, channel fastest.
func (l *evalLayer) requantise(dst []int8, acc []int32) {
	for len(acc) > 0 {
		for o, r := range l.requant {
			dst[o] = r.Apply(acc[o])
		}
		dst, acc = dst[len(l.requant):], acc[len(l.requant):]
	}
}

// pool takes the maximum of every full window, a whole pixel at a time.
func (l *evalLayer) pool(dst, in []int8) {
	c, w := l.InShape.C, l.InShape.W
	for y := range l.OutShape.H {
		for x := range l.OutShape.W {
			best := dst[(y*l.OutShape.W+x)*c:][:c]
			for i := range l.Kernel * l.Kernel {
				pixel := in[((y*l.Kernel+i/l.Kernel)*w+x*l.Kernel+i%l.Kernel)*c:][:c]
				if i == 0 {
					copy(best, pixel)
					continue
				}
				for j, v := range pixel {
					best[j] = max(best[j], v)
				}
			}
		}
	}
}

// Batch computes the logits of many inputs, [image][H][W][C], on the given number
// of goroutines; the result does not depend on it. dst has shape [image][logit].
// It returns ErrShape for wrong lengths.
func (e *Evaluator) Batch(dst []int32, inputs []int8, workers int) error {
	size, classes := e.graph.Input.Size(), e.graph.Output().Size()
	count := len(inputs) / size
	if len(inputs) != count*size || len(dst) != count*classes {
		return fmt.Errorf("%w: %d input values and room for %d logits: want %d and %d an image", ErrShape, len(inputs), len(dst), size, classes)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(max(workers, 1), count) {
		wait.Go(func() {
			worker := e.Clone()
			for i := int(next.Add(1)) - 1; i < count; i = int(next.Add(1)) - 1 {
				if err := worker.Logits(dst[i*classes:][:classes], inputs[i*size:][:size]); err != nil {
					panic(err) // the lengths are right
				}
			}
		})
	}
	wait.Wait()
	return nil
}
