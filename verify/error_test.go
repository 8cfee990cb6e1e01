package verify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/process"
	"lowres/testbench"
)

// twoImages is the emitted tiny design with two images, and what they must do.
func twoImages(t *testing.T) (*Options, *expectation) {
	t.Helper()
	o := plantCase(t, nil)
	o.Images = append(o.Images, o.Images[0])
	o.WorkDir, o.CacheDir, o.Quick = t.TempDir(), t.TempDir(), true
	require.NoError(t, Emit(o.WorkDir, o.Design, o.Program, o.Images))
	want, err := expect(o.Design, o.Program, o.Images)
	require.NoError(t, err)
	return o, want
}

// runWith runs the emitted folder with plusargs.
func runWith(t *testing.T, o *Options, s Simulator, plusargs ...string) *testbench.Log {
	t.Helper()
	ctx := context.Background()
	b := builder{cache: o.CacheDir, tools: o.Tools, quick: true}
	artefact, _, err := b.build(ctx, s, o.WorkDir, o.Design.Name)
	require.NoError(t, err)
	name, args := artefact, plusargs
	if s == Icarus {
		name, args = "vvp", append([]string{"-n", artefact}, plusargs...)
	}
	vectors := filepath.Join(o.WorkDir, vectorsDir)
	out, err := process.Run(ctx, vectors, name, args...)
	require.NoError(t, err, out)
	f, err := os.Open(filepath.Join(vectors, logName))
	require.NoError(t, err)
	defer f.Close()
	log, err := testbench.ParseLog(f)
	require.NoError(t, err)
	return log
}

// TestErrorsEndUpInTheStatus makes the first image go wrong. It must end in the
// documented status and, unless an instruction was skipped, do in every cycle what it
// would have done; the second image must run as if nothing had been.
func TestErrorsEndUpInTheStatus(t *testing.T) {
	tools := needTools(t, "verilator", "g++", "make", "iverilog", "vvp")
	o, want := twoImages(t)
	o.Tools = tools
	middle := int(want.log.Images[0].Counters[0]) / 2
	for _, c := range []struct {
		name     string
		plusargs []string
		status   uint32
		same     bool // bits and cycles of the first image
	}{
		{"no error", nil, 0x02, true},
		{"a read burst that fails", []string{"+read_error=2"}, 0x12, true},
		{"a read at an address where nothing is", []string{"+read_error=3", "+decerr"}, 0x12, true},
		{"a write burst that fails", []string{"+write_error=1"}, 0x22, true},
		{"a write at an address where nothing is", []string{"+write_error=2", "+decerr"}, 0x22, true},
		{"both", []string{"+read_error=1", "+write_error=2"}, 0x32, true},
		{"an instruction that is illegal", []string{"+spoil=4"}, 0x42, false}, // no beats
		{"start and writes while busy, addresses without a register", []string{"+meddle"}, 0x302, true},
		{"a reset early on", []string{"+reset_at=3"}, 0x02, true},
		{"a reset in the middle", []string{fmt.Sprintf("+reset_at=%d", middle)}, 0x02, true},
		{"a reset between other cycles", []string{fmt.Sprintf("+reset_at=%d", middle+middle/3)}, 0x02, true},
		{"a reset of one cycle", []string{fmt.Sprintf("+reset_at=%d", middle), "+reset_cycles=1"}, 0x02, true},
		{"a reset of one cycle in noise", []string{"+reset_at=500", "+reset_cycles=1", "+garbage", "+x=5"}, 0x02, true},
		{"a reset in noise", []string{"+reset_at=500", "+garbage", "+x=5"}, 0x02, true},
	} {
		for _, s := range Simulators() {
			t.Run(c.name+"/"+string(s), func(t *testing.T) {
				log := runWith(t, o, s, c.plusargs...)
				require.Len(t, log.Images, 2)
				require.Equal(t, c.status, log.Images[0].Status)
				first := 0
				if c.same {
					log.Images[0].Status = statusDone
				} else {
					first, log.Images = 1, log.Images[1:]
					require.Empty(t, log.Violations)
				}
				require.Nil(t, (&comparison{want: want, simulator: string(s), timed: true}).compare(log, first, 2-first))
			})
		}
	}
}
