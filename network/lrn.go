package network

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"

	"lowres/internal/atomicfile"
	"lowres/quant"
)

// LRNVersion is the newest version of the .lrn format that this package writes and
// reads. A network is written in the oldest version that can hold it: 1 for chains of
// convolutions, dense layers and maximum pools whose windows lie side by side.
const LRNVersion = 2

// Limits of the free-form fields of a .lrn file.
const (
	MaxModelName = 255     // bytes of the model's name
	MaxInfo      = 1024    // training entries
	MaxInfoText  = 1 << 16 // bytes of an entry's key or value
)

// ErrFormat is returned for a .lrn file that is broken or not one.
var ErrFormat = errors.New(".lrn file")

// FormatError says where a .lrn file is broken. It wraps ErrFormat and Err.
type FormatError struct {
	Section string // tag of the section, "" outside of one
	Field   string // what was being read, with the layer's name where it has one
	Offset  int64  // of the field, in bytes from the start of the file
	Err     error
}

// Error is ".lrn file: section PARM, conv1 bias, offset 91: …".
func (e *FormatError) Error() string {
	where := e.Field
	if e.Section != "" {
		where = "section " + e.Section + ", " + where
	}
	return fmt.Sprintf("%v: %s, offset %d: %v", ErrFormat, where, e.Offset, e.Err)
}

// Unwrap returns ErrFormat and the reason.
func (e *FormatError) Unwrap() []error { return []error{ErrFormat, e.Err} }

// File is what a .lrn file holds.
type File struct {
	Network *Integer
	Packing quant.Packing     // of the weights in the file; "" stands for quant.Byte
	Info    map[string]string // free-form facts about the training
}

// The layout, in docs/file-formats.md byte by byte: the magic, the version, the
// sections in this order, and the sha256 of everything before it.
const lrnMagic = "\x89LRN\r\n\x1a\n"

// The tags of the sections.
const (
	tagGraph   = "GRPH" // the model's name and layers
	tagLevels  = "LVLS" // the level set of every layer with weights
	tagParams  = "PARM" // scales, biases, requantisers
	tagWeights = "WGTS" // packed codes
	tagInfo    = "INFO" // free-form keys and values
)

// crcTable is the polynomial of the sections' CRC-32C.
var crcTable = crc32.MakeTable(crc32.Castagnoli)

// kindCodes are the layers' kinds in a file; version 1 has the first firstKinds of them.
var kindCodes = []Kind{Conv, Dense, MaxPool, Depthwise, AvgPool, Add, Lookup}

const firstKinds = 3

// lrnVersion is the oldest version that can hold the graph.
func lrnVersion(g *Graph) int {
	for i := range g.Layers {
		l := &g.Layers[i]
		if l.From != "" || slices.Index(kindCodes, l.Kind) >= firstKinds || l.Kind == MaxPool && !(l.Stride == 0 && l.Pad == 0) {
			return 2
		}
	}
	return 1
}

// packingCodes are the packings in a file.
var packingCodes = []quant.Packing{quant.Byte, quant.Word, quant.Plain}

// Write writes f as a .lrn file: the same bytes for the same f. It returns
// ErrNetwork for a network that Validate refuses, and an error for a packing,
// model name or training entry beyond the limits.
func (f *File) Write(w io.Writer) error {
	data, err := f.encode()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// ReadLRN reads a .lrn file to its end. It returns a *FormatError for a file that
// is cut short, altered or against the rules, among them any network that
// Integer.Validate refuses. It allocates in proportion to what the file holds,
// whatever lengths the file claims.
func ReadLRN(r io.Reader) (*File, error) {
	return readLRN(r)
}

// ReadFile reads a .lrn file from path.
func ReadFile(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := ReadLRN(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// WriteFile writes f to path, which holds either its old content or all of the
// new one.
func WriteFile(path string, f *File) error {
	data, err := f.encode()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return atomicfile.WriteBytes(path, data)
}

// Hash is the sha256 of the network's canonical bytes, the .lrn file with byte
// packing and no training entries. It returns ErrNetwork for a network that
// Validate refuses.
func (n *Integer) Hash() ([sha256.Size]byte, error) {
	var buffer bytes.Buffer
	f := File{Network: n, Packing: quant.Byte}
	if err := f.Write(&buffer); err != nil {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256(buffer.Bytes()), nil
}
