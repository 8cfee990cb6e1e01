package kernel

type pixelCall struct {
	dst   *float32
	src   *uint8
	count int
}

func vectorPixels(loop func(*pixelCall), width int) func(dst []float32, src []uint8) {
	return func(dst []float32, src []uint8) {
		src = src[:len(dst)]
		whole := len(dst) / width * width
		if whole > 0 {
			loop(&pixelCall{&dst[0], &src[0], whole})
		}
		pixelsGo(dst[whole:], src[whole:])
	}
}

//go:noescape
func pixels512(p *pixelCall)

//go:noescape
func pixels256(p *pixelCall)
