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
	NValues       []int                                                          // levels of a weight; 0 = float32
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
	NValues      int            `json:"nvalues"` // 0: float32
	Recipe       trainer.Recipe `json:"recipe"`

	graph  *network.Graph
	levels quant.Levels
}

// Runs lists the runs: model by model, augmentation by augmentation, N by N, seed by seed. It returns ErrGrid
// with every value that is wrong or stands in its list twice.
func (g *Grid) Runs() ([]Run, error) {
	if err := g.validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGrid, err)
	}
	var runs []Run
	for _, model := range g.Models {
		for _, augmentation := range g.Augmentations {
			for _, n := range g.NValues {
				for _, seed := range g.Seeds {
					runs = append(runs, g.run(model, augmentation, n, seed))
				}
			}
		}
	}
	return runs, nil
}

// run is one point of a valid grid.
func (g *Grid) run(model *network.Graph, augmentation string, n int, seed uint64) Run {
	r := Run{Name: runName(model.Name, augmentation, n, seed), Model: model.Name,
		Parameters: model.Parameters(), Augmentation: augmentation, NValues: n, Recipe: g.Recipe(model, augmentation), graph: model}
	r.Recipe.Seed = seed
	if n != 0 {
		r.levels, _ = quant.ForN(n) // validate has tried it
	}
	return r
}

// runName is the name of a run's folder.
func runName(model, augmentation string, n int, seed uint64) string {
	return fmt.Sprintf("%s-%s-n%d-s%d", model, augmentation, n, seed)
}

// validate reports every mistake of g.
func (g *Grid) validate() error {
	var names []string
	for _, m := range g.Models {
		names = append(names, m.Name)
	}
	errs := []error{distinct("models", names), distinct("nvalues", g.NValues), distinct("augmentations", g.Augmentations), distinct("seeds", g.Seeds)}
	for _, n := range g.NValues {
		if _, err := quant.ForN(n); n != 0 && err != nil {
			errs = append(errs, fmt.Errorf("%w, or 0 for float32", err))
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
