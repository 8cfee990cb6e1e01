package quant

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWeightsPerByteAndReductionAreThePapersTable3(t *testing.T) {
	for n, want := range map[int]int{2: 8, 3: 5, 4: 4, 5: 3, 8: 2, 9: 2, 16: 2, 17: 1} {
		l := paper(t, n)
		require.Equal(t, want, l.CodesPerByte(), "N=%d", n)
		require.Equal(t, want*4, 4*120/l.PackedBytes(Byte, 120), "reduction for N=%d", n)
	}
}

func TestCodesPerWord(t *testing.T) {
	for _, c := range []struct{ n, word, plain int }{
		{2, 64, 64}, {3, 40, 32}, {4, 32, 32}, {5, 27, 21}, {8, 21, 21}, {9, 20, 16}, {16, 16, 16}, {17, 15, 12},
	} {
		l := paper(t, c.n)
		require.Equal(t, c.word, l.CodesPerWord(Word), "word, N=%d", c.n)
		require.Equal(t, c.plain, l.CodesPerWord(Plain), "plain, N=%d", c.n)
	}
}

func TestCodesPerWordIsTheMostThatFit(t *testing.T) {
	for _, l := range testSets(t) {
		for _, p := range Packings() {
			room := new(big.Int).Lsh(big.NewInt(1), uint(p.wordBits()))
			digit := new(big.Int).SetUint64(l.radix(p))
			k := int64(l.CodesPerWord(p))
			fits := new(big.Int).Exp(digit, big.NewInt(k), nil)
			tooMany := new(big.Int).Exp(digit, big.NewInt(k+1), nil)
			require.LessOrEqual(t, fits.Cmp(room), 0, "%v %s", l, p)
			require.Positive(t, tooMany.Cmp(room), "%v %s", l, p)
		}
	}
}

func TestUnpackUndoesPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anySet().Draw(t, "levels")
		p := rapid.SampledFrom(Packings()).Draw(t, "packing")
		codes := rapid.SliceOfN(rapid.IntRange(0, l.N()-1), 0, 200).Draw(t, "codes")
		w := make([]int16, len(codes))
		for i, c := range codes {
			w[i] = int16(l.Value(c))
		}
		packed, err := l.Pack([]byte("head"), p, w)
		require.NoError(t, err)
		require.Equal(t, "head", string(packed[:4]))
		packed = packed[4:]
		require.Len(t, packed, l.PackedBytes(p, len(w)))
		require.Equal(t, slowPack(l, p, codes), packed)
		got := make([]int16, len(w))
		require.NoError(t, l.Unpack(got, p, packed))
		require.Equal(t, w, got)
	})
}

// slowPack packs codes with big integers, straight from the definition.
func slowPack(l Levels, p Packing, codes []int) []byte {
	radix := int64(l.N())
	if p == Plain {
		radix = int64(math.Pow(2, math.Ceil(math.Log2(float64(l.N())))))
	}
	packed := []byte{}
	for k := l.CodesPerWord(p); len(codes) > 0; {
		n := min(k, len(codes))
		word := new(big.Int)
		for i, c := range codes[:n] {
			power := new(big.Int).Exp(big.NewInt(radix), big.NewInt(int64(i)), nil)
			word.Add(word, power.Mul(power, big.NewInt(int64(c))))
		}
		bytes := word.FillBytes(make([]byte, p.wordBits()/8)) // big-endian
		for i := len(bytes) - 1; i >= 0; i-- {
			packed = append(packed, bytes[i])
		}
		codes = codes[n:]
	}
	return packed
}

func TestPackedBytesOfAListUnpackToNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anySet().Draw(t, "levels")
		p := rapid.SampledFrom(Packings()).Draw(t, "packing")
		w := make([]int16, rapid.IntRange(0, 100).Draw(t, "weights"))
		size := l.PackedBytes(p, len(w))
		src := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "bytes")
		if err := l.Unpack(w, p, src); err != nil {
			require.ErrorIs(t, err, ErrLevels)
			return
		}
		again, err := l.Pack(nil, p, w)
		require.NoError(t, err)
		require.Equal(t, src, append([]byte{}, again...))
	})
}

func TestPackRefusesWhatIsNoLevel(t *testing.T) {
	for _, w := range [][]int16{{1, 0}, {1, 2}, {1, -129}, {1, 129}, {1, math.MaxInt16}, {1, math.MinInt16}} {
		dst, err := paper(t, 2).Pack(nil, Byte, w)
		require.ErrorIs(t, err, ErrLevels)
		require.ErrorContains(t, err, "weight 1 is")
		require.Empty(t, dst)
	}
}

func TestUnpackRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		n       int
		packing Packing
		count   int
		src     []byte
		want    string
	}{
		"too few bytes":                        {3, Byte, 6, []byte{0}, "1 bytes of packed weights: want 2 for 6 weights"},
		"a byte above 3^5 − 1":                 {3, Byte, 5, []byte{243}, "weights 0 to 4: word 0xf3: want nothing after its 5 codes"},
		"filling other than code 0":            {3, Byte, 6, []byte{242, 3}, "weights 5 to 5"},
		"a reserved plain code":                {3, Plain, 2, []byte{0b1100, 0, 0, 0, 0, 0, 0, 0}, "digit 1 is the reserved code 3: want 0 to 2"},
		"the spare bit of 21 codes of 3 bits":  {5, Plain, 21, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, "want nothing after its 21 codes"},
		"a word above 5^27 − 1":                {5, Word, 27, []byte{255, 255, 255, 255, 255, 255, 255, 255}, "reserved|nothing"},
		"filling after the last code of plain": {4, Plain, 1, []byte{4, 0, 0, 0, 0, 0, 0, 0}, "nothing after its 1 codes"},
	} {
		err := paper(t, c.n).Unpack(make([]int16, c.count), c.packing, c.src)
		require.ErrorIs(t, err, ErrLevels, name)
		require.Regexp(t, c.want, err.Error(), name)
	}
}

func TestBitsPerWeight(t *testing.T) {
	const count = 64 * 27 * 40 * 15 // whole words for most sets
	bits := func(n int, p Packing) float64 { return 8 * float64(paper(t, n).PackedBytes(p, count)) / count }
	require.InDelta(t, 2.37, bits(5, Word), 0.005)
	require.InDelta(t, 2.67, bits(5, Byte), 0.005)
	require.InDelta(t, 1.6, bits(3, Word), 1e-9)
	require.InDelta(t, 1.6, bits(3, Byte), 1e-9)
	require.InDelta(t, 2, bits(3, Plain), 1e-9)
	for _, l := range testSets(t) {
		for _, p := range Packings() {
			require.GreaterOrEqual(t, 8*float64(l.PackedBytes(p, count))/count, math.Log2(float64(l.N())), "%v %s", l, p)
		}
	}
}

func TestPackingValidateNamesThePackings(t *testing.T) {
	for _, p := range Packings() {
		require.NoError(t, p.Validate())
	}
	require.EqualError(t, Packing("nibble").Validate(), `packing "nibble": want "byte", "word" or "plain"`)
}

func BenchmarkPack(b *testing.B) {
	for _, p := range Packings() {
		l, w := paper(b, 3), make([]int16, 1<<20)
		l.Quantise(w, uniform(len(w)))
		b.Run(string(p), func(b *testing.B) {
			b.SetBytes(int64(len(w)))
			for b.Loop() {
				packed, err := l.Pack(nil, p, w)
				require.NoError(b, err)
				require.NoError(b, l.Unpack(w, p, packed))
			}
		})
	}
}
