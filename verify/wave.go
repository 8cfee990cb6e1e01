package verify

import (
	"context"
	"fmt"
	"path/filepath"
)

// Cycles of a waveform before and after the mismatch.
const (
	waveBefore = 200
	waveAfter  = 50
)

// wave has Icarus dump the cycles around a mismatch to mismatch.vcd in the work
// folder, with a save file for GTKWave, and notes it in the mismatch.
func (o *Options) wave(ctx context.Context, m *Mismatch, dir string, p part) error {
	b := builder{o.CacheDir, o.Tools, o.Quick}
	artefact, _, err := b.build(ctx, Icarus, o.Sources, o.Design.Name)
	if err != nil {
		return fmt.Errorf("waveform: %w", err)
	}
	path := filepath.Join(o.WorkDir, "mismatch.vcd")
	args := append([]string{"-n", artefact, "+wave=" + path,
		fmt.Sprintf("+wave_image=%d", m.Image-p.first),
		fmt.Sprintf("+wave_from=%d", max(0, m.Cycle-waveBefore)),
		fmt.Sprintf("+wave_to=%d", m.Cycle+waveAfter)}, simulation{stress: o.Stress, more: o.Plusargs}.plusargs("wave.log")...)
	if out, err := call(ctx, dir, "vvp", args...); err != nil {
		return fmt.Errorf("waveform: %w\n%s", err, tail(out, 20))
	}
	m.Wave = path
	if _, err := writeSave(path); err != nil {
		return fmt.Errorf("waveform: %w", err)
	}
	return nil
}
