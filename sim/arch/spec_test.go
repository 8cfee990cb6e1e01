package arch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/quant"
)

func TestTheDefaultDesignIsSound(t *testing.T) {
	_, err := New(DefaultSpec())
	require.NoError(t, err)
}

func TestEveryExampleIsSound(t *testing.T) {
	paths, err := filepath.Glob("../../examples/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		d, err := ReadFile(path)
		require.NoError(t, err, path)
		require.Equal(t, strings.TrimSuffix(filepath.Base(path), ".yaml"), d.Name, "a design is named like its file")
	}
}

func TestEveryFieldAtFaultIsReportedAtOnce(t *testing.T) {
	text := `
name: 9 lives
array: {lanes: 12, cols: 2, hold: 65, accumulator_bits: 33, requantisers: 3}
levels: [3, 6, 3]
weights: {packing: nibble, decode: never}
counters: some
buffers: {activation_bytes: 1000, weight_bytes: 128, parameter_bytes: 0, output_bytes: 3000000}
program: {load: 5, compute: 8192, store: 2}
memory: {width_bits: 96, latency_cycles: 0, burst_beats: 512, outstanding: 17}
clock_mhz: 0
technology: ""
`
	_, err := Parse([]byte(text))
	require.ErrorIs(t, err, ErrSpec)
	for _, want := range []string{
		`name: "9 lives": want 1 to 40 of a-z`, "array.lanes: 12: want a power of two from 4 to 64",
		"array.cols: 2: ", "array.hold: 65: want 1 to 64", "array.accumulator_bits: 33: ", "array.requantisers: 3: ",
		"levels[1]: 6: want one of [2 3 4 5 8 9 16 17]", "levels[2]: 3: ",
		"counters: some: want all or cycles", "weights.packing: nibble: want one of [byte word plain]", "weights.decode: never: want array or load",
		"buffers.activation_bytes: 1000: want a power of two", "buffers.weight_bytes: 128: ", "buffers.parameter_bytes: 0: ",
		"buffers.output_bytes: 3000000: ", "program.load: 5: ", "program.compute: 8192: ", "program.store: 2: ",
		"memory.width_bits: 96: ", "memory.latency_cycles: 0: ", "memory.burst_beats: 512: ", "memory.outstanding: 17: ",
		"clock_mhz: 0: want above 0", "technology: : want the name",
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestABurstStaysWithinFourKilobytes(t *testing.T) {
	s := DefaultSpec()
	s.Memory.WidthBits, s.Memory.BurstBeats = 512, 128
	_, err := New(s)
	require.ErrorContains(t, err, "memory.burst_beats: 128: want at most 64")
}

func TestADesignMustSayItsLevels(t *testing.T) {
	_, err := Parse([]byte("name: x\n"))
	require.ErrorContains(t, err, "levels: []: want at least one of")
}

// Three ternary weights have 14 sums up to their sign, five fill a byte with 243.
func TestTheShapeOfTablesFollowsFromTheLevels(t *testing.T) {
	s := DefaultSpec()
	s.Array.Cell = CellTableLUT
	d, err := New(s)
	require.NoError(t, err)
	require.Equal(t, [...]int{3, 6, 5, 10, 14}, [...]int{d.Tables.Group, d.Tables.Count, d.Tables.CodeBits(), d.Tables.ValueBits, d.Lead(0)})
	require.Equal(t, [...]int{4, 4, 8}, [...]int{d.TileWords(0), d.FillLatency(), d.SumLatency()}) // 96 codes, 25 to a beat
	s.Array.Cell = CellTableBlock
	d, err = New(s)
	require.NoError(t, err)
	require.Equal(t, [...]int{5, 4, 8, 11, 243}, [...]int{d.Tables.Group, d.Tables.Count, d.Tables.CodeBits(), d.Tables.ValueBits, d.Lead(0)})
	require.Equal(t, 4, d.TileWords(0))
}

func TestUnknownKeysAreReportedWithTheirLine(t *testing.T) {
	_, err := Parse([]byte("name: x\narray: {lane: 4}\nlevels: [3]\n"))
	require.ErrorIs(t, err, ErrSpec)
	require.ErrorContains(t, err, "line 2: array.lane: unknown key: want lanes, cols, pixels, hold")
}

func TestKindsOfFaultsAreReportedTogether(t *testing.T) {
	_, err := Parse([]byte("name: x\nfoo: 1\nclock_mhz: fast\narray: {lanes: 12, cols: 1.5, hold: 99}\nlevels: [x]\n"))
	for _, want := range []string{"line 2: foo: unknown key", "line 3: clock_mhz: fast: want a number",
		"line 4: array.cols: 1.5: want a whole number", "line 5: levels[0]: x: want a whole number",
		"array.lanes: 12: want a power of two", "array.hold: 99: want 1 to 64"} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "levels: []")
}

// Of a text that is no YAML no field is known, so none is wrong.
func TestATextThatIsNotYAMLIsTheOnlyFault(t *testing.T) {
	_, err := Parse([]byte("name: x\narray:\n  hold: 4 {lanes: 4}\nlevels: [3]\n"))
	require.ErrorIs(t, err, ErrSpec)
	require.ErrorContains(t, err, "not YAML: [3:9]")
	require.NotContains(t, err.Error(), "levels: []")
}

func TestAFileThatIsNotThereIsNamed(t *testing.T) {
	_, err := ReadFile("nowhere.yaml")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestTheHashFollowsTheDesignNotItsWords(t *testing.T) {
	a, err := Parse([]byte("name: x\nlevels: [3]\n"))
	require.NoError(t, err)
	b, err := Parse([]byte("# the same\nlevels:\n  - 3\nname: x\nclock_mhz: 200.0\n"))
	require.NoError(t, err)
	c, err := Parse([]byte("name: x\nlevels: [5]\n"))
	require.NoError(t, err)
	hashes := []string{}
	for _, d := range []*Design{a, b, c} {
		h, err := d.Hash()
		require.NoError(t, err)
		hashes = append(hashes, h)
	}
	require.Equal(t, hashes[0], hashes[1])
	require.NotEqual(t, hashes[0], hashes[2])
}

func TestDerivedQuantitiesOfTheDefaultArray(t *testing.T) {
	s := DefaultSpec()
	s.Levels = quant.PaperN()
	d, err := New(s)
	require.NoError(t, err)
	words := map[int]int{2: 2, 3: 4, 4: 4, 5: 6, 8: 8, 9: 8, 16: 8, 17: 16} // 256 weights, 16-byte beats
	for i, l := range d.Sets {
		require.Equal(t, words[l.N()], d.TileWords(i), l.String())
	}
	require.Equal(t, 2, d.DigitCount())
	require.Equal(t, 1+4+1, d.SumLatency())
	require.Equal(t, 128, d.ParameterGroupBytes())
	require.Equal(t, 16, d.PixelBytes(3))
	require.Equal(t, 32, d.PixelBytes(17))
}

func TestCustomLevelSets(t *testing.T) {
	d, err := Parse([]byte("name: x\nlevels: [3]\ncustom_levels: [[-4, -2, -1, 0, 1, 2, 4], [-100, 100]]\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"n3", "custom0", "custom1"}, []string{d.SetName(0), d.SetName(1), d.SetName(2)})
	require.Equal(t, []int{-100, 100}, d.Sets[2].Values())
	require.Equal(t, 4, d.DigitCount())
	d, err = Parse([]byte("name: x\ncustom_levels: [[-1, 0, 1]]\n"))
	require.NoError(t, err)
	require.Equal(t, "custom0", d.SetName(0))
	_, err = Parse([]byte("name: x\nlevels: [3]\ncustom_levels: [[-1, 0, 1], [-1, 2], [-300, 300], [-7, 7], [-7, 7]]\n"))
	for _, want := range []string{"custom_levels[0]: [-1 0 1]: want a set that levels", "custom_levels[1]: level set [-1 2]: level -1: want its negative",
		"custom_levels[2]: level set [-300 300]: level -300: want −128 to 128", "custom_levels[4]: [-7 7]: want a set"} {
		require.ErrorContains(t, err, want)
	}
}
