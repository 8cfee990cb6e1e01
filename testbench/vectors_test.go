package testbench

import (
	"errors"
	"os"
	"strings"
	"testing"

	"lowres/sim/program"
)

func TestVectorsRefuseWhatDoesNotFit(t *testing.T) {
	d := dummyDesign(t)
	for _, c := range []struct {
		name   string
		change func(p *program.Program, images [][]int8, o *VectorOptions)
		want   string
	}{
		{"a base within a page", func(_ *program.Program, _ [][]int8, o *VectorOptions) { o.Base = 0x100 }, "multiple of 4096"},
		{"a short image", func(_ *program.Program, x [][]int8, _ *VectorOptions) { x[1] = x[1][:71] }, "image 1"},
		{"too many instructions", func(p *program.Program, _ [][]int8, _ *VectorOptions) {
			p.Computes = make([]program.Compute, 17)
		}, "raise program.compute"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, images, o := dummyProgram(), dummyImages(), VectorOptions{}
			c.change(p, images, &o)
			_, err := Vectors(d, p, images, o)
			if !errors.Is(err, ErrVectors) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want ErrVectors with %q", err, c.want)
			}
		})
	}
}

func TestMemoryIsWrittenBeatByBeat(t *testing.T) {
	got := string(beatHex([]byte{1, 2, 3, 4, 5}, 4))
	if want := "04030201\n00000005\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheHarnessDoesNotDependOnTheProgram(t *testing.T) {
	d := dummyDesign(t)
	a, err := Harness(d, 100)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Harness(d, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a {
		if a[i].Name != b[i].Name || string(a[i].Text) != string(b[i].Text) {
			t.Errorf("%s depends on the size of a small program", a[i].Name)
		}
	}
	if MemoryBeats(d, 3<<20) != 4<<20/8 {
		t.Errorf("%d beats for 3 MiB", MemoryBeats(d, 3<<20))
	}
}

// What the host plays for the dummy, line by line: the driver's accesses, and what +meddle and
// +spoil add.
func TestTheHostPlaysWhatTheDriverDoes(t *testing.T) {
	files, err := Vectors(dummyDesign(t), dummyProgram(), dummyImages(), VectorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/dummy.control"
	for _, f := range files {
		if f.Name != "control.txt" {
			continue
		}
		if *update {
			if err := os.WriteFile(golden, f.Text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if string(f.Text) != string(want) {
			t.Errorf("control.txt differs from %s:\n%s", golden, f.Text)
		}
		return
	}
	t.Fatal("no control.txt")
}
