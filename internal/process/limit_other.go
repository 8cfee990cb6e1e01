//go:build !unix

package process

import (
	"context"
	"os/exec"
	"time"
)

// Limited is Command without a limit: what it took is looked at when it has ended.
func Limited(ctx context.Context, _ time.Duration, dir, name string, args ...string) *exec.Cmd {
	return Command(ctx, dir, name, args...)
}
