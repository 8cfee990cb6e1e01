package network

import (
	"fmt"
	"sync"
	"sync/atomic"

	"lowres/network/internal/kernel"
)

// Evaluator computes the logits of an integer network, equal to Integer.Run to
// the last bit and about a thousand times as fast, with the widest integer dot
// products that the processor has. It holds scratch memory: one goroutine may use it at a
// time, and Clone makes one for the next.
type Evaluator struct {
	plan    *evalPlan // shared by clones, read only
	workers []*evalWorker
	batch   evalBatch
}

// evalBatch is the call of Batch that the workers share.
type evalBatch struct {
	dst    []int32
	inputs []int8
	count  int          // images
	next   atomic.Int64 // first image that no worker has taken
	wait   sync.WaitGroup
}

// NewEvaluator prepares a network: it lays out its weights for the processor. It
// returns ErrNetwork for one that Validate refuses.
func NewEvaluator(n *Integer) (*Evaluator, error) { return newEvaluator(n, kernel.Best()) }

// newEvaluator chooses the loops to run with.
func newEvaluator(n *Integer, set *kernel.Set) (*Evaluator, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	return &Evaluator{plan: newEvalPlan(n, set)}, nil
}

// Clone returns an evaluator that shares the weights but no scratch memory.
func (e *Evaluator) Clone() *Evaluator { return &Evaluator{plan: e.plan} }

// Instructions names the instructions that the products run on: "avx512vnni",
// "avxvnni", "avx2", or "go" for none but Go's own.
func (e *Evaluator) Instructions() string { return e.plan.set.Name }

// Logits computes the logits of one input, both in NHWC order; see Integer.Run.
// dst has the size of the graph's output. It returns ErrShape for wrong lengths
// and allocates nothing after the first call. Batch is several times as fast an
// image.
func (e *Evaluator) Logits(dst []int32, input []int8) error {
	g := e.plan.graph
	if err := checkLength(input, g.Input); err != nil {
		return err
	}
	if want := g.Output().Size(); len(dst) != want {
		return fmt.Errorf("%w: room for %d logits: want %d", ErrShape, len(dst), want)
	}
	e.hire(1)
	e.workers[0].evaluate(dst, input, 1)
	return nil
}

// Batch computes the logits of many inputs, [image][H][W][C], on the given number
// of goroutines; the result does not depend on it. dst has shape [image][logit].
// It returns ErrShape for wrong lengths and allocates nothing after the first call
// with as many workers.
func (e *Evaluator) Batch(dst []int32, inputs []int8, workers int) error {
	size, classes := e.plan.graph.Input.Size(), e.plan.graph.Output().Size()
	count := len(inputs) / size
	if len(inputs) != count*size || len(dst) != count*classes {
		return fmt.Errorf("%w: %d input values and room for %d logits: want %d and %d an image", ErrShape, len(inputs), len(dst), size, classes)
	}
	workers = max(1, min(workers, (count+e.plan.microBatch-1)/e.plan.microBatch))
	e.hire(workers)
	e.batch.dst, e.batch.inputs, e.batch.count = dst, inputs, count
	e.batch.next.Store(0)
	e.batch.wait.Add(workers)
	for _, w := range e.workers[1:workers] {
		go w.work()
	}
	e.workers[0].work()
	e.batch.wait.Wait()
	e.batch.dst, e.batch.inputs = nil, nil
	return nil
}

// hire makes scratch memory for as many workers.
func (e *Evaluator) hire(workers int) {
	for len(e.workers) < workers {
		w := newEvalWorker(e.plan)
		w.work = func() { e.batch.run(w) }
		e.workers = append(e.workers, w)
	}
}

// run evaluates micro-batches until none is left.
func (b *evalBatch) run(w *evalWorker) {
	defer b.wait.Done()
	size, classes, step := w.plan.graph.Input.Size(), w.plan.graph.Output().Size(), w.plan.microBatch
	for {
		first := int(b.next.Add(int64(step))) - step
		if first >= b.count {
			return
		}
		images := min(step, b.count-first)
		w.evaluate(b.dst[first*classes:], b.inputs[first*size:], images)
	}
}
