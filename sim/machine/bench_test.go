package machine_test

import (
	"testing"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
)

// cvnn1 maps CVNN1, N = 3, to the default design.
func cvnn1(b *testing.B) (*arch.Design, *program.Program) {
	d := mustDesign(b, arch.DefaultSpec())
	net, err := simtest.Model("cvnn1", 3, 1)
	if err != nil {
		b.Fatal(err)
	}
	p, err := mapping.Map(net, d)
	if err != nil {
		b.Fatal(err)
	}
	return d, p
}

func BenchmarkMap(b *testing.B) {
	d := mustDesign(b, arch.DefaultSpec())
	net, err := simtest.Model("cvnn1", 3, 1)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := mapping.Map(net, d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTime(b *testing.B) {
	d, p := cvnn1(b)
	for b.Loop() {
		if _, err := machine.Time(d, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	d, p := cvnn1(b)
	for b.Loop() {
		if _, err := machine.New(d, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRun(b *testing.B) { benchmarkRun(b, machine.Options{}) }

func BenchmarkRunToggles(b *testing.B) { benchmarkRun(b, machine.Options{Toggles: true}) }

func benchmarkRun(b *testing.B, o machine.Options) {
	d, p := cvnn1(b)
	m, err := machine.New(d, p)
	if err != nil {
		b.Fatal(err)
	}
	memory := m.Memory()
	if err := p.Input().Put(memory, simtest.Input(&network.Graph{Input: p.Input().Shape}, 1)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Run(memory, o); err != nil {
			b.Fatal(err)
		}
	}
}
