package network

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"lowres/network/internal/kernel"
)

// evalWorker is the scratch memory of one goroutine.
type evalWorker struct {
	plan   *evalPlan
	maps   [][]uint8 // of a micro-batch
	sums   []int32   // accumulators, [row][kernel.Columns]
	logits []int32   // where the images' logits go
	plain  []int32   // accumulators of one pixel
	work   func()    // takes part in a call of Batch

	product    kernel.Product
	requantise kernel.Requantise
}

func newEvalWorker(p *evalPlan) *evalWorker {
	w := &evalWorker{plan: p, sums: make([]int32, p.sums)}
	channels := 0
	for i := range p.maps { // borders and unused channels keep this zero
		w.maps = append(w.maps, slices.Repeat([]uint8{kernel.Zero}, p.microBatch*p.maps[i].image))
		channels = max(channels, p.maps[i].C)
	}
	w.plain = make([]int32, channels)
	return w
}

// evaluate computes the logits of at most a micro-batch of images.
func (w *evalWorker) evaluate(dst []int32, inputs []int8, images int) {
	w.logits = dst
	for i := range images {
		w.load(i, inputs[i*w.plan.graph.Input.Size():])
	}
	for _, s := range w.plan.steps {
		s.run(w, images)
	}
	if !w.plan.emitsSums {
		w.unload(images)
	}
	w.logits = nil
}

// load writes image i to the first map, a run of bytes without a gap at a time.
func (w *evalWorker) load(i int, input []int8) {
	m := &w.plan.maps[0]
	run, runs := m.C, m.W
	if m.pitch == m.C {
		run, runs = m.W*m.C, 1
	}
	for y := range m.H {
		row := w.maps[0][m.place(i, y, 0):]
		for x := range runs {
			addZero(row[x*m.pitch:][:run], input)
			input = input[run:]
		}
	}
}

// addZero computes dst = src + kernel.Zero, eight bytes at a time.
func addZero(dst []uint8, src []int8) {
	const zeros = kernel.Zero * 0x0101010101010101
	bytes := unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(src))), len(dst))
	for ; len(dst) >= 8; dst, bytes = dst[8:], bytes[8:] {
		binary.NativeEndian.PutUint64(dst, binary.NativeEndian.Uint64(bytes)^zeros)
	}
	for c, v := range bytes {
		dst[c] = v ^ kernel.Zero
	}
}

// unload widens the last map, of activations, to logits.
func (w *evalWorker) unload(images int) {
	last := len(w.maps) - 1
	m, dst := &w.plan.maps[last], w.logits
	for n := range images * m.H * m.W {
		for _, v := range w.maps[last][m.pixel(n):][:m.C] {
			dst[0], dst = int32(v)-kernel.Zero, dst[1:]
		}
	}
}
