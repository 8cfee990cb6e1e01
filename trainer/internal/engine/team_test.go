package engine

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Members that look for work find it, members that fell asleep are woken, and run returns when all is done.
func TestATeamDoesEveryTaskOnce(t *testing.T) {
	for size := 1; size <= 5; size++ {
		for _, patience := range []time.Duration{0, patience} {
			team := newTeamOf(size, patience)
			for run := range 300 {
				tasks := run % 23
				done := make([]int, tasks) // written by one member each
				var members atomic.Int64
				team.run(tasks, func(member, task int) {
					require.Less(t, member, size)
					members.Add(1)
					done[task]++
				})
				require.Equal(t, int64(tasks), members.Load())
				for task, times := range done {
					require.Equal(t, 1, times, "task %d of %d, %d members", task, tasks, size)
				}
				if run%100 == 0 {
					time.Sleep(time.Millisecond)
				}
			}
			team.close()
		}
	}
}

// A member whose share is done takes from the others'.
func TestMembersHelpEachOther(t *testing.T) {
	team := newTeamOf(2, patience)
	defer team.close()
	var helped atomic.Bool
	wait := make(chan struct{})
	team.run(4, func(member, task int) {
		switch {
		case task == 0: // its member is held up until another has taken the next task of its share
			<-wait
		case task == 1:
			helped.Store(true)
			close(wait)
		}
	})
	assert.True(t, helped.Load())
}
