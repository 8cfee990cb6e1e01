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

func TestThePapersSetsPackAsManyCodesAsFit(t *testing.T) {
	for _, n := range PaperN() {
		l := paper(t, n)
		for p, width := range map[Packing]uint{Byte: 8, Word: 64} {
			room := new(big.Int).Lsh(big.NewInt(1), width)
			k := int64(l.CodesPerWord(p))
			fits := new(big.Int).Exp(big.NewInt(int64(n)), big.NewInt(k), nil)
			tooMany := new(big.Int).Exp(big.NewInt(int64(n)), big.NewInt(k+1), nil)
			require.LessOrEqual(t, fits.Cmp(room), 0, "%v %s", l, p)
			require.Positive(t, tooMany.Cmp(room), "%v %s", l, p)
		}
	}
}

func TestNoPackingIsWorseThanPlain(t *testing.T) {
	for _, l := range testSets(t) {
		require.GreaterOrEqual(t, l.CodesPerWord(Word), l.CodesPerWord(Plain), "%v", l)
		require.GreaterOrEqual(t, l.CodesPerWord(Word), 8*l.CodesPerWord(Byte), "%v", l)
	}
}

func TestFieldsFillAWordWithoutOverlap(t *testing.T) {
	for _, l := range testSets(t) {
		for _, p := range Packings() {
			o := l.Layout(p)
			at := 0
			for _, f := range o.Fields {
				require.Equal(t, at, f.Shift, "%v %s", l, p)
				at += f.Bits
				require.True(t, f.Bits <= 8 || o.Escaped, "%v %s: %+v", l, p, f)
			}
			require.LessOrEqual(t, at, o.WordBits, "%v %s", l, p)
		}
	}
}

// Every list of symbols has its own value of an escaped field.
func TestEscapedFieldsHoldEveryListOfSymbols(t *testing.T) {
	o := paper(t, 17).Layout(Word)
	require.True(t, o.Escaped)
	require.Equal(t, []Field{{0, 17, 4}, {17, 17, 4}, {34, 17, 4}, {51, 13, 3}}, o.Fields)
	require.Equal(t, uint64(0b1_0000_0010_0111_1010), o.encode([]int{7, 16, 2, 16}), "the example of docs/file-formats.md")
	for _, f := range o.Fields[2:] {
		legal, want := 0, 1
		for range f.Symbols {
			want *= 17
		}
		for value := range uint64(1) << f.Bits {
			symbols := make([]int, f.Symbols)
			if !o.decode(symbols, value) {
				continue
			}
			legal++
			for _, s := range symbols {
				require.True(t, s >= 0 && s < 17)
			}
		}
		require.Equal(t, want, legal)
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

// slowPack packs codes with big integers, straight from docs/file-formats.md. It
// knows the words of the paper's sets alone; others it leaves to Pack.
func slowPack(l Levels, p Packing, codes []int) []byte {
	n, width, each, wordBits := l.N(), 8, l.CodesPerWord(Byte), 8
	if p == Plain {
		n, each, wordBits = int(math.Pow(2, math.Ceil(math.Log2(float64(n))))), 1, 64
		width = int(math.Log2(float64(n)))
	}
	if p == Word {
		wordBits = 64
		switch n {
		case 2, 3, 4, 5, 8, 16:
			width, each = map[int]int{2: 1, 3: 8, 4: 2, 5: 7, 8: 3, 16: 4}[n], map[int]int{2: 1, 3: 5, 4: 1, 5: 3, 8: 1, 16: 1}[n]
		case 9:
			return slowPairs(l, codes)
		default:
			w := make([]int16, len(codes))
			for i, c := range codes {
				w[i] = int16(l.Value(c))
			}
			packed, _ := l.Pack([]byte{}, Word, w)
			return packed
		}
	}
	packed := []byte{}
	for k := l.CodesPerWord(p); len(codes) > 0; {
		count := min(k, len(codes))
		word := new(big.Int)
		for i, c := range codes[:count] {
			power := new(big.Int).Exp(big.NewInt(int64(n)), big.NewInt(int64(i%each)), nil)
			power.Mul(power, big.NewInt(int64(c)))
			word.Add(word, power.Lsh(power, uint(i/each*width)))
		}
		bytes := word.FillBytes(make([]byte, wordBits/8)) // big-endian
		for i := len(bytes) - 1; i >= 0; i-- {
			packed = append(packed, bytes[i])
		}
		codes = codes[count:]
	}
	return packed
}

// slowPairs packs a set of nine levels in words: two ternary digits a code, five
// of those a byte.
func slowPairs(l Levels, codes []int) []byte {
	ternary, _ := ForN(3)
	var digits []int
	for _, c := range codes {
		digits = append(digits, c%3, c/3)
	}
	for len(digits)%40 != 0 {
		digits = append(digits, 0)
	}
	return slowPack(ternary, Byte, digits)
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
		"a byte above 3^5 − 1":                 {3, Byte, 5, []byte{243}, "weights 0 to 4: word 0xf3: bits 7 to 0 hold the reserved value 243"},
		"filling other than code 0":            {3, Byte, 6, []byte{242, 3}, "weights 5 to 5"},
		"a reserved plain code":                {3, Plain, 2, []byte{0b1100, 0, 0, 0, 0, 0, 0, 0}, "bits 3 to 2 hold the reserved value 3"},
		"the spare bit of 21 codes of 3 bits":  {5, Plain, 21, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, "want nothing above bit 62"},
		"a field above 5^3 − 1":                {5, Word, 27, []byte{125, 0, 0, 0, 0, 0, 0, 0}, "bits 6 to 0 hold the reserved value 125"},
		"the spare bit of nine fields":         {5, Word, 27, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, "want nothing above bit 62"},
		"a pair of ternary digits above 8":     {9, Word, 20, []byte{0, 243, 0, 0, 0, 0, 0, 0}, "bits 15 to 8 hold the reserved value 243"},
		"an escape of no code":                 {17, Word, 15, []byte{0, 0, 1, 0, 0, 0, 0, 0}, "bits 16 to 0 hold the reserved value 65536"},
		"an escaped code that is not zero":     {17, Word, 15, []byte{0x13, 0, 1, 0, 0, 0, 0, 0}, "bits 16 to 0 hold the reserved value 65555"},
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
