package network

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/quant"
)

// encoded returns the bytes of a file.
func encoded(t require.TestingT, f *File) []byte {
	var buffer bytes.Buffer
	require.NoError(t, f.Write(&buffer))
	return buffer.Bytes()
}

// tinyFile is the file of docs/file-formats.md.
func tinyFile(t require.TestingT) *File {
	return &File{Network: tinyInteger(t), Packing: quant.Byte, Info: map[string]string{"epochs": "3", "accuracy": "0.41"}}
}

func TestAFileReadsAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := &File{
			Network: anyInteger().Draw(t, "network"),
			Packing: rapid.SampledFrom(quant.Packings()).Draw(t, "packing"),
			Info:    rapid.MapOfN(rapid.String(), rapid.String(), 1, 5).Draw(t, "info"),
		}
		data := encoded(t, want)
		got, err := ReadLRN(bytes.NewReader(data))
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, data, encoded(t, got))
		require.Equal(t, data, encoded(t, want), "the same file twice")
	})
}

func TestWithoutPackingAFileIsPackedByByte(t *testing.T) {
	f := &File{Network: tinyInteger(t)}
	got, err := ReadLRN(bytes.NewReader(encoded(t, f)))
	require.NoError(t, err)
	require.Equal(t, quant.Byte, got.Packing)
	require.Nil(t, got.Info)
}

func TestHashIsThatOfTheNetworkAlone(t *testing.T) {
	f := tinyFile(t)
	want, err := f.Network.Hash()
	require.NoError(t, err)
	for _, packing := range quant.Packings() {
		f.Packing = packing
		read, err := ReadLRN(bytes.NewReader(encoded(t, f)))
		require.NoError(t, err)
		got, err := read.Network.Hash()
		require.NoError(t, err)
		require.Equal(t, want, got, packing)
	}
	f.Network.Layers[2].Bias[0]++
	other, err := f.Network.Hash()
	require.NoError(t, err)
	require.NotEqual(t, want, other)
	f.Network.InputScale = 0
	_, err = f.Network.Hash()
	require.ErrorIs(t, err, ErrNetwork)
}

func TestWriteRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(f *File)
		want  string
	}{
		"a broken network":         {func(f *File) { f.Network.Layers[0].Weights[0] = 7 }, "layer conv1: weight 0 is 7"},
		"a graph never resolved":   {func(f *File) { f.Network.Graph.Layers[0].OutShape.C++ }, "graph is not resolved"},
		"no graph":                 {func(f *File) { f.Network.Graph = nil }, "graph is not resolved"},
		"an unknown packing":       {func(f *File) { f.Packing = "nibble" }, `packing "nibble": want "byte", "word" or "plain"`},
		"a long model name":        {func(f *File) { f.Network.Graph.Name = strings.Repeat("x", 256) }, "model name: 256 bytes"},
		"a name that is not UTF-8": {func(f *File) { f.Network.Graph.Name = "\xff" }, "model name: 1 bytes: want UTF-8"},
		"a long training entry":    {func(f *File) { f.Info["log"] = strings.Repeat("x", 1<<16+1) }, "training entry log: 65537 bytes"},
	} {
		f := tinyFile(t)
		c.spoil(f)
		require.ErrorContains(t, f.Write(io.Discard), c.want, name)
	}
	f := tinyFile(t)
	for i := range MaxInfo {
		f.Info[string(rune('a'+i))] = ""
	}
	require.ErrorContains(t, f.Write(io.Discard), "1026 training entries: want at most 1024")
}

func TestEveryCutFileIsRefused(t *testing.T) {
	data := encoded(t, tinyFile(t))
	for size := range data {
		_, err := ReadLRN(bytes.NewReader(data[:size]))
		require.ErrorIs(t, err, ErrFormat, "%d bytes", size)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", size)
	}
}

func TestEveryAlteredByteIsRefused(t *testing.T) {
	data := encoded(t, tinyFile(t))
	for at := range data {
		for _, flip := range []byte{1, 0x80, 0xff} {
			data[at] ^= flip
			_, err := ReadLRN(bytes.NewReader(data))
			var where *FormatError
			require.True(t, errors.As(err, &where), "byte %d", at)
			data[at] ^= flip
		}
	}
}

func TestADamagedSectionIsNamed(t *testing.T) {
	data := encoded(t, tinyFile(t))
	data[0xac] ^= 1 // a bias
	_, err := ReadLRN(bytes.NewReader(data))
	require.ErrorContains(t, err, "section PARM, checksum, offset 212")
}

func TestBytesBehindAFileAreRefused(t *testing.T) {
	data := append(encoded(t, tinyFile(t)), 0)
	_, err := ReadLRN(bytes.NewReader(data))
	require.ErrorContains(t, err, "want nothing behind the sha256")
}

// failingReader returns an error of its own.
type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

