package verify

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"lowres/internal/needs"
	"lowres/internal/simtest"
	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/mapping"
)

// needTools are the tools that are here, of which the test needs those.
func needTools(t *testing.T, names ...string) Tools {
	t.Helper()
	needs.Tools(t, names...)
	return FindTools(t.Context())
}

func allTools(t *testing.T) Tools {
	t.Helper()
	return needTools(t, "verilator", "g++", "make", "iverilog", "vvp")
}

func cosim(t *testing.T, d *arch.Design, net *network.Integer, images [][]int8, o Options) *Result {
	t.Helper()
	p, err := mapping.Map(net, d)
	if err != nil {
		t.Fatal(err)
	}
	o.Design, o.Network, o.Program, o.Images = d, net, p, images
	if o.WorkDir == "" {
		o.WorkDir = t.TempDir()
	}
	r, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *r)
	return r
}

func TestATinyNetworkAgreesInBitsAndCycles(t *testing.T) {
	tools := allTools(t)
	r := rand.New(rand.NewPCG(1, 2))
	net := fill(t, tinyGraph(), []int{3}, r)
	d, images := tinyDesign(t, nil), randomImages(net.Graph, 2, r)
	cosim(t, d, net, images, Options{Tools: tools, WorkDir: filepath.Join(t.TempDir(), "a = b")}) // make would take it for an assignment
	for _, s := range []Stress{{Seed: 1, Percent: 10}, {Seed: 2, Percent: 50, Garbage: true}, {Seed: 3, Garbage: true}} {
		cosim(t, d, net, images, Options{Tools: tools, Stress: &s})
	}
}

func TestAMemoryThatStallsByAPatternAgreesInCycles(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	r := rand.New(rand.NewPCG(1, 2))
	net := fill(t, tinyGraph(), []int{3}, r)
	images := randomImages(net.Graph, 2, r) // the pattern starts anew with the second
	cycles := int64(0)
	for _, percent := range []int{0, 5, 40, 90} {
		d := tinyDesign(t, func(s *arch.Spec) { s.Memory.StallPercent, s.Memory.StallSeed = percent, 1<<31-1 })
		slower := cosim(t, d, net, images, Options{Tools: tools, Simulators: []Simulator{Icarus}}).Cycles
		if slower <= cycles {
			t.Errorf("stalls in %d %% of the events: %d cycles, with fewer %d", percent, slower, cycles)
		}
		cycles = slower
	}
}

// TestDesignFromTheEnvironment runs LOWRES_DESIGN (a design file) on the model
// LOWRES_MODEL with random weights and LOWRES_IMAGES images, in LOWRES_SIMULATOR
// or both, and keeps the folder in LOWRES_KEEP.
func TestDesignFromTheEnvironment(t *testing.T) {
	path := os.Getenv("LOWRES_DESIGN")
	if path == "" {
		t.Skip("LOWRES_DESIGN is not set: a tool for debugging by hand")
	}
	d, err := arch.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g := tinyGraph()
	if name := os.Getenv("LOWRES_MODEL"); name != "" {
		if g, err = network.Model(name); err != nil {
			t.Fatal(err)
		}
	}
	count, _ := strconv.Atoi(os.Getenv("LOWRES_IMAGES"))
	r := rand.New(rand.NewPCG(1, 2))
	net := fill(t, g, d.Levels, r)
	images := randomImages(g, max(count, 1), r)
	o := Options{WorkDir: os.Getenv("LOWRES_KEEP")}
	if s := os.Getenv("LOWRES_SIMULATOR"); s != "" {
		o.Simulators = []Simulator{Simulator(s)}
	}
	if o.WorkDir != "" {
		p, err := mapping.Map(net, d)
		if err != nil {
			t.Fatal(err)
		}
		if err := Emit(o.WorkDir, d, p, images); err != nil {
			t.Fatal(err)
		}
	}
	cosim(t, d, net, images, o)
}

// operatorGraph has every layer that is no convolution or dense layer, fused and alone, and a branch.
func operatorGraph() *network.Graph {
	return &network.Graph{Name: "operators", Input: network.Shape{H: 6, W: 7, C: 9}, Layers: []network.Layer{
		{Name: "pool0", Kind: network.MaxPool, Kernel: 3, Stride: 2, Pad: 1},
		{Name: "dw1", Kind: network.Depthwise, Kernel: 3, Pad: 1},
		{Name: "tanh1", Kind: network.Lookup, Function: network.Tanh},
		{Name: "add1", Kind: network.Add, With: "pool0", ReLU: true},
		{Name: "conv2", Kind: network.Conv, Out: 6, Kernel: 3, Pad: 1},
		{Name: "short2", Kind: network.Conv, Out: 6, Kernel: 1, From: "add1"},
		{Name: "add2", Kind: network.Add, With: "conv2"},
		{Name: "mean2", Kind: network.AvgPool, Kernel: 2, Stride: 1},
		{Name: "pool2", Kind: network.MaxPool, Kernel: 2, Stride: 1},
		{Name: "gelu2", Kind: network.Lookup, Function: network.GELU},
		{Name: "mean3", Kind: network.AvgPool},
		{Name: "fc", Kind: network.Dense, Out: 5},
	}}
}

