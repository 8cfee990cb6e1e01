package kernel

// poolCall is a Pool as the assembly reads it: addresses, and strides in bytes.
type poolCall struct {
	in, out, dIn, dOut        *float32
	windows, channels         int
	inStep, inRow, inPixel    int
	dInStep, dInRow, dInPixel int
	outStep, dOutStep         int
	relu                      int
}

func (c *poolCall) set(p *Pool) {
	const size = 4
	c.in, c.out = &p.In[0], &p.Out[0]
	if p.DIn != nil {
		c.dIn, c.dOut = &p.DIn[0], &p.DOut[0]
	}
	c.windows, c.channels = p.Windows, p.Channels*size
	c.inStep, c.inRow, c.inPixel = p.InStep*size, p.InRow*size, p.InPixel*size
	c.dInStep, c.dInRow, c.dInPixel = p.DInStep*size, p.DInRow*size, p.DInPixel*size
	c.outStep, c.dOutStep = p.OutStep*size, p.DOutStep*size
	if p.ReLU {
		c.relu = 1
	}
}

func vectorPool(loop func(*poolCall), width int) func(*Pool) {
	return func(p *Pool) {
		if p.Channels%width != 0 {
			maxPoolGo(p)
			return
		}
		p.check(false)
		var c poolCall
		c.set(p)
		loop(&c)
	}
}

func vectorPoolBack(loop func(*poolCall), width int) func(*Pool) {
	return func(p *Pool) {
		if p.Channels%width != 0 {
			maxPoolBackGo(p)
			return
		}
		p.check(true)
		var c poolCall
		c.set(p)
		loop(&c)
	}
}

// rowCall is an element-wise loop over bytes bytes of three arrays.
type rowCall struct {
	w, v, g               *float32
	bytes                 int
	rate, momentum, decay float32
}

func vectorAdd(loop func(*rowCall), width int) func(dst, src []float32) {
	return func(dst, src []float32) {
		src = src[:len(dst)]
		whole := len(dst) / width * width
		if whole > 0 {
			c := rowCall{w: &dst[0], g: &src[0], bytes: whole * 4}
			loop(&c)
		}
		addGo(dst[whole:], src[whole:])
	}
}

func vectorDescend(loop func(*rowCall), width int) func(w, v, g []float32, s Step) {
	return func(w, v, g []float32, s Step) {
		v, g = v[:len(w)], g[:len(w)]
		whole := len(w) / width * width
		if whole > 0 {
			c := rowCall{w: &w[0], v: &v[0], g: &g[0], bytes: whole * 4}
			c.rate, c.momentum, c.decay = s.Rate, s.Momentum, s.Decay
			loop(&c)
		}
		descendGo(w[whole:], v[whole:], g[whole:], s)
	}
}

//go:noescape
func maxPool512(p *poolCall)

//go:noescape
func maxPool256(p *poolCall)

//go:noescape
func maxPoolBack512(p *poolCall)

//go:noescape
func maxPoolBack256(p *poolCall)

//go:noescape
func add512(p *rowCall)

//go:noescape
func add256(p *rowCall)

//go:noescape
func descend512(p *rowCall)

//go:noescape
func descend256(p *rowCall)

//go:noescape
func peak512(n int)

//go:noescape
func peak256(n int)
