// Package calibrate measures what the parts of the accelerator cost in a cell
// library, and fits the energies of events that the simulator counts.
package calibrate

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"lowres/network"
	"lowres/quant"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
)

// ErrStreams is returned for networks that give no streams.
var ErrStreams = errors.New("streams")

// Lanes and Hold are those of the array that is measured; a column of it is.
const (
	Lanes           = 16
	Hold            = 16
	AccumulatorBits = 24
)

// Length is the positions of a stream, that is, its cycles.
const Length = 128

// Stream is what goes through one column of the array in successive cycles.
type Stream struct {
	Name    string
	HeldOut bool // not fitted, only predicted
	Issues  []machine.Issue
}

// Source is a network with an input, from which streams are taken.
type Source struct {
	Name    string
	Network *network.Integer
	Input   []int8
}

// Collect takes two streams of every layer of a network that runs on the array,
// from a quarter and from three quarters of its cycles. Every second layer is held
// out. The streams are those of the column 0 of an array of Lanes × 4.
func Collect(s Source) ([]Stream, error) {
	d, err := designFor(s.Network)
	if err != nil {
		return nil, err
	}
	p, err := mapping.Map(s.Network, d)
	if err != nil {
		return nil, err
	}
	m, err := machine.New(d, p)
	if err != nil {
		return nil, err
	}
	layers := machine.Layers(d, p, m.Timing())
	starts := map[int][]int{} // by layer: where its streams begin
	var streams []Stream
	at := map[int][]int{} // … their indices in streams
	for i := range layers {
		l := &layers[i]
		if int(l.Active) < 4*Length {
			continue
		}
		for _, quarter := range []int{1, 3} {
			starts[l.Index] = append(starts[l.Index], int(l.Active)*quarter/4-Length/2)
			at[l.Index] = append(at[l.Index], len(streams))
			streams = append(streams, Stream{
				Name:    fmt.Sprintf("%s %s %d/4", s.Name, s.Network.Graph.Layers[l.Index].Name, quarter),
				HeldOut: len(at)%2 == 0,
			})
		}
	}
	if len(streams) == 0 {
		return nil, fmt.Errorf("%w: no layer of %s has %d cycles on an array of %d lanes", ErrStreams, s.Name, 4*Length, Lanes)
	}
	memory := m.Memory()
	if err := p.Input().Put(memory, s.Input); err != nil {
		return nil, err
	}
	seen := map[int]int{}
	_, err = m.Run(memory, machine.Options{Issue: func(i machine.Issue) {
		n := seen[i.Layer]
		seen[i.Layer]++
		for k, start := range starts[i.Layer] {
			if n >= start && n < start+Length {
				i.Word, i.Tile = slices.Clone(i.Word), slices.Clone(i.Tile[:Lanes])
				stream := &streams[at[i.Layer][k]]
				stream.Issues = append(stream.Issues, i)
			}
		}
	}})
	return streams, err
}

// designFor is the array on which a network's streams are taken.
func designFor(net *network.Integer) (*arch.Design, error) {
	s := arch.DefaultSpec()
	s.Array.Lanes, s.Array.Cols, s.Array.Hold, s.Array.AccumulatorBits, s.Array.Requantisers = Lanes, 4, Hold, 32, 4
	s.Buffers = arch.Buffers{Activation: 1 << 19, Weight: 1 << 19, Parameter: 1 << 14, Output: 1 << 17, Table: s.Buffers.Table}
	s.Program = arch.Depths{Load: arch.MaxDepth, Compute: arch.MaxDepth, Store: arch.MaxDepth}
	s.Levels = nil
	for i := range net.Layers {
		if l := net.Layers[i].Levels; !l.IsZero() && !slices.Contains(s.Levels, l.N()) {
			s.Levels = append(s.Levels, l.N())
		}
	}
	if len(s.Levels) == 0 {
		return nil, fmt.Errorf("%w: the network has no weights", ErrStreams)
	}
	return arch.New(s)
}

// Reweight replaces a stream's weights by Gaussian ones, quantised to other levels
// as trained ones are; activations stay.
func Reweight(s Stream, l quant.Levels, r *rand.Rand) Stream {
	out := Stream{Name: fmt.Sprintf("%s, Gaussian weights", s.Name), HeldOut: s.HeldOut}
	var before, tile []int16
	for _, i := range s.Issues {
		if before == nil || !slices.Equal(before, i.Tile) {
			before, tile = i.Tile, gaussian(l, len(i.Tile), r)
		}
		i.Tile = tile
		out.Issues = append(out.Issues, i)
	}
	return out
}

// gaussian draws n weights. Many are drawn to find the quantiser's scale.
func gaussian(l quant.Levels, n int, r *rand.Rand) []int16 {
	weights, levels := make([]float32, 1024), make([]int16, 1024)
	for i := range weights {
		weights[i] = float32(r.NormFloat64())
	}
	l.Quantise(levels, weights)
	return slices.Clone(levels[:n])
}

// Synthetic makes streams without a network: activations after a ReLU, half of them
// zero, else the upper half of a Gaussian of deviation 32, in the same channel alike
// from one position to the next with a correlation; weights as Reweight's, held for
// some positions. None is held out.
func Synthetic(l quant.Levels, r *rand.Rand) []Stream {
	var streams []Stream
	for _, hold := range []int{1, 4, 64} {
		for _, correlation := range []float64{0, 0.9} {
			s := Stream{Name: fmt.Sprintf("ReLU, half zero, correlation %g, weights held %d", correlation, hold)}
			state := make([]float64, Lanes)
			var tile []int16
			for i := range Length {
				if i%hold == 0 {
					tile = gaussian(l, Lanes, r)
				}
				block := min(hold, Hold) // positions that share a step
				s.Issues = append(s.Issues, machine.Issue{Word: correlated(state, correlation, r), Tile: tile,
					Slot: i % block, First: i/block%9 == 0, Ends: i/block%9 == 8 && i%block == block-1})
			}
			streams = append(streams, s)
		}
	}
	return streams
}

// correlated draws the next activations.
func correlated(state []float64, correlation float64, r *rand.Rand) []byte {
	word := make([]byte, len(state))
	noise := math.Sqrt(1 - correlation*correlation)
	for i := range state {
		state[i] = correlation*state[i] + r.NormFloat64()*noise
		word[i] = byte(int8(min(max(32*state[i], 0), 127)))
	}
	return word
}
