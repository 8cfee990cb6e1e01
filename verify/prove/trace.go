package prove

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// row is a line of the table in which sat prints a model: the cycle (not for
// models of one cycle), signal, decimal, hexadecimal and binary value.
var row = regexp.MustCompile(`(?m)^ +(?:(\d+) +)?\\(\w+) +\S+ +\S+ +([01x]+) *$`)

// counterexample reads a model: the values of all ports but clock and checks, and
// the checks that are broken.
func counterexample(log string, h harness) (trace []Value, violated []string) {
	for _, m := range row.FindAllStringSubmatch(log, -1) {
		cycle, signal, bits := 1, m[2], m[3]
		if m[1] != "" {
			cycle, _ = strconv.Atoi(m[1])
		}
		switch {
		case strings.HasPrefix(signal, "ok_"):
			if bits == "0" && !slices.Contains(violated, signal) {
				violated = append(violated, signal)
			}
		case signal != "clk_i" && signal != "given" && signal != "reach":
			trace = append(trace, Value{cycle, signal, number(bits, h.signed[signal])})
		}
	}
	return trace, violated
}

// number is a binary number in decimal, or beyond 16 bits without a sign in
// hexadecimal.
func number(bits string, signed bool) string {
	n, ok := new(big.Int).SetString(bits, 2)
	if !ok {
		return bits
	}
	if signed && bits[0] == '1' {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(bits))))
	}
	if len(bits) > 16 && !signed {
		return fmt.Sprintf("0x%x", n)
	}
	return n.String()
}
