package calibrate

import (
	"context"
	"fmt"
	mathbits "math/bits"
	"math/rand/v2"

	"lowres/quant"
	"lowres/rtlgen"
	"lowres/sim/arch"
	"lowres/sim/energy/gate"
	"lowres/sim/machine"
)

// The events of an accumulator, behind the clock.
const (
	sumAddress     = 1 + iota // bits of the address
	sumAddressFlop            // … for each flip-flop of the sums
	sumRead
	sumDrain // … for each flip-flop
	sumEvents
)

// holds are the positions of a block in the accumulators that are measured, of two blocks each: what an
// address turns is in part the same in all of them, in part goes with their sums.
var holds = []int{Hold, 2}

// positionsOfSums is how much of a stream goes through an accumulator, which has
// many registers and so takes long.
const positionsOfSums = 64

// Accumulator measures a column's partial sums on the beginnings of streams of
// weights of n levels; its blocks have hold positions, a power of two. In every second stream a sum of the
// other block is drained in each cycle, in every third the array is idle in every second cycle.
func (b *Bench) Accumulator(ctx context.Context, c Class, n, hold int, streams []Stream) (*Part, error) {
	sources, err := library()
	if err != nil {
		return nil, err
	}
	m := gate.Module{Top: "accumulator", Sources: sources, Parameters: []gate.Parameter{
		{Name: "AddrW", Value: mathbits.Len(uint(hold))}, {Name: "SumW", Value: c.SumBits()}, {Name: "AccW", Value: AccumulatorBits}}}
	shape := c.shape()
	shape.Hold = hold
	toggles := machine.NewToggles(shape)
	flipFlops := float64(2 * hold * AccumulatorBits)
	var rows [][]byte
	var samples []Sample
	half, drain := 0, 0
	for k, s := range streams {
		sample := Sample{Name: s.Name, N: n, HeldOut: s.HeldOut, Events: make([]float64, sumEvents)}
		var counts machine.Counts
		for j := range min(positionsOfSums, len(s.Issues)) {
			i := &s.Issues[j]
			toggles.Take(i.Tile, &counts)
			issue := *i
			issue.Slot = i.Slot % hold
			toggles.Issue(&issue, &counts)
			for valid := uint64(1); valid <= 1; valid-- {
				if k%2 == 1 {
					drain = (drain + 1) % hold
					sample.Events[sumDrain] += flipFlops
				}
				row := &bits{}
				row.put(valid, 1)
				row.put(flag(i.First), 1)
				row.put(uint64(half*hold|issue.Slot), mathbits.Len(uint(hold)))
				sum, negative := toggles.Sum(0)
				row.put(uint64(sum), c.SumBits())
				row.put(flag(negative), 1)
				row.put(uint64((1-half)*hold|drain), mathbits.Len(uint(hold)))
				rows = append(rows, row.row)
				sample.Cycles++
				if k%3 != 2 || valid == 0 {
					break
				}
			}
			if i.Ends {
				half = 1 - half
				toggles.Next()
			}
		}
		sample.Events[sumAddress] = float64(counts[machine.SumAddressToggle])
		sample.Events[sumAddressFlop] = float64(counts[machine.SumAddressToggle]) * flipFlops
		sample.Events[sumRead] = float64(counts[machine.SumReadToggle])
		samples = append(samples, sample)
	}
	return b.measure(ctx, m, inputs[m.Top], rows, samples)
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// The events of a tile, behind the clock.
const (
	tileToggle = 1 + iota
	tileEvents
)

// Tile measures the weights of a column, in place and behind, on streams.
func (b *Bench) Tile(ctx context.Context, c Class, n int, streams []Stream) (*Part, error) {
	sources, err := library()
	if err != nil {
		return nil, err
	}
	m := gate.Module{Top: "weight_tile", Sources: sources, Parameters: []gate.Parameter{
		{Name: "Lanes", Value: Lanes}, {Name: "Cols", Value: 1}, {Name: "DigitW", Value: 3 * c.Digits}}}
	toggles := machine.NewToggles(c.shape())
	var rows [][]byte
	var samples []Sample
	var before *machine.Issue
	for _, s := range streams {
		sample := Sample{Name: s.Name, N: n, HeldOut: s.HeldOut, Cycles: len(s.Issues), Events: make([]float64, tileEvents)}
		var counts machine.Counts
		for j := range s.Issues {
			i := &s.Issues[j]
			toggles.Take(i.Tile, &counts)
			changes := before == nil || &before.Tile[0] != &i.Tile[0]
			row := &bits{}
			row.put(flag(changes)*(1<<Lanes-1), Lanes)
			digits := &bits{row: c.dotRow(i)[Lanes:]}
			for at := range Lanes * c.Digits * 3 {
				row.put(uint64(digits.row[at/8]>>(at%8)&1), 1)
			}
			row.put(flag(changes), 1)
			rows = append(rows, row.row)
			before = i
		}
		sample.Events[tileToggle] = float64(counts[machine.WeightToggle])
		samples = append(samples, sample)
	}
	return b.measure(ctx, m, inputs[m.Top], rows, samples)
}

// The events of a decoder, behind the clock.
const (
	decodeWeights = 1 + iota
	decodeEvents
)

// Decoder measures the decoder of one level set with the register behind it: words
// of 128 bits, packed by byte, a new one in every cycle or in every fourth.
func (b *Bench) Decoder(ctx context.Context, l quant.Levels) (*Part, error) {
	spec := arch.DefaultSpec()
	spec.Name, spec.Levels = "measured", []int{l.N()}
	d, err := arch.New(spec)
	if err != nil {
		return nil, err
	}
	files, err := rtlgen.Generate(d)
	if err != nil {
		return nil, err
	}
	m := gate.Module{Top: "decoder_bench"}
	for _, f := range files {
		if f.Name == "measured_decoder.v" || f.Name == fmt.Sprintf("measured_decode_n%d.v", l.N()) {
			m.Sources = append(m.Sources, gate.Source{Name: f.Name, Text: f.Text})
		}
	}
	width := 3 * d.DigitCount() * d.CodesPerBeat(0)
	m.Sources = append(m.Sources, gate.Source{Name: "decoder_bench.v", Text: fmt.Appendf(nil, `
module decoder_bench (input wire clk_i, input wire [127:0] word_i, output reg [%[1]d:0] digits_q);
  wire [%[1]d:0] digits;
  measured_decoder decoder (.word_i(word_i), .digits_o(digits));
  always @(posedge clk_i) digits_q <= digits;
endmodule
`, width-1)})
	r := rand.New(rand.NewPCG(3, uint64(l.N())))
	var rows [][]byte
	var samples []Sample
	for k, every := range []int{1, 4, 1, 4} {
		sample := Sample{Name: fmt.Sprintf("a word every %d cycles", every), N: l.N(), HeldOut: k > 1, Cycles: 128, Events: make([]float64, decodeEvents)}
		var row []byte
		for i := range sample.Cycles {
			if i%every == 0 {
				if row, err = l.Pack(nil, d.Weights.Packing, gaussian(l, d.CodesPerBeat(0), r)); err != nil {
					return nil, err
				}
				sample.Events[decodeWeights] += float64(d.CodesPerBeat(0))
			}
			rows = append(rows, row)
		}
		samples = append(samples, sample)
	}
	return b.measure(ctx, m, []string{"word_i"}, rows, samples)
}

// The events of a requantiser, behind the clock.
const (
	requantised = 1 + iota
	requantiseEvents
)

// Requantiser measures a requantiser on Gaussian sums that fill the int8 range, a
// new one in every cycle or in every fourth, with a scale for each channel.
func (b *Bench) Requantiser(ctx context.Context) (*Part, error) {
	sources, err := library()
	if err != nil {
		return nil, err
	}
	m := gate.Module{Top: "requantise", Sources: sources, Parameters: []gate.Parameter{{Name: "AccW", Value: AccumulatorBits}}}
	r := rand.New(rand.NewPCG(4, 0))
	var rows [][]byte
	var samples []Sample
	for k, every := range []int{1, 4, 1, 4} {
		sample := Sample{Name: fmt.Sprintf("a sum every %d cycles", every), HeldOut: k > 1, Cycles: 128, Events: make([]float64, requantiseEvents)}
		var row []byte
		for i := range sample.Cycles {
			if i%every == 0 {
				sample.Events[requantised]++
				q, err := quant.NewRequantiser(0.02*(0.5+r.Float64()), true)
				if err != nil {
					return nil, err
				}
				b := &bits{}
				b.put(uint64(int64(2000*r.NormFloat64())), AccumulatorBits)
				b.put(uint64(int64(300*r.NormFloat64())), AccumulatorBits)
				b.put(uint64(q.Mult), 16)
				b.put(uint64(q.Shift), 6)
				b.put(1, 1) // ReLU
				b.put(0, 3) // not wide, plane 0
				row = b.row
			}
			rows = append(rows, row)
		}
		samples = append(samples, sample)
	}
	return b.measure(ctx, m, inputs[m.Top], rows, samples)
}
