package synth

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// place places and routes for the iCE40 HX8K and returns the clock that the
// slowest clock domain reaches, in MHz.
func (o Options) place(ctx context.Context, pins string) (*float64, error) {
	const report = "report.json"
	err := o.call(ctx, "nextpnr-ice40", "-q", "--hx8k", "--package", "ct256", "--seed", strconv.Itoa(o.Seed),
		"--freq", fmt.Sprint(o.ClockMHz), "--timing-allow-fail", "--json", netlistFile, "--pcf", pins, "--report", report)
	if err != nil {
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
