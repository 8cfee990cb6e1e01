package random

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/verify"
)

// TestDrawnInstructionsAgreeInBitsAndCycles runs programs with every field anywhere in its width.
func TestDrawnInstructionsAgreeInBitsAndCycles(t *testing.T) {
	tools := needTools(t, "verilator", "g++", "make")
	s := arch.DefaultSpec()
	s.Levels, s.Memory = []int{3, 5}, arch.Memory{WidthBits: 64, LatencyCycles: 12, BurstBeats: 8, Outstanding: 2}
	s.Array.Lanes, s.Array.Cols, s.Array.Hold, s.Array.AccumulatorBits, s.Array.Requantisers = 4, 4, 4, 20, 1
	s.Buffers = arch.Buffers{Activation: 4096, Weight: 2048, Parameter: 512, Output: 2048, Table: 256}
	s.Program = arch.Depths{Load: 256, Compute: 512, Store: 128}
	d, err := arch.New(s)
	require.NoError(t, err)
	cache := t.TempDir()
	for _, seed := range []uint64{0, 1, 2, 3, 6} {
		p, input, err := Instructions(d, seed)
		require.NoError(t, err)
		r, err := verify.Run(t.Context(), verify.Options{Design: d, Program: p, Images: [][]int8{input}, Simulators: []verify.Simulator{verify.Verilator},
			Tools: tools, WorkDir: t.TempDir(), CacheDir: cache, Quick: true, Stress: &verify.Stress{Garbage: true}})
		require.NoError(t, err, "seed %d", seed)
		t.Logf("seed %d: %d instructions, %d cycles", seed, r.Instructions, r.Cycles)
		switch seed {
		case 1:
			require.GreaterOrEqual(t, p.Computes[len(p.Computes)-1].Steps, 1<<15, "a kernel with more rows than half of what 16 bits count")
		case 2:
			require.Equal(t, s.Program, arch.Depths{Load: len(p.Loads), Compute: len(p.Computes), Store: len(p.Stores)}, "full memories")
		case 6:
			require.Equal(t, []int{255, 511, 127}, []int{len(p.Loads), len(p.Computes), len(p.Stores)}, "all bits of the counts but the highest")
		}
	}
}

// Programs are sound on any design: no hazard, all fields within their widths.
func TestDrawnInstructionsAreSound(t *testing.T) {
	for seed := range uint64(40) {
		d, err := arch.New(simtest.Spec(3, drawn(seed, 0).draw))
		require.NoError(t, err)
		p, input, err := Instructions(d, seed)
		if d.Tables != nil || d.Array.Pixels > 1 {
			require.ErrorIs(t, err, ErrDraw)
			continue
		}
		require.NoError(t, err)
		require.Len(t, input, d.Buffers.Activation)
		_, err = machine.New(d, p)
		require.NoError(t, err, "seed %d", seed)
		again, _, err := Instructions(d, seed)
		require.NoError(t, err)
		require.Equal(t, p, again)
	}
}
