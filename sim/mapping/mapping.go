// Package mapping turns an integer network into the program that simulator and
// Verilog run on a design: it cuts layers into tiles that fit the buffers, lays
// packed weights, parameters and feature maps out in memory, and orders the
// three engines by tokens so that they overlap.
package mapping

import (
	"errors"
	"fmt"

	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// Errors of Map.
var (
	ErrUnsupported = errors.New("unsupported") // the machine has no way to run the layer
	ErrFit         = errors.New("does not fit")
)

// Map returns the program that runs net on d, balanced: MapFor with the options of zero.
func Map(net *network.Integer, d *arch.Design) (*program.Program, error) {
	return MapFor(net, d, Options{})
}

// MapFor returns the program that runs net on d. It cuts every layer in the way that is
// best at the goal when the layer runs alone, see docs/mapping.md; if that takes more
// instructions than the design holds, some layers in ways nearly so, or all in the fewest instructions. The pictures
// of a batch lie one behind the other in every feature map.
//
// It returns network.ErrNetwork for a network that is not sound, ErrUnsupported
// for a layer that the machine cannot run, and ErrFit for one that a buffer, the
// accumulator or a program memory is too small for; each names the layer or field
// and what to change.
func MapFor(net *network.Integer, d *arch.Design, o Options) (*program.Program, error) {
	if err := errors.Join(o.check(), net.Validate()); err != nil {
		return nil, err
	}
	layers, err := plan(net, &searcher{d: d, options: &o})
	if err != nil {
		return nil, err
	}
	image := newMapper(net.Graph, d, fastest)
	image.pictures = o.pictures()
	if err := image.image(layers); err != nil {
		return nil, err
	}
	var p *program.Program
	for _, prefer := range []policy{fastest, lean, fewest} {
		s := &searcher{d: d, options: &o, prefer: prefer}
		if p, err = s.build(net.Graph, image, layers); err != nil {
			return nil, err
		}
		if err = p.Validate(d); err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFit, err)
	}
	return p, nil
}
