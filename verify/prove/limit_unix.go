//go:build unix

package prove

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// limited is a command that the system stops when it has taken more than some processor time,
// a second or two later: limits are whole seconds.
func limited(ctx context.Context, most time.Duration, name string, args ...string) *exec.Cmd {
	seconds := most/time.Second + 2
	script := fmt.Sprintf(`ulimit -t %d; exec "$0" "$@"`, seconds)
	return exec.CommandContext(ctx, "sh", append([]string{"-c", script, name}, args...)...)
}
