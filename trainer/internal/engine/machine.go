package engine

import (
	"fmt"

	"lowres/network"
	"lowres/trainer/kernel"
)

// Machine trains one network. Its methods are not safe for use by several goroutines at once.
type Machine struct {
	plan     *plan
	set      *kernel.Set
	params   *Parameters
	team     *team
	workers  []*Worker
	packers  []*packer // scratch by worker
	groups   []*Gradient
	batch    *batchMaps
	dense    []denseTask
	summed   []panelTask // whose gradients are added up group by group
	velocity *network.Float
	second   *network.Float // nil but for Adam
	squares  []float64      // of the gradient, by task
	losses   []float64
	correct  []bool
	step     step
	phases   struct{ group, sum, scale, update, measure, pack func(member, task int) }
}

// Batch is what one step learns from: one picture a label. Noise decides what dropout drops: the same
// Noise drops the same at the same position of a batch. Smoothing is the part of every label that is spread
// evenly over all classes.
type Batch struct {
	From      Source
	Labels    []uint8
	Noise     uint64
	Smoothing float64
}

// step is what the tasks of the step that is running read.
type step struct {
	Batch
	number int
	rule   Rule
	groups int
	summed bool    // the first group holds the sum of the gradients
	factor float32 // that shortens the gradient
}

// Options choose how a Machine runs. Workers and Set do not change what it computes, up to the rounding of Set.
type Options struct {
	Workers int            // goroutines, at least 1
	Set     *kernel.Set    // nil = the best of this processor
	Second  *network.Float // second moments for Adam, of the shape of net; nil = SGD
}

// NewMachine returns a machine that trains net in place, on batches of at most batch images. velocity is
// the momentum of every parameter (Adam: the first moment), of the shape of net; nil makes a machine that only
// runs forward. It
// returns ErrUnsupported for a graph it cannot train and network.ErrShape for parameters that do not fit.
// Close ends its goroutines.
func NewMachine(net, velocity *network.Float, batch int, o Options) (*Machine, error) {
	if err := net.Validate(); err != nil {
		return nil, err
	}
	m := &Machine{set: o.Set}
	if m.set == nil {
		m.set = kernel.Best()
	}
	p, err := newPlan(net.Graph, batch, max(o.Workers, 1), m.set.FarCache, velocity != nil)
	if err != nil {
		return nil, err
	}
	m.plan = p
	m.params = newParameters(p, m.set, net, velocity != nil)
	if velocity != nil {
		if err := velocity.Validate(); err != nil {
			return nil, fmt.Errorf("momentum: %w", err)
		}
		if o.Second != nil {
			if err := o.Second.Validate(); err != nil {
				return nil, fmt.Errorf("second moments: %w", err)
			}
		}
		m.velocity, m.second = velocity, o.Second
		m.batch, m.dense = newBatchMaps(p, batch), denseTasks(p)
		for _, t := range m.params.tasks {
			if !t.linear.dense {
				m.summed = append(m.summed, t)
			}
		}
		m.squares = make([]float64, m.updates())
		m.losses, m.correct = make([]float64, batch), make([]bool, batch)
		for range (batch + p.group - 1) / p.group {
			m.groups = append(m.groups, newGradient(m.params))
		}
	}
	m.hire(max(o.Workers, 1))
	m.Refresh()
	return m, nil
}

// hire starts the team and gives every member its maps.
func (m *Machine) hire(workers int) {
	m.team = newTeam(workers)
	for range workers {
		m.workers = append(m.workers, newWorker(m.plan, m.set, m.params))
		m.packers = append(m.packers, newPacker(m.params))
	}
	m.phases.group, m.phases.sum, m.phases.scale, m.phases.update = m.runGroups, m.sumTask, m.scaleTask, m.update
	m.phases.measure = func(_, task int) { m.params.measure(task) }
	m.phases.pack = func(member, task int) { m.params.pack(m.params.tasks[task], m.packers[member]) }
}

// Close ends the goroutines of m.
func (m *Machine) Close() { m.team.close() }

// Refresh quantises and packs the weights anew: needed after net was changed from outside.
func (m *Machine) Refresh() {
	m.team.run(len(m.params.blocks), m.phases.measure)
	m.params.tabulate()
	m.team.run(len(m.params.tasks), m.phases.pack)
}

