package verify

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"lowres/internal/process"
	"lowres/sim/machine"
)

// Cycles of a waveform before and after the mismatch.
const (
	waveBefore = 200
	waveAfter  = 50
)

// wave has Icarus run up to a mismatch once more. It dumps the cycles around it to
// mismatch.vcd in the work folder, with a save file for GTKWave, and looks whether a sum in the
// array differed before: then that is the mismatch.
func (o *Options) wave(ctx context.Context, c *comparison, m *Mismatch, dir string, p part) error {
	artefact, sums, err := o.builtForWave(ctx)
	if err != nil {
		return fmt.Errorf("waveform: %w", err)
	}
	if err := o.dump(ctx, artefact, m, dir, p); err != nil || !sums {
		return err
	}
	outside := m.Cycle
	if err := o.inside(c, m, filepath.Join(dir, sumsName)); err != nil || m.Cycle == outside {
		return err
	}
	return o.dump(ctx, artefact, m, dir, p)
}

// dump writes the waveform around a mismatch, its save file, and the sums before it.
func (o *Options) dump(ctx context.Context, artefact string, m *Mismatch, dir string, p part) error {
	m.Wave = filepath.Join(o.WorkDir, "mismatch.vcd")
	args := append([]string{"-n", artefact, "+wave=" + m.Wave, "+sums=" + sumsName,
		fmt.Sprintf("+wave_image=%d", m.Image-p.first),
		fmt.Sprintf("+wave_from=%d", max(0, m.Cycle-waveBefore)),
		fmt.Sprintf("+wave_to=%d", m.Cycle+waveAfter)}, simulation{stress: o.Stress, more: o.Plusargs}.plusargs("wave.log")...)
	if out, err := process.Run(ctx, dir, "vvp", args...); err != nil {
		return fmt.Errorf("waveform: %w\n%s", err, process.Tail(out, 20))
	}
	if _, err := writeSave(m.Wave); err != nil {
		return fmt.Errorf("waveform: %w", err)
	}
	return nil
}

// sumsName is the file of the array's sums, beside the log.
const sumsName = "sums.log"

// builtForWave builds Icarus with the sums written down, or without where the RTL has no
// array by the names that lowres gives it, as a netlist.
func (o *Options) builtForWave(ctx context.Context) (artefact string, sums bool, err error) {
	b := builder{cache: o.CacheDir, tools: o.Tools, sums: true, design: o.Design}
	if artefact, _, err = b.build(ctx, Icarus, o.Sources, o.Design.Name); err == nil || !errors.Is(err, ErrBuild) {
		return artefact, true, err
	}
	b.sums = false
	artefact, _, err = b.build(ctx, Icarus, o.Sources, o.Design.Name)
	return artefact, false, err
}

// inside makes a mismatch that of the array's first wrong sum, if there is one, or says that
// there is none.
func (o *Options) inside(c *comparison, m *Mismatch, file string) error {
	first, count, err := c.compareSums(file, m.Image, o.Images[m.Image])
	switch {
	case err != nil:
		return fmt.Errorf("sums: %w", err)
	case first == nil && count > 0:
		m.Inside = fmt.Sprintf("all sums of the array agree up to it (%s)", grouped(machine.Cycle(count)))
	case first != nil && first.Cycle <= m.Cycle:
		outside, wave := *m, m.Wave
		outside.Wave = ""
		*m = *first
		m.Wave, m.Inside = wave, "seen outside: "+outside.Error()
	}
	return nil
}
