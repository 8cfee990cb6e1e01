// Package process runs external programs, so that nothing of them is left running when they are
// stopped.
package process

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// waitForOutput is how long what a stopped program has started may keep its output open.
const waitForOutput = 2 * time.Second

// Command is a command in dir that ends, with all that it has started, when ctx does.
func Command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.WaitDelay = dir, waitForOutput
	inGroup(cmd)
	return cmd
}

// Run runs a program in dir and returns all that it prints. It returns ctx.Err() if ctx has
// ended, and otherwise how the program failed.
func Run(ctx context.Context, dir, name string, args ...string) (output string, err error) {
	out, err := Command(ctx, dir, name, args...).CombinedOutput()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return string(out), err
}

// Call is Run for a program whose output matters only if it fails: the error then has its
// name and its last lines.
func Call(ctx context.Context, dir, name string, args ...string) error {
	out, err := Run(ctx, dir, name, args...)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%s: %w\n%s", name, err, Tail(out, 20))
}

// Tail is the last lines of an output.
func Tail(output string, lines int) string {
	all := strings.Split(strings.TrimRight(output, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