// Step takes one step of stochastic gradient descent: StepBy without clipping.
func (m *Machine) Step(b Batch, descent kernel.Step) (cost float64, right int) {
	return m.StepBy(b, Rule{SGD: descent})
}

// StepBy takes one step down the mean cross-entropy of a batch with its smoothed labels, and returns the sum of
// the costs, to the labels themselves, and the number of images that were classified rightly before the step.
func (m *Machine) StepBy(b Batch, r Rule) (cost float64, right int) {
	group := m.plan.group
	m.step = step{Batch: b, number: m.step.number + 1, rule: r, groups: panelsOf(len(b.Labels), group), factor: 1}
	m.team.run(panelsOf(len(b.Labels), max(group, m.plan.microBatch)), m.phases.group)
	if r.Clip > 0 {
		m.clip()
	}
	m.team.run(m.updates(), m.phases.update)
	m.Refresh()
	return m.score(len(b.Labels))
}

// updates is the number of tasks of an update: blocks of dense layers, panels of the others, other parameters.
func (m *Machine) updates() int { return len(m.dense) + len(m.summed) + len(m.params.others) }

func (m *Machine) score(n int) (cost float64, right int) {
	for i := range n {
		cost += m.losses[i]
		if m.correct[i] {
			right++
		}
	}
	return cost, right
}

// runGroups computes the gradient of one group, micro-batch after micro-batch, or those of the groups of one micro-batch.
func (m *Machine) runGroups(member, task int) {
	w, span := m.workers[member], max(m.plan.group, m.plan.microBatch)
	end := min((task+1)*span, len(m.step.Labels))
	for first := task * span; first < end; first += m.plan.group {
		m.groups[first/m.plan.group].clear()
	}
	for first := task * span; first < end; first += m.plan.microBatch {
		images := min(m.plan.microBatch, end-first)
		w.training, w.noise = true, m.step.Noise
		w.enter(m.batch, first)
		w.forward(m.step.From, images)
		m.lossGradient(w, first, images)
		w.backward(images, m.groups)
	}
}

// lossGradient scores the outputs of a micro-batch and writes the gradient of the batch's mean cost.
func (m *Machine) lossGradient(w *Worker, first, images int) {
	last := len(m.plan.layers)
	geometry := &m.plan.gradients[last]
	relu := m.plan.graph.Layers[last-1].ReLU
	scale := 1 / float32(len(m.step.Labels))
	for i := range images {
		logits, label := w.output(i), int(m.step.Labels[first+i])
		d := w.gradients[last][geometry.place(i, 0, 0):][:geometry.C]
		m.losses[first+i] = crossEntropy(logits, label, m.step.Smoothing, scale, d)
		m.correct[first+i] = best(logits) == label
		for k := range d {
			if relu && logits[k] <= 0 {
				d[k] = 0
			}
		}
	}
}

// update is the share of one task in the step.
func (m *Machine) update(member, task int) {
	if task < len(m.dense) {
		m.updateDense(&m.dense[task], m.workers[member], m.packers[member])
		return
	}
	if task -= len(m.dense); task < len(m.summed) {
		m.updatePanel(m.summed[task], m.packers[member].row)
		return
	}
	m.updateOthers(m.params.others[task-len(m.summed)])
}

// updatePanel adds up the groups' gradients of one panel and moves its weights and biases.
func (m *Machine) updatePanel(t panelTask, row []float32) {
	l := t.linear
	first, end := t.outs()
	sum, bias := m.sumPanel(t)
	size := l.size()
	row = row[:size]
	weights := m.moving(l.weights)
	for out := first; out < end; out++ {
		unpack(row, sum, out-first)
		m.move(weights.part(out*size, (out+1)*size), row, &m.step.rule)
	}
	if l.biased {
		plain := m.step.rule.plain()
		m.move(m.moving(l.biases).part(first, end), bias, &plain)
	}
}

// updateOthers adds up the groups' gradients of the other parameters of a layer and moves them.
func (m *Machine) updateOthers(layer int) {
	plain := m.step.rule.plain()
	m.move(m.moving(func(net *network.Float) []float32 { return net.Others[layer] }), m.sumOthers(layer), &plain)
}
