package scalesim

// Result is the cost of a topology on an array.
type Result struct {
	Run      string   `json:"run"`
	Height   int      `json:"array_height"`
	Width    int      `json:"array_width"`
	Dataflow Dataflow `json:"dataflow"`
	Layers   []Row    `json:"layers"`
	MACs     int64    `json:"macs"`
	Cycles   int64    `json:"cycles"` // sum over the layers
	Unused   []Key    `json:"unused"` // keys of the configuration that were not honoured
}

// Row is the cost of a layer.
type Row struct {
	Layer       string  `json:"layer"`
	M           int     `json:"m"`
	K           int     `json:"k"`
	N           int     `json:"n"`
	Repeats     int     `json:"repeats"`
	MACs        int64   `json:"macs"`
	Folds       int64   `json:"folds"` // times that the array is filled
	Cycles      int64   `json:"cycles"`
	Utilisation float64 `json:"utilisation"` // MACs / (height · width · cycles)
}

// Simulate is the compute cycles of the layers on the array of c, one after the other.
func Simulate(c *Config, layers []Layer) *Result {
	r := &Result{Run: c.Name, Height: c.Height, Width: c.Width, Dataflow: c.Dataflow, Unused: c.Unused}
	for i := range layers {
		l := &layers[i]
		folds, cycles := c.layer(l)
		row := Row{Layer: l.Name, M: l.M, K: l.K, N: l.N, Repeats: l.Repeats, MACs: l.MACs(), Folds: folds, Cycles: cycles}
		row.Utilisation = float64(row.MACs) / (float64(c.Height) * float64(c.Width) * float64(cycles))
		r.Layers = append(r.Layers, row)
		r.MACs, r.Cycles = r.MACs+row.MACs, r.Cycles+row.Cycles
	}
	return r
}

// layer is how often a layer fills the array, and its cycles: on H rows and W columns
//
//	ws: ⌈K/H⌉·⌈N/W⌉·(2H + W + M − 2) − 1    weights in, M activations through, sums out
//	os: ⌈M/H⌉·⌈N/W⌉·(K + H + W − 2) − 1     K operands through, skewed along both sides
//
// for each of the repeats. SCALE-Sim reports the number of the last cycle, from 0: hence
// the − 1.
func (c *Config) layer(l *Layer) (folds, cycles int64) {
	rows, fold := l.K, 2*c.Height+c.Width+l.M-2
	if c.Dataflow == OutputStationary {
		rows, fold = l.M, l.K+c.Height+c.Width-2
	}
	folds = int64(ceil(rows, c.Height)) * int64(ceil(l.N, c.Width))
	return folds * int64(l.Repeats), int64(l.Repeats) * (folds*int64(fold) - 1)
}
