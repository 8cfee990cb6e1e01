package kernel

// runGo is Run in plain Go, and the meaning of the assembly.
func runGo(p *Product) {
	p.check()
	var acc [Columns]float32
	for t := range p.Tiles {
		for m := range p.Rows {
			c := p.C[t*p.CTile+m*p.CRow:][:Columns]
			start(p, c, &acc)
			reduce(p, t*p.ATile+m*p.ARow, &acc)
			finish(p, t*p.MaskTile+m*p.MaskRow, &acc)
			copy(c, acc[:])
		}
	}
}

func start(p *Product, c []float32, acc *[Columns]float32) {
	switch p.Start {
	case FromBias:
		copy(acc[:], p.Bias)
	case FromC:
		copy(acc[:], c)
	default:
		*acc = [Columns]float32{}
	}
}

func reduce(p *Product, a0 int, acc *[Columns]float32) {
	for i := range p.Count[0] {
		for j := range p.Count[1] {
			a := a0 + i*p.AStep[0] + j*p.AStep[1]
			b := i*p.BStep[0] + j*p.BStep[1]
			for range p.Count[2] {
				x := p.A[a]
				w := (*[Columns]float32)(p.B[b:])
				for n := range acc {
					acc[n] += x * w[n]
				}
				a += p.AStep[2]
				b += p.BStep[2]
			}
		}
	}
}

func finish(p *Product, mask int, acc *[Columns]float32) {
	if p.ReLU {
		for n, v := range acc {
			if v < 0 {
				acc[n] = 0
			}
		}
	}
	if p.Mask == nil {
		return
	}
	for n, y := range p.Mask[mask:][:Columns] {
		if !(y > 0) {
			acc[n] = 0
		}
	}
}
