package kernel

func pixelsGo(dst []float32, src []uint8) {
	src = src[:len(dst)]
	for k, p := range src {
		dst[k] = float32(int32(p)-128) * (1.0 / 128)
	}
}
