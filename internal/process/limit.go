package process

import (
	"os/exec"
	"time"
)

// Used is the processor time that a command has taken, of the kernel for it too; 0 if it never began.
func Used(cmd *exec.Cmd) time.Duration {
	if cmd.ProcessState == nil {
		return 0
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
