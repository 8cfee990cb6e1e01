package quant_test

import (
	"fmt"

	"lowres/quant"
)

// The examples print the numbers of docs/arithmetic.md and docs/file-formats.md.

func ExampleLevels_Quantise() {
	w := []float32{0.3, -0.1, 0.05, -0.5, 0.05}
	q := make([]int16, len(w))
	for _, n := range []int{3, 4} {
		levels, _ := quant.ForN(n)
		scale := levels.Quantise(q, w)
		fmt.Printf("N=%d %v scale %.6f\n", n, q, scale)
	}
	// Output:
	// N=3 [1 0 0 -1 0] scale 0.266667
	// N=4 [2 -1 1 -2 1] scale 0.133333
}

func ExampleNewRequantiser() {
	r, _ := quant.NewRequantiser((1.0/128)*(4.0/15)/(2.0/127), false)
	fmt.Printf("Mult %d, Shift %d\n", r.Mult, r.Shift)
	for _, acc := range []int32{500, -500, 1000} {
		fmt.Println(acc, "→", r.Apply(acc))
	}
	r.ReLU = true
	fmt.Println(-500, "→", r.Apply(-500), "with relu")
	// Output:
	// Mult 34679, Shift 18
	// 500 → 66
	// -500 → -66
	// 1000 → 127
	// -500 → 0 with relu
}

func ExampleRequantiser_Apply() {
	half := quant.Requantiser{Mult: 1, Shift: 1}
	for _, acc := range []int32{-3, -1, 1, 3} {
		fmt.Printf("%d/2 → %d\n", acc, half.Apply(acc))
	}
	// Output:
	// -3/2 → -1
	// -1/2 → 0
	// 1/2 → 1
	// 3/2 → 2
}

func ExampleNegativeWeight() {
	for _, v := range []int{7, -6} {
		var digits [2]int
		quant.Digits(digits[:], v)
		fmt.Println(v, "has digits", digits, "and is short by", quant.NegativeWeight(v, 2))
	}
	// Output:
	// 7 has digits [-1 2] and is short by 1
	// -6 has digits [-2 -1] and is short by 5
}

func ExampleLevels_Pack() {
	levels, _ := quant.ForN(5)
	for _, p := range quant.Packings() {
		packed, _ := levels.Pack(nil, p, []int16{2, -1, 0, 1})
		fmt.Printf("%-5s % x\n", p, packed)
	}
	// Output:
	// byte  3b 03
	// word  bb 01 00 00 00 00 00 00
	// plain 8c 06 00 00 00 00 00 00
}
