//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// inGroup gives a tool a process group of its own, so that what it starts (make, the C++
// compiler) ends with it when its context does.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}
