package network

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lowres/quant"
)

// ParseLevels reads the level set of every layer of a resolved graph from text; the result runs parallel to
// g.Layers. The text is a list of items with commas between them:
//
//	3                    all layers with levels
//	17,3,3,5             each of them, in order
//	3,first=17,last=17   all but the first and the last of them
//	3,conv2=5            all but the named one
//
// A colon may stand for a comma: 17:3:3:5. A set is the number of levels of one of the paper's, 0 for float32, or its levels with slashes between
// them: -4/-2/-1/0/1/2/4. Of two items for one layer the later counts, and a layer's own name goes before
// first and last. It returns quant.ErrLevels for anything else.
func ParseLevels(g *Graph, text string) ([]quant.Levels, error) {
	var sets []quant.Levels
	var where []string
	for _, item := range strings.Split(strings.ReplaceAll(text, ":", ","), ",") {
		place, set, named := strings.Cut(strings.TrimSpace(item), "=")
		if !named {
			place, set = "", place
		}
		levels, err := parseSet(strings.TrimSpace(set))
		if err != nil {
			return nil, err
		}
		sets, where = append(sets, levels), append(where, strings.TrimSpace(place))
	}
	return g.assign(sets, where)
}

// parseSet reads one level set.
func parseSet(text string) (quant.Levels, error) {
	var values []int
	for _, v := range strings.Split(text, "/") {
		n, err := strconv.Atoi(v)
		if err != nil {
			return quant.Levels{}, fmt.Errorf("%w: %q: want a number of levels, or levels such as -2/-1/0/1/2", quant.ErrLevels, text)
		}
		values = append(values, n)
	}
	switch {
	case len(values) > 1:
		return quant.Custom(values)
	case values[0] == 0:
		return quant.Levels{}, nil
	}
	levels, err := quant.ForN(values[0])
	if err != nil {
		err = fmt.Errorf("%w, 0 for float32, or levels such as -2/-1/0/1/2", err)
	}
	return levels, err
}

// assign gives sets[k] to the layer where[k]; those for "" are for all layers with levels.
func (g *Graph) assign(sets []quant.Levels, where []string) ([]quant.Levels, error) {
	layers, names := g.withLevels()
	if len(layers) == 0 {
		return nil, fmt.Errorf("%w: %s has no layer with levels", quant.ErrLevels, g.Name)
	}
	all := make([]quant.Levels, len(g.Layers))
	plain := 0
	for plain < len(where) && where[plain] == "" {
		plain++
	}
	if plain != 1 && plain != len(layers) {
		return nil, fmt.Errorf("%w: %d sets: want 1 for all layers, or %d for %s", quant.ErrLevels, plain, len(layers), strings.Join(names, ", "))
	}
	for k, i := range layers {
		all[i] = sets[min(k, plain-1)]
	}
	for k, name := range where[plain:] {
		at, err := place(name, names)
		if err != nil {
			return nil, err
		}
		all[layers[at]] = sets[plain+k]
	}
	return all, nil
}

// withLevels lists the layers whose weights are quantised, and their names.
func (g *Graph) withLevels() (layers []int, names []string) {
	for i := range g.Layers {
		if g.Layers[i].HasLevels() {
			layers, names = append(layers, i), append(names, g.Layers[i].Name)
		}
	}
	return layers, names
}

// place is the index in names that a name, first or last stands for.
func place(name string, names []string) (int, error) {
	if at := slices.Index(names, name); at >= 0 {
		return at, nil
	}
	switch name {
	case "first":
		return 0, nil
	case "last":
		return len(names) - 1, nil
	case "":
		return 0, fmt.Errorf("%w: a set without a layer after one with: want those for all layers first", quant.ErrLevels)
	}
	return 0, fmt.Errorf("%w: layer %q: want first, last or one of %s", quant.ErrLevels, name, strings.Join(names, ", "))
}

// SetLevels gives every layer its level set. It returns ErrShape, and changes nothing, unless there is one
// for each layer, with none for those that have no levels.
func (f *Float) SetLevels(levels []quant.Levels) error {
	with := *f
	with.Levels = slices.Clone(levels)
	if err := with.Validate(); err != nil {
		return err
	}
	f.Levels = with.Levels
	return nil
}
