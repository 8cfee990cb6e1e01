package kernel

// Pool is one row of Windows 2×2 pooling windows over Channels channels, side by side. For window w,
// channel c, and the four places q = 0 … 3 (top left, top right, bottom left, bottom right) with
//
//	In(q)  = In[w·InStep + (q/2)·InRow + (q mod 2)·InPixel + c]
//	Out    = Out[w·OutStep + c]
//
// MaxPool writes Out = max over q of In(q). MaxPoolBack reads In, Out and the gradient DOut (laid out like
// Out, with DOutStep) and writes DIn (laid out like In, with its own steps): the gradient goes to the
// first q with In(q) = Out, the others get 0. If ReLU is set it is lost where Out is not above 0, which is
// the gradient of a relu before the pool.
//
// Channels is a multiple of 16 for the assembly; other counts are computed by the plain loops.
type Pool struct {
	In, Out, DIn, DOut        []float32
	Windows, Channels         int
	InStep, InRow, InPixel    int
	DInStep, DInRow, DInPixel int
	OutStep, DOutStep         int
	ReLU                      bool
}

func (p *Pool) check(back bool) {
	last := (p.Windows-1)*p.InStep + p.InRow + p.InPixel + p.Channels
	if p.Windows < 1 || p.Channels < 1 || last > len(p.In) || (p.Windows-1)*p.OutStep+p.Channels > len(p.Out) {
		panic("kernel: pool outside its tensors")
	}
	if !back {
		return
	}
	last = (p.Windows-1)*p.DInStep + p.DInRow + p.DInPixel + p.Channels
	if last > len(p.DIn) || (p.Windows-1)*p.DOutStep+p.Channels > len(p.DOut) {
		panic("kernel: pool gradient outside its tensors")
	}
}

func maxPoolGo(p *Pool) {
	p.check(false)
	for w := range p.Windows {
		in := p.In[w*p.InStep:]
		out := p.Out[w*p.OutStep:][:p.Channels]
		for c := range out {
			out[c] = max(in[c], in[p.InPixel+c], in[p.InRow+c], in[p.InRow+p.InPixel+c])
		}
	}
}

func maxPoolBackGo(p *Pool) {
	p.check(true)
	places := [4]int{0, p.InPixel, p.InRow, p.InRow + p.InPixel}
	targets := [4]int{0, p.DInPixel, p.DInRow, p.DInRow + p.DInPixel}
	for w := range p.Windows {
		in, dIn := p.In[w*p.InStep:], p.DIn[w*p.DInStep:]
		dOut := p.DOut[w*p.DOutStep:]
		for c, best := range p.Out[w*p.OutStep:][:p.Channels] {
			left := dOut[c]
			if p.ReLU && !(best > 0) {
				left = 0
			}
			for q, place := range places {
				g := float32(0)
				if in[place+c] == best {
					g, left = left, 0
				}
				dIn[targets[q]+c] = g
			}
		}
	}
}
