//go:build unix

package process

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// Limited is Command for a program that the system stops when it has taken more than some processor
// time, a second or two later: limits are whole seconds. A limit of the time that passes would stop
// programs on a machine that is busy with something else.
func Limited(ctx context.Context, most time.Duration, dir, name string, args ...string) *exec.Cmd {
	seconds := most/time.Second + 2
	script := fmt.Sprintf(`ulimit -t %d; exec "$0" "$@"`, seconds)
	return Command(ctx, dir, "sh", append([]string{"-c", script, name}, args...)...)
}
