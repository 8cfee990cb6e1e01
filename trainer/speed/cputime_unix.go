//go:build unix

package speed

import (
	"syscall"
	"time"
)

// cpuTime is the processor time of this process so far, of all threads and of the kernel for them.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("speed: " + err.Error()) // cannot fail for the process itself
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
