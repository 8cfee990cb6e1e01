package kernel

// adamCall is one step of Adam as the assembly reads it.
type adamCall struct {
	w, m, v, g               *float32
	bytes                    int
	beta1, beta2, new1, new2 float32
	rate, root, epsilon      float32
	decay, keep              float32
}

func vectorAdam(loop func(*adamCall), width int) func(w, m, v, g []float32, s Adam) {
	return func(w, m, v, g []float32, s Adam) {
		m, v, g = m[:len(w)], v[:len(w)], g[:len(w)]
		whole := len(w) / width * width
		if whole > 0 {
			c := adamCall{&w[0], &m[0], &v[0], &g[0], whole * 4, s.Beta1, s.Beta2, s.New1, s.New2, s.Rate, s.Root, s.Epsilon, s.Decay, s.Keep}
			loop(&c)
		}
		adamGo(w[whole:], m[whole:], v[whole:], g[whole:], s)
	}
}

// sumCall is a sum of squares as the assembly reads it.
type sumCall struct {
	x     *float32
	sums  *[lanes]float64
	bytes int
}

func vectorSumSquares(loop func(*sumCall)) func(x []float32) float64 {
	return func(x []float32) float64 {
		var sums [lanes]float64
		whole := len(x) / lanes * lanes
		if whole > 0 {
			c := sumCall{&x[0], &sums, whole * 4}
			loop(&c)
		}
		return addLanes(&sums, x[whole:])
	}
}

func vectorScale(loop func(*rowCall), width int) func(x []float32, factor float32) {
	return func(x []float32, factor float32) {
		whole := len(x) / width * width
		if whole > 0 {
			c := rowCall{w: &x[0], bytes: whole * 4, rate: factor}
			loop(&c)
		}
		scaleGo(x[whole:], factor)
	}
}

//go:noescape
func adam512(p *adamCall)

//go:noescape
func adam256(p *adamCall)

//go:noescape
func sumSquares512(p *sumCall)

//go:noescape
func sumSquares256(p *sumCall)

//go:noescape
func scale512(p *rowCall)

//go:noescape
func scale256(p *rowCall)