func TestAReadErrorIsHandedOn(t *testing.T) {
	_, err := ReadLRN(failingReader{})
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	_, err = ReadLRN(io.MultiReader(bytes.NewReader(encoded(t, tinyFile(t))), failingReader{}))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

// forge changes the payload of a section and makes all checksums right again.
func forge(t *testing.T, data []byte, tag string, change func(payload []byte) []byte) []byte {
	out := append([]byte{}, data[:10]...)
	found := false
	for at := 10; at < len(data)-sha256.Size; {
		name, size := string(data[at:at+4]), int(binary.LittleEndian.Uint64(data[at+4:]))
		payload := append([]byte{}, data[at+12:at+12+size]...)
		if name == tag {
			found, payload = true, change(payload)
		}
		start := len(out)
		out = binary.LittleEndian.AppendUint64(append(out, name...), uint64(len(payload)))
		out = append(out, payload...)
		out = binary.LittleEndian.AppendUint32(out, crc32.Checksum(out[start:], crc32.MakeTable(crc32.Castagnoli)))
		at += 16 + size
	}
	require.True(t, found)
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

func TestAForgedFileIsRefusedWithItsPlace(t *testing.T) {
	set := func(at int, values ...byte) func([]byte) []byte {
		return func(p []byte) []byte { copy(p[at:], values); return p }
	}
	for name, c := range map[string]struct {
		tag    string
		change func([]byte) []byte
		want   string
	}{
		"a name longer than the section":  {"GRPH", set(0, 255, 0, 0, 0), "section GRPH, model name, offset 26: unexpected EOF"},
		"a name beyond the limit":         {"GRPH", set(0, 255, 255, 255, 255), "model name, offset 26: 4294967295: want at most 255"},
		"four billion layers":             {"GRPH", set(20, 255, 255, 255, 255), "section GRPH, layers, offset 46: 4294967295: want at most 1024"},
		"more layers than bytes":          {"GRPH", set(20, 0, 4, 0, 0), "section GRPH, layers, offset 46: unexpected EOF"},
		"an input of no height":           {"GRPH", set(8, 0), "section GRPH, graph, offset"},
		"an unknown kind":                 {"GRPH", set(33, 9), "section GRPH, layer conv1 kind, offset 56: code 9: want 0 to 2"},
		"a stride left out":               {"GRPH", set(40, 0), "layer conv1 stride"},
		"a byte behind the graph":         {"GRPH", func(p []byte) []byte { return append(p, 0) }, "section GRPH, end, offset"},
		"levels without mirror":           {"LVLS", set(1, 9), "section LVLS, layer conv1 levels, offset"},
		"no levels":                       {"LVLS", set(0, 0), "section LVLS, layer conv1 levels"},
		"levels cut short":                {"LVLS", func(p []byte) []byte { return p[:3] }, "section LVLS, layer conv1 level, offset"},
		"biases cut short":                {"PARM", func(p []byte) []byte { return p[:26] }, "section PARM, layer conv1 bias, offset"},
		"requantised neither way":         {"PARM", set(32, 2), "section PARM, layer conv1 requantised, offset"},
		"requantisers cut short":          {"PARM", func(p []byte) []byte { return p[:36] }, "section PARM, layer conv1 requantisers"},
		"a scale of zero":                 {"PARM", set(0, make([]byte, 8)...), "network, offset"},
		"a shift of zero":                 {"PARM", set(35, 0), "channel 0: requantiser shift 0"},
		"an unknown packing":              {"WGTS", set(0, 3), "section WGTS, packing, offset"},
		"a reserved code":                 {"WGTS", set(1, 255), "section WGTS, layer conv1 codes, offset"},
		"codes cut short":                 {"WGTS", func(p []byte) []byte { return p[:2] }, "section WGTS, layer fc1 codes, offset"},
		"entries out of order":            {"INFO", func(p []byte) []byte { return bytes.Replace(p, []byte("accuracy"), []byte("zccuracy"), 1) }, `section INFO, key, offset`},
		"an entry that is not UTF-8":      {"INFO", func(p []byte) []byte { return bytes.Replace(p, []byte("0.41"), []byte("\xff.41"), 1) }, "section INFO, entry accuracy"},
		"more entries than the bytes can": {"INFO", set(0, 0, 4), "section INFO, entries, offset"},
	} {
		data := forge(t, encoded(t, tinyFile(t)), c.tag, c.change)
		_, err := ReadLRN(bytes.NewReader(data))
		require.ErrorIs(t, err, ErrFormat, name)
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestAWrongHeaderIsRefused(t *testing.T) {
	data := encoded(t, tinyFile(t))
	data[8] = 3
	_, err := ReadLRN(bytes.NewReader(data))
	require.ErrorContains(t, err, "version, offset 8: 3: want 1 to 2")
	_, err = ReadLRN(strings.NewReader("#!/bin/sh\necho"))
	require.ErrorContains(t, err, "magic, offset 0")
	data = encoded(t, tinyFile(t))
	copy(data[10:], "LVLS")
	_, err = ReadLRN(bytes.NewReader(data))
	require.ErrorContains(t, err, `section GRPH, tag, offset 10: "LVLS": want "GRPH"`)
}

func TestAShortFileThatClaimsMuchAllocatesLittle(t *testing.T) {
	data := encoded(t, tinyFile(t))[:22]
	binary.LittleEndian.PutUint64(data[14:], math.MaxUint64) // the length of GRPH
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ReadLRN(bytes.NewReader(data))
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func TestWriteFileReplacesTheWholeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "net.lrn")
	require.NoError(t, WriteFile(path, tinyFile(t)))
	want := tinyFile(t)
	want.Info["epochs"] = "4"
	require.NoError(t, WriteFile(path, want))
	got, err := ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, got)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o644), info.Mode().Perm())

	broken := tinyFile(t)
	broken.Network.InputScale = 0
	require.ErrorIs(t, WriteFile(path, broken), ErrNetwork)
	got, err = ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, got)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "a temporary file is left")
}

