package kernel

// Dropout says which elements fall away. Element i is multiplied by 0 where hash(First + i) < Threshold, and by Keep
// elsewhere. Modulo 2³², hash(n) is z of
//
//	w = (n·0x9e3779b9 + Key[0]) ^ Key[1];   x = (w ^ w>>16)·0x7feb352d;   y = (x ^ x>>15)·0x846ca68b;   z = y ^ y>>16
type Dropout struct {
	Key       [2]uint32
	First     uint32
	Threshold uint32
	Keep      float32
}

// NewDropout lets a part rate of all elements, 0 to below 1, fall away and multiplies the others by 1/(1 − rate). The bits
// choose which.
func NewDropout(rate float64, bits uint64) Dropout {
	return Dropout{Key: [2]uint32{uint32(bits), uint32(bits >> 32)}, Threshold: uint32(rate * (1 << 32)), Keep: float32(1 / (1 - rate))}
}

// The numbers of the hash: 2³² divided by the golden ratio, and those of lowbias32 of Chris Wellons's hash-prospector.
const (
	hashStep   = 0x9e3779b9
	hashFirst  = 0x7feb352d
	hashSecond = 0x846ca68b
)

// keeps reports whether element i does not fall away.
func (d *Dropout) keeps(i uint32) bool {
	x := ((d.First+i)*hashStep + d.Key[0]) ^ d.Key[1]
	x = (x ^ x>>16) * hashFirst
	x = (x ^ x>>15) * hashSecond
	return x^x>>16 >= d.Threshold
}

// dropGo is Set.Drop.
func dropGo(dst, src []float32, d Dropout) {
	src = src[:len(dst)]
	for i, v := range src {
		if dst[i] = 0; d.keeps(uint32(i)) {
			dst[i] = v * d.Keep
		}
	}
}
