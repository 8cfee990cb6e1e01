package engine

import (
	"sync"
	"sync/atomic"
)

// team is a fixed set of goroutines that share out numbered tasks. Which goroutine takes a task is a
// matter of chance; what a task computes must not depend on it.
type team struct {
	size  int
	start []chan struct{}
	done  sync.WaitGroup
	next  atomic.Int64
	tasks int
	do    func(member, task int)
}

// newTeam starts size−1 goroutines: the caller of run is member 0.
func newTeam(size int) *team {
	t := &team{size: size, start: make([]chan struct{}, size)}
	for m := 1; m < size; m++ {
		t.start[m] = make(chan struct{}, 1)
		go func() {
			for range t.start[m] {
				t.work(m)
				t.done.Done()
			}
		}()
	}
	return t
}

// run calls do(member, task) once for every task in 0 … tasks−1 and returns when all are done.
func (t *team) run(tasks int, do func(member, task int)) {
	t.tasks, t.do = tasks, do
	t.next.Store(0)
	t.done.Add(t.size - 1)
	for m := 1; m < t.size; m++ {
		t.start[m] <- struct{}{}
	}
	t.work(0)
	t.done.Wait()
}

func (t *team) work(member int) {
	for {
		task := int(t.next.Add(1)) - 1
		if task >= t.tasks {
			return
		}
		t.do(member, task)
	}
}

func (t *team) close() {
	for _, c := range t.start[1:] {
		close(c)
	}
}
