package liberty

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Table is a function of an input transition and an output load, sampled on a
// grid. One axis or both may be missing.
type Table struct {
	Slews, Loads []float64 // in seconds and farads; empty: the value does not depend on it
	Values       []float64 // [slew][load]
}

// At interpolates linearly in both axes, and beyond them, as static timing
// analysis does. Slew is in seconds, load in farads.
func (t *Table) At(slew, load float64) float64 {
	i, u := segment(t.Slews, slew)
	j, v := segment(t.Loads, load)
	width := max(len(t.Loads), 1)
	row := func(i int) float64 {
		a := t.Values[i*width+j]
		if len(t.Loads) < 2 {
			return a
		}
		return a*(1-v) + t.Values[i*width+j+1]*v
	}
	if len(t.Slews) < 2 {
		return row(0)
	}
	return row(i)*(1-u) + row(i+1)*u
}

// segment finds the interval of a rising axis to interpolate in, and where in it
// x lies: 0 … 1 inside, beyond that outside.
func segment(axis []float64, x float64) (int, float64) {
	if len(axis) < 2 {
		return 0, 0
	}
	i := 0
	for i < len(axis)-2 && axis[i+1] <= x {
		i++
	}
	return i, (x - axis[i]) / (axis[i+1] - axis[i])
}

// templates are the named axes of a library.
type templates map[string]*Group

// table reads a table group, with values in the given unit.
func (u *units) table(g *Group, named templates, value float64) (*Table, error) {
	t := &Table{}
	template := &Group{}
	if len(g.Args) > 0 && named[g.Args[0]] != nil {
		template = named[g.Args[0]]
	}
	size := 1
	for _, axis := range []string{"1", "2"} {
		text := g.Attrs["index_"+axis]
		if len(text) == 0 {
			text = template.Attrs["index_"+axis]
		}
		if len(text) == 0 {
			continue
		}
		points, err := numbers(text)
		if err != nil || len(points) == 0 || !slices.IsSorted(points) || len(slices.Compact(slices.Clone(points))) != len(points) {
			return nil, fmt.Errorf("%w: line %d: index_%s: want rising numbers", ErrLiberty, g.Line, axis)
		}
		size *= len(points)
		switch variable := template.attr("variable_" + axis); variable {
		case "input_net_transition", "input_transition_time", "related_pin_transition":
			t.Slews = scaled(points, u.seconds)
		case "total_output_net_capacitance":
			t.Loads = scaled(points, u.farads)
		default:
			return nil, fmt.Errorf("%w: line %d: variable_%s %q: want a transition or a load", ErrLiberty, g.Line, axis, variable)
		}
		if axis == "2" && len(t.Slews) > 0 && template.attr("variable_1") == "total_output_net_capacitance" {
			return nil, fmt.Errorf("%w: line %d: want the transition first, then the load", ErrLiberty, g.Line)
		}
	}
	values, err := numbers(g.Attrs["values"])
	if err != nil {
		return nil, fmt.Errorf("%w: line %d: values: %w", ErrLiberty, g.Line, err)
	}
	if len(values) != size {
		return nil, fmt.Errorf("%w: line %d: %d values: want %d", ErrLiberty, g.Line, len(values), size)
	}
	t.Values = scaled(values, value)
	return t, nil
}

// numbers reads lists of numbers, each several behind commas or blanks.
func numbers(texts []string) ([]float64, error) {
	var all []float64
	for _, text := range texts {
		for _, field := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n\\", r) }) {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return nil, fmt.Errorf("%q: want a number", field)
			}
			all = append(all, v)
		}
	}
	return all, nil
}

func scaled(values []float64, by float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v * by
	}
	return out
}
