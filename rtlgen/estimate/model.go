package estimate

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"

	"lowres/rtlgen/synth"
)

// ErrModel is returned where the model lacks a kind of block.
var ErrModel = errors.New("estimate")

// ErrForm is returned for a design with a form of the array that was not fitted.
var ErrForm = errors.New("no estimate")

// Model holds the coefficients of every kind of block, by target.
type Model map[synth.Target]map[string]*Coefficients

// Coefficients say how the resources of a block follow from its X: each is the sum of
// coefficient times quantity, rounded.
type Coefficients struct {
	LUT     []float64 `json:"lut"`
	FF      []float64 `json:"ff"`
	BRAM    []float64 `json:"bram"`
	Carry   []float64 `json:"carry"`
	Samples int       `json:"samples"` // that they were fitted to
}

// At is what an instance takes.
func (c *Coefficients) At(x []float64) synth.Resources {
	return synth.Resources{
		LUT: int(math.Round(dotted(c.LUT, x))), FF: int(math.Round(dotted(c.FF, x))),
		BRAM: math.Round(2*dotted(c.BRAM, x)) / 2, Carry: int(math.Round(dotted(c.Carry, x))),
	}
}

// dotted is the sum of products; coefficients that are left out are 0.
func dotted(a, x []float64) (sum float64) {
	for i := range a {
		sum += a[i] * x[i]
	}
	return max(sum, 0)
}

//go:embed model.json
var modelText []byte

// Fitted is the model that lowres ships, of the Verilog that it ships.
var Fitted = sync.OnceValues(func() (Model, error) {
	var m Model
	if err := json.Unmarshal(modelText, &m); err != nil {
		return nil, fmt.Errorf("%w: model.json: %w", ErrModel, err)
	}
	return m, nil
})
