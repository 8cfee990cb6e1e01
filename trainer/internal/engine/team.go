package engine

import (
	"runtime"
	"sync/atomic"
	"time"
)

// team is a fixed set of goroutines that share out numbered tasks. Each begins with a share of its own, so that
// phases of similar tasks find in its caches what it left there, and then helps the others. Which goroutine takes a task
// is a matter of chance in the end; what a task computes must not depend on it.
//
// A step has a handful of phases, some shorter than it takes to wake a sleeping thread. So members that wait for the
// next phase, or for its end, look for it for a while before they sleep.
type team struct {
	size     int
	gates    []gate       // of the members; that of member 0, the caller of run, opens at the end of a phase
	shares   []share      // by member
	left     atomic.Int32 // members that are not through yet
	do       func(member, task int)
	closed   bool
	patience time.Duration
}

// patience is how long a member looks for work before it sleeps: somewhat longer than it takes to wake one.
const patience = 100 * time.Microsecond

// newTeam returns a team of size members, who look for work while there is a processor for each.
func newTeam(size int) *team {
	if size > runtime.GOMAXPROCS(0) {
		return newTeamOf(size, 0)
	}
	return newTeamOf(size, patience)
}

// newTeamOf starts size−1 goroutines: the caller of run is member 0.
func newTeamOf(size int, patience time.Duration) *team {
	t := &team{size: size, gates: make([]gate, size), shares: make([]share, size), patience: patience}
	for m := range size {
		t.gates[m].bell = make(chan struct{}, 1)
	}
	for m := 1; m < size; m++ {
		go func() {
			for {
				t.gates[m].wait(t.patience)
				if t.closed {
					return
				}
				t.work(m)
				if t.left.Add(-1) == 0 {
					t.gates[0].open()
				}
			}
		}()
	}
	return t
}

// run calls do(member, task) once for every task in 0 … tasks−1 and returns when all are done.
func (t *team) run(tasks int, do func(member, task int)) {
	t.do = do
	for m := range t.shares {
		t.shares[m].next.Store(int64(m * tasks / t.size))
		t.shares[m].end = int64((m + 1) * tasks / t.size)
	}
	t.left.Store(int32(t.size - 1))
	for m := 1; m < t.size; m++ {
		t.gates[m].open()
	}
	t.work(0)
	if t.size > 1 {
		t.gates[0].wait(t.patience)
	}
}

// work takes tasks of the member's share, then of the next members'.
func (t *team) work(member int) {
	for k := range t.size {
		s := &t.shares[(member+k)%t.size]
		for task := s.next.Add(1) - 1; task < s.end; task = s.next.Add(1) - 1 {
			t.do(member, int(task))
		}
	}
}

func (t *team) close() {
	t.closed = true
	for m := 1; m < t.size; m++ {
		t.gates[m].open()
	}
}

// share is a range of tasks.
type share struct {
	next atomic.Int64
	end  int64
	_    [48]byte // no two in one line of a cache
}

// gate lets one goroutine through each time that another opens it, which it does not do twice before the first is
// through.
type gate struct {
	state atomic.Int32
	bell  chan struct{}
	_     [48]byte // no two in one line of a cache
}

// The states of a gate.
const (
	shut = iota
	opened
	asleep // shut, and its goroutine sleeps until the bell rings
)

// wait returns when the gate is opened, and shuts it. It looks for patience and sleeps then.
func (g *gate) wait(patience time.Duration) {
	const looks = 100 // between two looks at the clock
	for start := time.Now(); ; {
		for range looks {
			if g.state.Load() == opened {
				g.state.Store(shut)
				return
			}
		}
		if time.Since(start) >= patience {
			break
		}
	}
	if g.state.CompareAndSwap(shut, asleep) {
		<-g.bell
	}
	g.state.Store(shut)
}

// open lets the goroutine of the gate through.
func (g *gate) open() {
	if g.state.Swap(opened) == asleep {
		g.bell <- struct{}{}
	}
}
