//go:build !unix

package prove

import (
	"context"
	"os/exec"
	"time"
)

// limited is a command without a limit: what it took is looked at when it has ended.
func limited(ctx context.Context, _ time.Duration, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}
