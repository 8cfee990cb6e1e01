//go:build !unix

package speed

import "time"

var start = time.Now()

// cpuTime is the time passed: on a machine with nothing else to do, that of one busy core.
func cpuTime() time.Duration { return time.Since(start) }
