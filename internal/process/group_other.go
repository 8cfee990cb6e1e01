//go:build !unix

package process

import "os/exec"

// inGroup does nothing where there are no process groups: a tool alone is stopped.
func inGroup(*exec.Cmd) {}
