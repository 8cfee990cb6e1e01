package network

import (
	"math"

	"lowres/quant"
)

// floatBits is the size of the float32 weight that packing is compared with.
const floatBits = 32

// Description says what one layer of an integer network holds. A pool has only
// Name, Kind and the shapes.
type Description struct {
	Name     string
	Kind     Kind
	In, Out  Shape
	Levels   quant.Levels
	Weights  int   // connection weights
	MACs     int64 // for one image
	Count    []int // weights at each level, by code
	Log2N    float64
	Entropy  float64  // bits a weight that the counts allow: −Σ p·log2 p
	Packed   []Packed // by packing, in the order of quant.Packings
	MinAccum int64    // AccumulatorRange
	MaxAccum int64
}

// Packed is the size of a layer's weights in one packing, filling included.
type Packed struct {
	Packing       quant.Packing
	Bytes         int
	BitsPerWeight float64
	Reduction     float64 // against float32
}

// Describe describes every layer of a network that Validate accepts.
func (n *Integer) Describe() []Description {
	all := make([]Description, len(n.Layers))
	for i := range n.Layers {
		l, p := &n.Graph.Layers[i], &n.Layers[i]
		all[i] = Description{Name: l.Name, Kind: l.Kind, In: l.InShape, Out: l.OutShape}
		if l.HasWeights() {
			all[i].describeWeights(p)
			all[i].MACs = l.MACs()
			all[i].MinAccum, all[i].MaxAccum = n.AccumulatorRange(i)
		}
	}
	return all
}

// describeWeights fills in what follows from levels and weights.
func (d *Description) describeWeights(p *IntegerLayer) {
	d.Levels, d.Weights = p.Levels, len(p.Weights)
	d.Log2N = math.Log2(float64(p.Levels.N()))
	d.Count = make([]int, p.Levels.N())
	for _, w := range p.Weights {
		code, _ := p.Levels.Code(int(w))
		d.Count[code]++
	}
	d.Entropy = entropy(d.Count, d.Weights)
	for _, packing := range quant.Packings() {
		size := p.Levels.PackedBytes(packing, d.Weights)
		bits := 8 * float64(size) / float64(d.Weights)
		d.Packed = append(d.Packed, Packed{packing, size, bits, floatBits / bits})
	}
}

// entropy is −Σ p·log2 p of the counts, in bits; 0·log2 0 is 0.
func entropy(counts []int, total int) (bits float64) {
	for _, c := range counts {
		if c > 0 {
			p := float64(c) / float64(total)
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
