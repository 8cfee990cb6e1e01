package program_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/program"
)

func design(t *testing.T) *arch.Design {
	t.Helper()
	d, err := arch.New(arch.DefaultSpec())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// sound is a program of one instruction an engine.
func sound() *program.Program {
	p := &program.Program{
		Memory:   4096,
		Loads:    []program.Load{{Beats: 4}},
		Computes: []program.Compute{{First: true, Last: true, Steps: 1, PixelWords: 1, GroupWords: 1, InRows: 1, InCols: 1, OutRows: 1, OutCols: 1, KernelCols: 1, Stride: 1, Pool: 1}},
		Stores:   []program.Store{{Beats: 4, Memory: 1024}},
	}
	for e := range program.EngineCount {
		p.Places[e] = make([]program.Place, 1)
	}
	return p
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	if err := sound().Validate(design(t)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		damage func(*program.Program)
		want   string
	}{
		{"a load of nothing", func(p *program.Program) { p.Loads[0].Beats = 0 }, "load 0: 0 beats"},
		{"a load past memory", func(p *program.Program) { p.Loads[0].Memory = 4080 }, "load 0: 4 beats at memory 0xff0"},
		{"a load from within a beat", func(p *program.Program) { p.Loads[0].Memory = 8 }, "multiple of 16"},
		{"a load to no buffer", func(p *program.Program) { p.Loads[0].Buffer = 4 }, "buffer 4: want 0 to 3"},
		{"a load of a table that the design has no room for", func(p *program.Program) { p.Loads[0].Buffer = 3 }, "4 beats at beat 0: the buffer has 0"},
		{"a table that is not there", func(p *program.Program) { p.Computes[0].Table = true }, "table 0, wide: false: the design holds 0"},
		{"a load larger than the buffer", func(p *program.Program) { p.Loads[0].Buffer, p.Loads[0].Beats, p.Memory = 2, 129, 1<<20 }, "the buffer has 128"},
		{"a store past the buffer", func(p *program.Program) { p.Stores[0].Address = 1024 }, "store 0: 4 beats at beat 1024"},
		{"an unknown level set", func(p *program.Program) { p.Computes[0].Set = 1 }, "set 1: the design has 1"},
		{"no steps", func(p *program.Program) { p.Computes[0].Steps = 0 }, "steps 0"},
		{"pooled sums", func(p *program.Program) { p.Computes[0].Wide, p.Computes[0].Pool = true, 2 }, "sums are not pooled"},
		{"a reduction that never ends", func(p *program.Program) { p.Computes[0].Last = false }, "must emit"},
		{"a continuation of nothing", func(p *program.Program) { p.Computes[0].First = false }, "first: false"},
		{"two blocks without last", func(p *program.Program) { p.Computes[0].Last, p.Computes[0].OutRows = false, 17 }, "want one block, at most 16"},
		{"column groups without tables", func(p *program.Program) { p.Computes[0].MoreGroups = 1 }, "2 column groups: want 1 to 1 (array.hold of an array of tables, else 1)"},
		{"a field that does not fit", func(p *program.Program) { p.Computes[0].Steps = 1 << 16 }, "steps: 65536: want 0 to 65535"},
		{"a place is missing", func(p *program.Program) { p.Places[0] = nil }, "0 places for 1"},
		{"an image larger than memory", func(p *program.Program) { p.Image = make([]byte, 4097) }, "memory: 4096 bytes"},
		{"too many instructions", func(p *program.Program) {
			p.Stores = make([]program.Store, 65)
			p.Places[program.StoreEngine] = make([]program.Place, 65)
		}, "raise program.store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := sound()
			c.damage(p)
			if err := p.Validate(design(t)); !errors.Is(err, program.ErrProgram) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// An instruction that continues another has its steps where that one has them.
func TestValidateHoldsContinuedReductionsTogether(t *testing.T) {
	for _, c := range []struct {
		name   string
		steps  []int // of instructions that continue each other; the last is changed
		change func(*program.Compute)
		want   string // "" if that is sound
	}{
		{"the same steps", []int{2, 10}, func(*program.Compute) {}, ""},
		{"an address of its own", []int{2, 10}, func(c *program.Compute) { c.ActAddress = 99 }, ""},
		{"other kernel columns", []int{1, 1}, func(c *program.Compute) { c.KernelCols = 4 }, "compute 2: kernel_cols 4: want the 3 of the instruction that it continues"},
		{"more words of a pixel", []int{1, 1}, func(c *program.Compute) { c.GroupWords = 3 }, "compute 2: group_words 3: want the 2 of the instruction that it continues"},
		{"other pixels", []int{1, 1}, func(c *program.Compute) { c.PixelWords = 3 }, "compute 2: pixel_words 3: want the 2 of the instruction that it continues"},
		{"other rows, which the first never comes to", []int{2, 4}, func(c *program.Compute) { c.RowWords = 9 }, ""},
		{"other rows", []int{1, 1, 5}, func(c *program.Compute) { c.RowWords = 9 }, "compute 3: row_words 9: want the 8 of the instruction that it continues"},
		{"the same rows modulo 2^16", []int{2, 5}, func(c *program.Compute) { c.RowWords += 1 << 16 }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := sound()
			one := p.Computes[0]
			one.KernelCols, one.GroupWords, one.PixelWords, one.RowWords, one.Steps = 3, 2, 2, 8, 5
			p.Computes = []program.Compute{one} // another reduction
			for i, steps := range c.steps {
				one.First, one.Last, one.Steps = i == 0, i == len(c.steps)-1, steps
				p.Computes = append(p.Computes, one)
			}
			c.change(&p.Computes[len(p.Computes)-1])
			p.Places[program.ComputeEngine] = make([]program.Place, len(p.Computes))
			if err := p.Validate(design(t)); c.want == "" && err != nil || c.want != "" && (!errors.Is(err, program.ErrProgram) || !strings.HasSuffix(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// What is put into memory comes out again, and the padding is zero.
func TestTensorPutGet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string, hi int) int { return rapid.IntRange(1, hi).Draw(t, name) }
		s := network.Shape{H: n("h", 4), W: n("w", 4), C: n("c", 9)}
		tensor := program.Tensor{Address: 16, Shape: s, PixelBytes: s.C + rapid.IntRange(0, 3).Draw(t, "padding")}
		values := rapid.SliceOfN(rapid.Int8(), s.Size(), s.Size()).Draw(t, "values")
		memory := make([]byte, 16+tensor.Bytes())
		for i := range memory {
			memory[i] = 0xaa
		}
		if err := tensor.Put(memory, values); err != nil {
			t.Fatal(err)
		}
		got, err := tensor.Get(memory)
		if err != nil {
			t.Fatal(err)
		}
		for i := range values {
			if got[i] != values[i] {
				t.Fatalf("value %d: %d, want %d", i, got[i], values[i])
			}
		}
		for i := range s.H * s.W {
			for c := s.C; c < tensor.PixelBytes; c++ {
				if memory[16+i*tensor.PixelBytes+c] != 0 {
					t.Fatalf("pixel %d, channel %d is not zero", i, c)
				}
			}
		}
	})
}

func TestTensorErrors(t *testing.T) {
	tensor := program.Tensor{Shape: network.Shape{H: 1, W: 1, C: 4}, PixelBytes: 16}
	wide := tensor
	wide.Wide = true
	_, short := tensor.Get(make([]byte, 15))
	_, notNarrow := wide.Get(make([]byte, 16))
	_, notWide := tensor.GetWide(make([]byte, 16), 4)
	for name, err := range map[string]error{"short memory": short, "wide read as int8": notNarrow, "int8 read as wide": notWide,
		"too few values": tensor.Put(make([]byte, 16), make([]int8, 3))} {
		if !errors.Is(err, program.ErrTensor) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGetWideJoinsBytePlanes(t *testing.T) {
	tensor := program.Tensor{Shape: network.Shape{H: 1, W: 1, C: 3}, PixelBytes: 16, Wide: true}
	// Two groups of two columns: planes 0 to 3 of channels 0 and 1, then of 2 and padding.
	memory := []byte{0x01, 0xff, 0x02, 0xff, 0x03, 0xff, 0x04, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0x80}
	got, err := tensor.GetWide(memory, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int32{0x04030201, -1, 0x10} {
		if got[i] != want {
			t.Errorf("channel %d: %#x, want %#x", i, got[i], want)
		}
	}
}