func TestFilesThatCannotBeReadOrWritten(t *testing.T) {
	dir := t.TempDir()
	_, err := ReadFile(filepath.Join(dir, "absent.lrn"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorIs(t, WriteFile(filepath.Join(dir, "absent", "net.lrn"), tinyFile(t)), os.ErrNotExist)
	path := filepath.Join(dir, "bad.lrn")
	require.NoError(t, os.WriteFile(path, []byte("bad"), 0o600))
	_, err = ReadFile(path)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, path)
	taken := filepath.Join(dir, "taken")
	require.NoError(t, os.MkdirAll(filepath.Join(taken, "full"), 0o700))
	require.Error(t, WriteFile(taken, tinyFile(t)))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "a temporary file is left")
}

func TestTheDocumentedFileIsTheOneWritten(t *testing.T) {
	page, err := os.ReadFile("../docs/file-formats.md")
	require.NoError(t, err)
	_, dump, found := strings.Cut(string(page), "```text\n")
	require.True(t, found)
	dump, _, _ = strings.Cut(dump, "```")
	data := encoded(t, tinyFile(t))
	want := strings.TrimSuffix(dump, fmt.Sprintf("%08x\n", len(data)))
	require.Equal(t, want, hex.Dump(data))
}

// fuzzSeeds are valid files of several level sets and packings.
func fuzzSeeds(f *testing.F) [][]byte {
	rng := rand.New(rand.NewPCG(5, 6))
	small, err := Model("cvnn-small")
	require.NoError(f, err)
	seeds := [][]byte{encoded(f, tinyFile(f)), encoded(f, &File{Network: randomInteger(rng, small, uniformLevels(small, 3))}),
		encoded(f, &File{Network: residual(f)})}
	for i, n := range []int{2, 3, 4, 5, 17} {
		g := &Graph{Name: "seed", Input: Shape{3, 3, 2}, Layers: []Layer{{Name: "c", Kind: Conv, Out: 3, Kernel: 2, ReLU: true}, {Name: "f", Kind: Dense, Out: 2}}}
		require.NoError(f, g.Resolve())
		levels := uniformLevels(g, n)
		levels[1], err = quant.Custom([]int{-128, -1, 1, 128})
		require.NoError(f, err)
		seeds = append(seeds, encoded(f, &File{Network: randomInteger(rng, g, levels), Packing: quant.Packings()[i%3]}))
	}
	return seeds
}

func FuzzReadLRN(f *testing.F) {
	for _, seed := range fuzzSeeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ReadLRN(bytes.NewReader(data))
		if err != nil {
			require.ErrorIs(t, err, ErrFormat)
			return
		}
		require.Equal(t, hex.EncodeToString(data), hex.EncodeToString(encoded(t, file)))
	})
}

// FuzzLRNPayloads repairs the checksums first, so that the parsers are reached.
func FuzzLRNPayloads(f *testing.F) {
	for _, seed := range fuzzSeeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = repair(data)
		file, err := ReadLRN(bytes.NewReader(data))
		if err != nil {
			require.ErrorIs(t, err, ErrFormat)
			return
		}
		require.Equal(t, hex.EncodeToString(data), hex.EncodeToString(encoded(t, file)))
	})
}

// repair sets every checksum that it can find to the right value.
func repair(data []byte) []byte {
	data = append([]byte{}, data...)
	at := 10
	for at+16+sha256.Size <= len(data) {
		size := binary.LittleEndian.Uint64(data[at+4:])
		if size > uint64(len(data)-at-16-sha256.Size) {
			return data
		}
		end := at + 12 + int(size)
		binary.LittleEndian.PutUint32(data[end:], crc32.Checksum(data[at:end], crcTable))
		at = end + 4
	}
	if at+sha256.Size == len(data) {
		sum := sha256.Sum256(data[:at])
		copy(data[at:], sum[:])
	}
	return data
}
