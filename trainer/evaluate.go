package trainer

import (
	"fmt"
	"runtime"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/dataset"
	"lowres/trainer/internal/engine"
)

// Accuracy is the part of the pictures of ds that net classifies rightly, 0 to 1, with the quantised
// weights or with the float32 master weights. workers = 0 uses every core.
func Accuracy(net *network.Float, ds *dataset.Dataset, quantised bool, workers int) (float64, error) {
	if !quantised {
		net = unquantised(net)
	}
	m, err := newForward(net, ds, workers)
	if err != nil {
		return 0, fmt.Errorf("accuracy: %w", err)
	}
	defer m.Close()
	_, right := m.Evaluate(pictures(ds), ds.Labels)
	return float64(right) / float64(ds.Len()), nil
}

// Logits returns the class scores of every picture of ds, picture after picture, as many a picture as the
// network has outputs. workers = 0 uses every core.
func Logits(net *network.Float, ds *dataset.Dataset, quantised bool, workers int) ([]float32, error) {
	if !quantised {
		net = unquantised(net)
	}
	m, err := newForward(net, ds, workers)
	if err != nil {
		return nil, fmt.Errorf("logits: %w", err)
	}
	defer m.Close()
	classes := net.Graph.Output().C
	all := make([]float32, ds.Len()*classes)
	m.Outputs(pictures(ds), ds.Len(), func(_, first, images int, w *engine.Worker) {
		for i := range images {
			copy(all[(first+i)*classes:], w.Logits(i))
		}
	})
	return all, nil
}

// newForward checks that net and ds fit and starts a machine that only runs forward.
func newForward(net *network.Float, ds *dataset.Dataset, workers int) (*engine.Machine, error) {
	if ds.Len() == 0 {
		return nil, fmt.Errorf("data set %s: empty: want pictures", ds.Name)
	}
	if err := ds.Validate(); err != nil {
		return nil, err
	}
	if err := fits(net.Graph, ds); err != nil {
		return nil, err
	}
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	return engine.NewMachine(net, nil, 0, engine.Options{Workers: workers})
}

// pictures hands out the pictures of ds in their order.
func pictures(ds *dataset.Dataset) engine.Source {
	return func(position int, pixels []uint8) { copy(pixels, ds.Image(position)) }
}

// unquantised is net with float32 weights, which it shares.
func unquantised(net *network.Float) *network.Float {
	f := *net
	f.Levels = make([]quant.Levels, len(net.Levels))
	return &f
}
