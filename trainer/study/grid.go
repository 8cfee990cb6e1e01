package study

import (
	"errors"
	"fmt"
	"slices"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer"
)

// ErrGrid is returned for a grid with values that are wrong, missing or repeated.
var ErrGrid = errors.New("study grid")

// Grid is everything that a study varies. Every combination is one run.
type Grid struct {
	Models        []*network.Graph
	NValues       []string                                                       // levels, each as network.ParseLevels takes them
	Augmentations []string                                                       // names for Recipe: letters, digits and hyphens
	Seeds         []uint64                                                       // of weights, order and distortion
	Recipe        func(model *network.Graph, augmentation string) trainer.Recipe // its seed is replaced
}

// Run is one training run of a study.
type Run struct {
	Name         string         `json:"name"` // of its folder: fcnn1-none-n3-s1
	Model        string         `json:"model"`
	Parameters   int            `json:"parameters"`
	Augmentation string         `json:"augmentation"`
	NValues      int            `json:"nvalues"`          // levels of all layers; 0: float32, or they differ
	Levels       string         `json:"levels,omitempty"` // where NValues does not say it all: 17:3:3:5
	Recipe       trainer.Recipe `json:"recipe"`
	Bits         float64        `json:"bits,omitempty"`      // log2 N, mean over the connection weights that may have levels
	Reduction    float64        `json:"reduction,omitempty"` // of their memory against float32, packed by byte

	graph *network.Graph
	sets  []quant.Levels
}

// Runs lists the runs: model by model, augmentation by augmentation, N by N, seed by seed. It returns ErrGrid
// with every value that is wrong or stands in its list twice.
func (g *Grid) Runs() ([]Run, error) {
	if err := g.validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGrid, err)
	}
	var runs []Run
	var names []string
	for _, model := range g.Models {
		for _, augmentation := range g.Augmentations {
			for _, levels := range g.NValues {
				for _, seed := range g.Seeds {
					r := g.run(model, augmentation, levels, seed)
					runs, names = append(runs, r), append(names, r.Name)
				}
			}
		}
	}
	if err := distinct("runs", names); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGrid, err)
	}
	return runs, nil
}

// run is one point of a valid grid.
func (g *Grid) run(model *network.Graph, augmentation, levels string, seed uint64) Run {
	w, _ := parseWeights(model, levels) // validate has tried it
	r := Run{Model: model.Name, Parameters: model.Parameters(), Augmentation: augmentation, NValues: w.n, Levels: w.text,
		Recipe: g.Recipe(model, augmentation), Bits: w.bits, Reduction: w.reduction, graph: model, sets: w.sets}
	r.Recipe.Seed = seed
	r.Name = r.name()
	return r
}

// name is the name of the run's folder.
func (r *Run) name() string {
	return fmt.Sprintf("%s-%s-n%s-s%d", r.Model, r.Augmentation, r.levelsName(), r.Recipe.Seed)
}

// validate reports every mistake of g.
func (g *Grid) validate() error {
	var names []string
	for _, m := range g.Models {
		names = append(names, m.Name)
	}
	errs := []error{distinct("models", names), distinct("nvalues", g.NValues), distinct("augmentations", g.Augmentations), distinct("seeds", g.Seeds)}
	for _, m := range g.Models {
		for _, levels := range g.NValues {
			_, err := parseWeights(m, levels)
			errs = append(errs, err)
		}
	}
	for _, name := range slices.Concat(names, g.Augmentations) {
		errs = append(errs, checkName(name))
	}
	for _, m := range g.Models {
		for _, a := range g.Augmentations {
			if err := g.Recipe(m, a).Validate(); err != nil {
				errs = append(errs, fmt.Errorf("recipe of %s, augmentation %s: %w", m.Name, a, err))
			}
		}
	}
	return errors.Join(errs...)
}

// distinct checks that a list has a value, and none twice.
func distinct[T comparable](name string, list []T) error {
	if len(list) == 0 {
		return fmt.Errorf("%s: none: want one or more", name)
	}
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return fmt.Errorf("%s: %v stands there twice: want each once", name, v)
		}
	}
	return nil
}

// checkName checks that a name can be part of a file name.
func checkName(name string) error {
	for _, c := range []byte(name) {
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && c != '-' && c != '_' && (c < '0' || c > '9') {
			return fmt.Errorf("name %q: want letters, digits, - and _; rename the model's file", name)
		}
	}
	if name == "" || len(name) > network.MaxName {
		return fmt.Errorf("name %q: want 1 to %d letters", name, network.MaxName)
	}
	return nil
}
