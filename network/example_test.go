package network_test

import (
	"fmt"

	"lowres/network"
	"lowres/quant"
)

// The examples print the numbers of docs/arithmetic.md.

func ExampleQuantise() {
	graph := &network.Graph{Name: "small", Input: network.Shape{H: 1, W: 1, C: 5}, Layers: []network.Layer{
		{Name: "fc1", Kind: network.Dense, Out: 1},
		{Name: "fc2", Kind: network.Dense, Out: 2},
	}}
	if err := graph.Resolve(); err != nil {
		fmt.Println(err)
	}
	levels, _ := quant.ForN(3)
	f := network.NewFloat(graph, levels)
	f.Weights[0] = []float32{0.3, -0.1, 0.05, -0.5, 0.05}
	f.Biases[0] = []float32{0.1}
	f.Weights[1] = []float32{0.75, -0.75}
	f.Biases[1] = []float32{0, 0.25}

	n, err := network.Quantise(f, []float32{2, 0}, network.QuantiseOptions{})
	if err != nil {
		fmt.Println(err)
	}
	fc1, fc2 := n.Layers[0], n.Layers[1]
	fmt.Println("fc1 weights", fc1.Weights, "bias", fc1.Bias, "requantiser", fc1.Requant[0].Mult, fc1.Requant[0].Shift)
	fmt.Println("fc2 weights", fc2.Weights, "bias", fc2.Bias, "requantisers", len(fc2.Requant))

	input := network.Input([]uint8{138, 108, 229, 128, 135})
	activations, logits, err := n.Run(input)
	fmt.Println("input", input, "fc1", activations[0], "logits", logits, "class", network.Argmax(logits), err)
	lo, hi := n.AccumulatorRange(0)
	fmt.Println("fc1 accumulators stay within", lo, "to", hi)
	// Output:
	// fc1 weights [1 0 0 -1 0] bias [48] requantiser 34679 18
	// fc2 weights [1 -1] bias [0 16] requantisers 0
	// input [10 -20 101 0 7] fc1 [8] logits [8 8] class 0 <nil>
	// fc1 accumulators stay within -255 to 303
}

// The average of docs/arithmetic.md: halves go up.
func ExampleInteger_Run_average() {
	g, _ := network.ParseModel("mean", []byte("input: [1, 2, 1]\nlayers: [{name: mean, kind: avgpool}]"))
	n := network.Integer{Graph: g, InputScale: 1, Layers: []network.IntegerLayer{{OutputScale: 1}}}
	_, got, err := n.Run([]int8{-1, -2})
	fmt.Println(got, err)
	// Output: [-1] <nil>
}

// The residual of docs/arithmetic.md, with a requantiser that changes nothing.
func ExampleInteger_Run_residual() {
	g, _ := network.ParseModel("sum", []byte("input: [1, 1, 1]\nlayers:\n"+
		"  - {name: b, kind: function, function: tanh}\n"+
		"  - {name: sum, kind: add, from: input, with: b}"))
	table := make([]int8, network.TableSize)
	table[10] = -20
	n := network.Integer{Graph: g, InputScale: 0.03, Layers: []network.IntegerLayer{
		{Table: table, OutputScale: 0.04},
		{Factors: [2]int32{3, 4}, Requant: []quant.Requantiser{{Mult: 1 << 15, Shift: 15}}, OutputScale: 0.01},
	}}
	_, got, err := n.Run([]int8{10})
	fmt.Println(got, err)
	// Output: [-50] <nil>
}

// The function of docs/arithmetic.md: halves go away from zero.
func ExampleFunction_Table() {
	table := network.Sigmoid.Table(0.05, 1.0/127)
	fmt.Println(table[0], table[uint8(127)])
	// Output: 64 127
}
