package engine

import (
	"math"

	"lowres/network"
	"lowres/trainer/kernel"
)

// Rule says how a step moves the parameters: by SGD, or by Adam in a machine with second moments. Decay, Adam's
// own included, is for connection weights alone.
type Rule struct {
	SGD  kernel.Step
	Adam kernel.Adam
	Clip float64 // largest Euclidean norm of the gradient of all parameters; a longer one is scaled down; 0 = any
}

// plain is the rule for everything but connection weights: without decay.
func (r Rule) plain() Rule {
	r.SGD.Decay, r.Adam.Decay, r.Adam.Keep = 0, 0, 1
	return r
}

// moving is a run of parameters with what the optimiser remembers of them.
type moving struct{ values, first, second []float32 }

// part is the parameters from … to−1 of p.
func (p moving) part(from, to int) moving {
	q := moving{values: p.values[from:to], first: p.first[from:to]}
	if p.second != nil {
		q.second = p.second[from:to]
	}
	return q
}

// moving returns the parameters that which takes from a network.
func (m *Machine) moving(which func(*network.Float) []float32) moving {
	p := moving{values: which(m.params.net), first: which(m.velocity)}
	if m.second != nil {
		p.second = which(m.second)
	}
	return p
}

// move takes the step of r with gradient g.
func (m *Machine) move(p moving, g []float32, r *Rule) {
	if p.second != nil {
		m.set.Adam(p.values, p.first, p.second, g, r.Adam)
		return
	}
	m.set.Descend(p.values, p.first, g, r.SGD)
}

// clip adds up the gradients and has them scaled down if their norm is above the rule's. The squares are
// added task by task, so the norm does not depend on the workers.
func (m *Machine) clip() {
	m.team.run(m.updates(), m.phases.sum)
	m.step.summed = true
	total := 0.0
	for _, s := range m.squares {
		total += s
	}
	if norm := math.Sqrt(total); norm > m.step.rule.Clip {
		m.step.factor = float32(m.step.rule.Clip / norm)
		m.team.run(m.updates(), m.phases.scale)
	}
}

// sumTask adds up the groups' gradients of one task and their squares.
func (m *Machine) sumTask(member, task int) {
	if task < len(m.dense) {
		m.squares[task] = m.denseSquares(&m.dense[task], m.workers[member], m.packers[member])
		return
	}
	m.squares[task] = 0
	for _, part := range m.gradientOf(task - len(m.dense)) {
		m.squares[task] += m.set.SumSquares(part)
	}
}

// scaleTask scales the gradient of one task; a dense block does so itself, when it is computed again.
func (m *Machine) scaleTask(_, task int) {
	if task < len(m.dense) {
		return
	}
	for _, part := range m.gradientOf(task - len(m.dense)) {
		m.set.Scale(part, m.step.factor)
	}
}

// gradientOf is the gradient of one task behind the dense blocks, added up over the groups.
func (m *Machine) gradientOf(task int) [2][]float32 {
	if n := len(m.summed); task >= n {
		return [2][]float32{m.sumOthers(m.params.others[task-n])}
	}
	weights, biases := m.sumPanel(m.summed[task])
	return [2][]float32{weights, biases}
}

// sumPanel adds up the groups' gradients of one panel, unless that is done: the first group's are the sum.
func (m *Machine) sumPanel(t panelTask) (weights, biases []float32) {
	l := t.linear
	first, end := t.outs()
	weights, biases = m.groups[0].panel(l, t.panel), m.groups[0].bias[l.number][first:end]
	for _, g := range m.addends() {
		m.set.Add(weights, g.panel(l, t.panel))
		m.set.Add(biases, g.bias[l.number][first:end])
	}
	return weights, biases
}

// sumOthers does the same for the other parameters of a layer.
func (m *Machine) sumOthers(layer int) []float32 {
	sum := m.groups[0].others[layer]
	for _, g := range m.addends() {
		m.set.Add(sum, g.others[layer])
	}
	return sum
}

// addends are the groups that are still to be added to the first.
func (m *Machine) addends() []*Gradient {
	if m.step.summed {
		return nil
	}
	return m.groups[1:m.step.groups]
}
