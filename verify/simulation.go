package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"lowres/testbench"
)

// ErrRun is returned when a simulation ends without a log that makes sense.
var ErrRun = errors.New("simulation")

// simulation is one process over the vectors in a folder.
type simulation struct {
	simulator Simulator
	artefact  string
	dir       string
	stress    *Stress
}

// logName is the log in the folder of a simulation.
const logName = "run.log"

// run runs it and reads the log.
func (s simulation) run(ctx context.Context) (*testbench.Log, error) {
	name, args := s.artefact, s.plusargs()
	if s.simulator == Icarus {
		name, args = "vvp", append([]string{"-n", s.artefact}, args...)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w\n%s", ErrRun, s.simulator, err, tail(string(out), 20))
	}
	f, err := os.Open(filepath.Join(s.dir, logName))
	if err != nil {
		return nil, fmt.Errorf("%w: %s left no log: %w\n%s", ErrRun, s.simulator, err, tail(string(out), 20))
	}
	defer f.Close()
	log, err := testbench.ParseLog(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return log, nil
}

// plusargs are the harness's settings.
func (s simulation) plusargs() []string {
	args := []string{"+log=" + logName}
	if s.stress == nil {
		return args
	}
	args = append(args, fmt.Sprintf("+seed=%d", s.stress.Seed), fmt.Sprintf("+hold=%d", s.stress.Percent))
	if s.stress.Garbage {
		args = append(args, "+garbage", fmt.Sprintf("+x=%d", s.stress.Seed|1))
	}
	return args
}