func TestEveryOperatorAgreesInBitsAndCycles(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	r := rand.New(rand.NewPCG(5, 6))
	for _, change := range []func(*arch.Spec){
		func(s *arch.Spec) { s.Array.Cols, s.Buffers.Table = 8, 256 },
		func(s *arch.Spec) { s.Array.Lanes, s.Buffers.Table, s.Levels = 8, 1024, []int{9, 3} },
		func(s *arch.Spec) { s.Array.Cell, s.Array.Cols, s.Buffers.Table = arch.CellTableLUT, 8, 256 },
		func(s *arch.Spec) {
			s.Array.Cell, s.Buffers.Table, s.Levels, s.Array.WeightTiles = arch.CellTableBlock, 256, []int{5, 3}, 1
		},
	} {
		d := tinyDesign(t, change)
		net := fill(t, operatorGraph(), d.Levels, r)
		cosim(t, d, net, randomImages(net.Graph, 1, r), Options{Tools: tools, Simulators: []Simulator{Icarus}})
	}
}

// Sums in two halves change no cycle: with single and double tiles and blocks, one position a
// block, where a sum is drained as soon as it may be, several pixels, and every number of digits.
func TestSumsInTwoHalvesAgreeInBitsAndCycles(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp")
	r := rand.New(rand.NewPCG(7, 8))
	for name, change := range map[string]func(*arch.Spec){
		"two tiles and blocks":     func(*arch.Spec) {},
		"a position a block":       func(s *arch.Spec) { s.Array.Hold, s.Array.Requantisers = 1, 4 },
		"a tile and a block":       func(s *arch.Spec) { s.Array.WeightTiles, s.Array.SumBlocks, s.Array.Hold = 1, 1, 1 },
		"two pixels of 16 lanes":   func(s *arch.Spec) { s.Array.Pixels, s.Array.Lanes = 2, 16 },
		"two digits, one or two":   func(s *arch.Spec) { s.Levels, s.Array.AccumulatorBits = []int{17, 3}, 32 },
		"four digits, no level 0":  func(s *arch.Spec) { s.Levels, s.Custom = nil, [][]int{{-128, -3, 3, 128}} },
		"three digits, wide lanes": func(s *arch.Spec) { s.Levels, s.Custom, s.Array.Lanes = nil, [][]int{{-37, 0, 37}}, 8 },
	} {
		t.Run(name, func(t *testing.T) {
			whole := tinyDesign(t, func(s *arch.Spec) { s.Target = arch.ICE40; change(s) })
			d := tinyDesign(t, func(s *arch.Spec) { s.Target, s.Array.SkewedSums = arch.ICE40, true; change(s) })
			g := tinyGraph()
			if err := g.Resolve(); err != nil {
				t.Fatal(err)
			}
			sets := make([]quant.Levels, len(g.Layers))
			for i := range sets {
				sets[i] = d.Sets[i%len(d.Sets)]
			}
			net := simtest.FillSets(g, sets, r)
			images := randomImages(net.Graph, 2, r)
			o := Options{Tools: tools, Simulators: []Simulator{Icarus}, Stress: &Stress{Seed: 1, Garbage: true}}
			if halves, want := cosim(t, d, net, images, o).Cycles, cosim(t, whole, net, images, o).Cycles; halves != want {
				t.Errorf("%d cycles, with whole sums %d", halves, want)
			}
		})
	}
}

// Requantisers of ten stages take six cycles more to an instruction's retirement and give the same
// bits: alone, in both simulators, and beside others, with function tables, several pixels, and
// column groups one behind the other.
func TestRequantisersOfTenStagesAgreeInBitsAndCycles(t *testing.T) {
	tools := needTools(t, "iverilog", "vvp", "verilator", "make", "g++")
	r := rand.New(rand.NewPCG(9, 10))
	for name, change := range map[string]func(*arch.Spec){
		"one requantiser":    func(s *arch.Spec) { s.Array.WeightTiles, s.Array.SumBlocks = 1, 1 },
		"function tables":    func(s *arch.Spec) { s.Buffers.Table, s.Array.Requantisers, s.Array.AccumulatorBits = 512, 2, 32 },
		"two pixels":         func(s *arch.Spec) { s.Array.Pixels, s.Array.Requantisers = 2, 4 },
		"an array of tables": func(s *arch.Spec) { s.Array.Cell, s.Buffers.Table = arch.CellTableLUT, 256 },
	} {
		t.Run(name, func(t *testing.T) {
			many := tinyDesign(t, func(s *arch.Spec) { change(s); s.Array.RequantiserStages = arch.ManyStages })
			g := tinyGraph()
			if many.Buffers.Table > 0 {
				g = operatorGraph()
			}
			net := fill(t, g, many.Levels, r)
			images := randomImages(net.Graph, 2, r)
			o := Options{Tools: tools, Simulators: []Simulator{Icarus}, Stress: &Stress{Seed: 1, Garbage: true}}
			if name == "one requantiser" {
				o.Simulators = append(o.Simulators, Verilator)
			}
			cosim(t, many, net, images, o)
		})
	}
}
