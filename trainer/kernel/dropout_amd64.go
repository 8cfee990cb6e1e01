package kernel

// dropCall is what the assembly of Drop reads: addresses, and the numbers of a Dropout.
type dropCall struct {
	dst, src         *float32
	bytes            int
	key0, key1       uint32
	first, threshold uint32
	step, mul1, mul2 uint32
	keep             float32
	numbers          *[16]uint32
}

// elements are the numbers of the elements of a vector.
var elements = [16]uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

func vectorDrop(loop func(*dropCall), width int) func(dst, src []float32, d Dropout) {
	return func(dst, src []float32, d Dropout) {
		src = src[:len(dst)]
		whole := len(dst) / width * width
		if whole > 0 {
			loop(&dropCall{&dst[0], &src[0], whole * 4, d.Key[0], d.Key[1], d.First, d.Threshold, hashStep, hashFirst, hashSecond,
				d.Keep, &elements})
		}
		d.First += uint32(whole)
		dropGo(dst[whole:], src[whole:], d)
	}
}

//go:noescape
func drop512(p *dropCall)

//go:noescape
func drop256(p *dropCall)
