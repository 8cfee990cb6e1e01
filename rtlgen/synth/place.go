package synth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"lowres/internal/process"
)

// ErrTime is returned when place and route have taken all their time.
var ErrTime = errors.New("place and route do not end")

// DefaultTimeout is the processor time of place and route: several times what a design takes that
// fits. The router may rip up the same wires for ever.
const DefaultTimeout = 20 * time.Minute

// Place places and routes the netlist of o.Dir for the iCE40 HX8K and returns the clock
// that the slowest clock domain reaches, in MHz. Without a file of pins they are where
// the placer likes. More arguments go to nextpnr-ice40. After o.Timeout of processor time
// it gives up with ErrTime.
func (o Options) Place(ctx context.Context, pins string, more ...string) (*float64, error) {
	const report = "report.json"
	args := append([]string{"-q", "--hx8k", "--package", "ct256", "--seed", strconv.Itoa(o.Seed), "--freq", fmt.Sprint(o.ClockMHz),
		"--timing-allow-fail", "--json", NetlistFile, "--report", report}, more...)
	if pins != "" {
		args = append(args, "--pcf", pins)
	} else {
		args = append(args, "--pcf-allow-unconstrained")
	}
	const tool = "nextpnr-ice40"
	most := cmp.Or(o.Timeout, DefaultTimeout)
	cmd := process.Limited(ctx, most, o.Dir, tool, args...)
	if err := o.run(ctx, tool, cmd); err != nil && ctx.Err() == nil && process.Used(cmd) >= most {
		return nil, fmt.Errorf("%w: %s: no end after %v of processor time with seed %d: try another seed, or a smaller design", ErrTime, tool, most, o.Seed)
	} else if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, report))
	if err != nil {
		return nil, err
	}
	return readFmax(text)
}

// readFmax is the least of the clocks in a report of nextpnr.
func readFmax(text []byte) (*float64, error) {
	var r struct {
		Fmax map[string]struct {
			Achieved float64 `json:"achieved"`
		} `json:"fmax"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%w: report of nextpnr-ice40: %w", ErrFlow, err)
	}
	var least *float64
	for _, f := range r.Fmax {
		if least == nil || f.Achieved < *least {
			least = &f.Achieved
		}
	}
	if least == nil {
		return nil, fmt.Errorf("%w: report of nextpnr-ice40: no clock", ErrFlow)
	}
	return least, nil
}
