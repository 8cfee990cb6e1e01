package trainer

import (
	"errors"
	"fmt"
	"time"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/dataset"
)

// Config is one training run. Train, Recipe and one of Graph, Start and From are needed.
type Config struct {
	Graph  *network.Graph
	Levels quant.Levels // of every layer whose weights are quantised; the zero value trains float32. By layer: Start
	Recipe Recipe
	Train  *dataset.Dataset
	Test   *dataset.Dataset // measured after every epoch; nil: not measured

	// Start begins from these weights, biases and levels, which may differ from layer to layer, instead of
	// Initialise(Graph, Levels, Recipe.Seed): to go on training a network with other levels or another recipe.
	// It is copied.
	Start *network.Float

	// From continues a run after the epochs it has done, with its network, levels and moments: Graph, Levels
	// and Start are not used. Recipe must equal From's but for Epochs, which may grow, and Patience, and the
	// training pictures must be the same.
	From *Checkpoint

	Workers    int            // goroutines; 0 = one a core that Go may use
	Checkpoint string         // path written after every epoch; "" = none
	Best       string         // path written after every epoch that tests better than all before; "" = none
	CSV        string         // path of the history, rewritten after every epoch; "" = none
	Progress   func(Progress) // called after every step and every epoch, from one goroutine; may be nil
}

// Progress is where a run stands.
type Progress struct {
	Epoch, Epochs  int           // the epoch that runs, from 1, and the last
	Step, Steps    int           // steps done in it, and steps an epoch
	Cost, Accuracy float64       // means over the epoch so far
	Rate           float64       // learning rate of the last step
	ImagesASecond  float64       // over the run so far, epochs before a resume and tests left out
	Remaining      time.Duration // to the end of the run at that speed
	Done           *Epoch        // the epoch's figures once it has ended, nil before
}

// Result is what a run leaves.
type Result struct {
	Net     *network.Float // master weights and levels
	History []Epoch
}

// validate reports every mistake of c.
func (c *Config) validate() error {
	errs := []error{c.Recipe.Validate()}
	if c.Train == nil || c.Train.Len() == 0 {
		return errors.Join(append(errs, errors.New("training set: empty: want pictures"))...)
	}
	if c.Best != "" && (c.Test == nil || c.Test.Len() == 0) {
		errs = append(errs, fmt.Errorf("best: %s: want a test set to tell the best epoch", c.Best))
	}
	if c.Recipe.Patience > 0 && (c.Test == nil || c.Test.Len() == 0) {
		errs = append(errs, fmt.Errorf("patience: %d: want a test set to tell a better epoch", c.Recipe.Patience))
	}
	graph := c.Graph
	if c.Start != nil {
		if graph = c.Start.Graph; graph != nil {
			errs = append(errs, c.Start.Validate())
		}
	}
	if c.From != nil {
		graph = c.From.Net.Graph
		errs = append(errs, c.checkFrom())
	}
	if graph == nil {
		return errors.Join(append(errs, errors.New("graph: none: want a graph, a network to start from or a checkpoint"))...)
	}
	for _, d := range []*dataset.Dataset{c.Train, c.Test} {
		if d == nil {
			continue
		}
		errs = append(errs, d.Validate(), fits(graph, d))
	}
	return errors.Join(errs...)
}

// checkFrom compares the recipe with that of the checkpoint.
func (c *Config) checkFrom() error {
	was, is := c.From.Recipe, c.Recipe
	if is.Epochs < c.From.Epoch() {
		return fmt.Errorf("epochs: %d: want at least the %d of the checkpoint", is.Epochs, c.From.Epoch())
	}
	was.Epochs, was.Patience = is.Epochs, is.Patience
	if was != is {
		return fmt.Errorf("recipe: %+v: want the checkpoint's %+v, with any number of epochs and any patience", is, c.From.Recipe)
	}
	return nil
}

// state is the state that the run starts from: a copy of From, or a new one.
func (c *Config) state() (*Checkpoint, error) {
	data := c.Train.Fingerprint()
	var s *Checkpoint
	switch {
	case c.From != nil && c.From.Data != "" && c.From.Data != data:
		return nil, fmt.Errorf("data set %s: not the pictures that the checkpoint was trained on: want the same to continue", c.Train.Name)
	case c.From != nil:
		s = c.From.clone()
	case c.Start != nil:
		s = newCheckpoint(c.Start.Clone(), c.Recipe)
	default:
		s = newCheckpoint(Initialise(c.Graph, c.Levels, c.Recipe.Seed), c.Recipe)
	}
	s.Recipe, s.Data = c.Recipe, data
	return s, nil
}

// fits checks that the pictures and classes of d are what the network takes and gives.
func fits(g *network.Graph, d *dataset.Dataset) error {
	if d.Shape != g.Input {
		return fmt.Errorf("%w: data set %s: pictures of %v: %s wants %v", network.ErrShape, d.Name, d.Shape, g.Name, g.Input)
	}
	if have := g.Output().C; len(d.Classes) > have {
		return fmt.Errorf("%w: data set %s: %d classes: %s tells %d apart", network.ErrShape, d.Name, len(d.Classes), g.Name, have)
	}
	return nil
}
