package engine

// Outputs runs the network forward on n pictures and calls visit for every micro-batch: its member (a
// worker's number below Workers), the position of its first picture, and the worker that holds its maps.
// visit is called from several goroutines at once, but never twice at once for one member.
func (m *Machine) Outputs(from Source, n int, visit func(member, first, images int, w *Worker)) {
	batches := (n + m.plan.microBatch - 1) / m.plan.microBatch
	m.team.run(batches, func(member, task int) {
		w, first := m.workers[member], task*m.plan.microBatch
		images := min(m.plan.microBatch, n-first)
		w.training = false
		w.enter(nil, first)
		w.forward(from, images)
		visit(member, first, images, w)
	})
}

// Evaluate returns the sum of the costs and the number of right answers over one picture a label.
func (m *Machine) Evaluate(from Source, labels []uint8) (cost float64, right int) {
	if len(m.losses) < len(labels) {
		m.losses, m.correct = make([]float64, len(labels)), make([]bool, len(labels))
	}
	m.Outputs(from, len(labels), func(_, first, images int, w *Worker) {
		for i := range images {
			logits, label := w.output(i), int(labels[first+i])
			m.losses[first+i] = crossEntropy(logits, label, 0, 0, nil)
			m.correct[first+i] = best(logits) == label
		}
	})
	return m.score(len(labels))
}

// Workers is the number of members of the team.
func (m *Machine) Workers() int { return m.team.size }

// Logits is the output of one image of the micro-batch.
func (w *Worker) Logits(image int) []float32 { return w.output(image) }

// Values calls f with every channel row of the output of layer i for one image: C values a pixel. The machine must only run
// forward: one that trains does not keep all of them.
func (w *Worker) Values(i, image int, f func(values []float32)) {
	g := &w.plan.maps[i+1]
	for y := range g.H {
		for x := range g.W {
			f(w.maps[i+1][g.place(image, y, x):][:g.C])
		}
	}
}
