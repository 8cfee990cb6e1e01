package verify

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lowres/testbench"
)

// errorRun is the emitted tiny design in Icarus with the given plusargs, after
// edit has changed program.hex.
func errorRun(t *testing.T, edit func(program string) string, plusargs ...string) *testbench.Log {
	t.Helper()
	ctx := context.Background()
	o := plantCase(t)
	o.Tools = needTools(t, "iverilog", "vvp")
	dir := t.TempDir()
	if err := Emit(dir, o.Design, o.Program, o.Images); err != nil {
		t.Fatal(err)
	}
	b := builder{t.TempDir(), o.Tools, false}
	artefact, _, err := b.build(ctx, Icarus, dir, o.Design.Name)
	if err != nil {
		t.Fatal(err)
	}
	vectors := filepath.Join(dir, vectorsDir)
	program := filepath.Join(vectors, "program.hex")
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte(edit(string(text))), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := call(ctx, vectors, "vvp", append([]string{"-n", artefact}, plusargs...)...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := os.Open(filepath.Join(vectors, logName))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	log, err := testbench.ParseLog(f)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestErrorsEndUpInTheStatus(t *testing.T) {
	unchanged := func(program string) string { return program }
	noBeats := func(program string) string { // word 3 of load 0
		lines := strings.Split(program, "\n")
		lines[4] = "00000000"
		return strings.Join(lines, "\n")
	}
	for _, c := range []struct {
		name     string
		edit     func(string) string
		plusargs []string
		want     uint32
	}{
		{"no error", unchanged, nil, 0x02},
		{"a read burst that fails", unchanged, []string{"+read_error=2"}, 0x12},
		{"a write burst that fails", unchanged, []string{"+write_error=1"}, 0x22},
		{"both", unchanged, []string{"+read_error=1", "+write_error=2"}, 0x32},
		{"an instruction that is illegal", noBeats, nil, 0x42},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := errorRun(t, c.edit, c.plusargs...)
			if !log.Ended || len(log.Violations) > 0 || log.Images[0].Status != c.want {
				t.Errorf("ended %v, violations %v, STATUS %#x: want %#x", log.Ended, log.Violations, log.Images[0].Status, c.want)
			}
		})
	}
}
