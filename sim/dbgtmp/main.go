package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/internal/simtest"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/testbench"
)

func check(err error) {
	if err != nil {
		fmt.Println("ERR", err)
		os.Exit(1)
	}
}

func main() {
	d, err := arch.ReadFile(os.Args[1])
	check(err)
	var n int
	fmt.Sscan(os.Args[3], &n)
	net, err := simtest.Model(os.Args[2], n, 1)
	check(err)
	p, err := mapping.Map(net, d)
	check(err)
	fmt.Println("instr", len(p.Loads), len(p.Computes), len(p.Stores), "image", len(p.Image), "mem", p.Memory)
	dir := os.Args[4]
	w := func(name string, text []byte) {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		check(os.WriteFile(filepath.Join(dir, name), text, 0o644))
	}
	fs, err := rtlgen.Generate(d)
	check(err)
	for _, f := range fs {
		w("rtl/"+f.Name, f.Text)
	}
	hs, err := testbench.Harness(d, p.Memory)
	check(err)
	for _, f := range hs {
		w("tb/"+f.Name, f.Text)
	}
	img := simtest.Input(net.Graph, 1)
	vs, err := testbench.Vectors(d, p, [][]int8{img}, testbench.VectorOptions{})
	check(err)
	for _, f := range vs {
		w("tb/vectors/"+f.Name, f.Text)
	}
	m, err := machine.New(d, p)
	check(err)
	mem := make([]byte, p.Memory)
	copy(mem, p.Image)
	in := p.Input()
	for y := range in.Shape.H {
		for x := range in.Shape.W {
			for c := range in.Shape.C {
				mem[int(in.Address)+(y*in.Shape.W+x)*in.PixelBytes+c] = byte(img[(y*in.Shape.W+x)*in.Shape.C+c])
			}
		}
	}
	res, err := m.Run(mem, machine.Options{Writes: true})
	check(err)
	fmt.Printf("sim %+v\n", res.Timing.Counters)
	for _, sim := range os.Args[5:] {
		cmd := exec.Command("make", sim, "COMPARE=:")
		cmd.Dir = filepath.Join(dir, "tb")
		out, err := cmd.CombinedOutput()
		if err != nil {
			fmt.Println(string(out))
			check(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "tb/vectors", sim+".log"))
		check(err)
		l, err := testbench.ParseLog(bytes.NewReader(text))
		check(err)
		i := l.Images[0]
		fmt.Println(sim, "violations", len(l.Violations), "timeout", l.Timeout, "ended", l.Ended, "status", i.Status, "counters", i.Counters)
		for e := range program.EngineCount {
			st := res.Timing.Steps[e]
			bad := 0
			for k := range st {
				if k >= len(i.Go[e]) || k >= len(i.Retire[e]) {
					fmt.Println(e, "missing from", k)
					break
				}
				if i.Go[e][k] != st[k].Go || i.Retire[e][k] != st[k].Retire {
					fmt.Println(e, k, "rtl", i.Go[e][k], i.Retire[e][k], "sim", st[k].Go, st[k].Retire)
					if bad++; bad > 4 {
						break
					}
				}
			}
		}
		bad := 0
		for k := range res.Writes {
			if k >= len(i.Writes) {
				fmt.Println("missing write", k)
				break
			}
			a, b := i.Writes[k], res.Writes[k]
			if a.Cycle != b.Cycle || a.Address != b.Address || !bytes.Equal(a.Data, b.Data) {
				fmt.Printf("write %d rtl %d %x %x sim %d %x %x\n", k, a.Cycle, a.Address, a.Data, b.Cycle, b.Address, b.Data)
				if bad++; bad > 6 {
					break
				}
			}
		}
		fmt.Println("writes", len(i.Writes), len(res.Writes), "bad", bad)
	}
}
