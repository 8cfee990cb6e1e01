package scalesim

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Limits of a topology, within which all cycles fit int64.
const (
	MaxLayers = 512
	MaxExtent = 1 << 24 // every number of a row
	MaxMACs   = 1 << 40 // of a layer
)

// Layer is a row of a topology: a matrix product of M × K activations with K × N weights.
type Layer struct {
	Name    string
	M, K, N int
	Repeats int   // channels of a depthwise layer, each a product of its own; else 1
	Conv    *Conv // of a convolution, nil for a GEMM
}

// Conv is a convolution as a row states it; the input has its padding already.
type Conv struct {
	Height, Width, KernelHeight, KernelWidth, Channels, Filters, Stride int
}

// MACs is the multiply-accumulates of the layer.
func (l *Layer) MACs() int64 { return int64(l.Repeats) * int64(l.M) * int64(l.K) * int64(l.N) }

// ParseTopology reads a topology. Its first line is a header, which SCALE-Sim skips, and
// a row is one of
//
//	name, ifmap height, ifmap width, filter height, filter width, channels, filters, stride,
//	name, M, N, K,
//
// with 1:1 behind it where the file states a sparsity. A convolution with DP in its name
// is depthwise: SCALE-Sim runs it channel by channel. It returns ErrFile with line and
// column of what it cannot read.
func ParseTopology(text io.Reader) ([]Layer, error) {
	r := csv.NewReader(text)
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	if _, err := r.Read(); err != nil {
		return nil, fmt.Errorf("%w: no header: %w", ErrFile, err)
	}
	var layers []Layer
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFile, err)
		}
		line, _ := r.FieldPos(0)
		l, err := parseLayer(row)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrFile, line, err)
		}
		if layers = append(layers, l); len(layers) > MaxLayers {
			return nil, fmt.Errorf("%w: line %d: more than %d layers", ErrFile, line, MaxLayers)
		}
	}
	if len(layers) == 0 {
		return nil, fmt.Errorf("%w: no layers behind the header", ErrFile)
	}
	return layers, nil
}

// The columns of the two kinds of rows, behind the name.
var (
	convColumns = []string{"ifmap height", "ifmap width", "filter height", "filter width", "channels", "num filter", "strides"}
	gemmColumns = []string{"M", "N", "K"}
)

// parseLayer reads a row of either kind.
func parseLayer(row []string) (Layer, error) {
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	if n := len(row); n > 1 && row[n-1] == "" {
		row = row[:n-1]
	}
	if n := len(row); n > 1 && strings.Contains(row[n-1], ":") {
		if row[n-1] != "1:1" {
			return Layer{}, fmt.Errorf("sparsity %s: want 1:1: sparse filters are not modelled", row[n-1])
		}
		row = row[:n-1]
	}
	columns := convColumns
	switch len(row) - 1 {
	case len(convColumns):
	case len(gemmColumns):
		columns = gemmColumns
	default:
		return Layer{}, fmt.Errorf("%d columns: want a name and %s, or a name and %s", len(row),
			strings.Join(convColumns, ", "), strings.Join(gemmColumns, ", "))
	}
	v := make([]int, len(columns))
	for i, column := range columns {
		n, err := strconv.Atoi(row[i+1])
		if err != nil || n < 1 || n > MaxExtent {
			return Layer{}, fmt.Errorf("%s: %s: %q: want a whole number, 1 to %d", row[0], column, row[i+1], MaxExtent)
		}
		v[i] = n
	}
	if len(v) == len(gemmColumns) {
		return Layer{Name: row[0], M: v[0], N: v[1], K: v[2], Repeats: 1}.checked()
	}
	return newConv(row[0], Conv{v[0], v[1], v[2], v[3], v[4], v[5], v[6]})
}

// newConv is the matrix product of a convolution, M = ⌈(H−R+s)/s⌉·⌈(W−S+s)/s⌉.
func newConv(name string, c Conv) (Layer, error) {
	if c.KernelHeight > c.Height || c.KernelWidth > c.Width {
		return Layer{}, fmt.Errorf("%s: filter of %d × %d on an ifmap of %d × %d: want one that is no larger", name,
			c.KernelHeight, c.KernelWidth, c.Height, c.Width)
	}
	l := Layer{Name: name, N: c.Filters, Repeats: 1, Conv: &c}
	if strings.Contains(name, "DP") {
		l.Repeats, c.Channels = c.Channels, 1
	}
	out := func(size, kernel int) int { return ceil(size-kernel+c.Stride, c.Stride) }
	l.M = out(c.Height, c.KernelHeight) * out(c.Width, c.KernelWidth)
	l.K = c.KernelHeight * c.KernelWidth * c.Channels
	return l.checked()
}

// checked refuses a layer whose multiply-accumulates or cycles could not be counted.
func (l Layer) checked() (Layer, error) {
	if l.M > MaxExtent || l.K > MaxExtent || float64(l.M)*float64(l.K)*float64(l.N)*float64(l.Repeats) > MaxMACs {
		return Layer{}, fmt.Errorf("%s: M = %d, K = %d, N = %d, %d times: want M and K of at most %d and MACs of at most 2^40",
			l.Name, l.M, l.K, l.N, l.Repeats, MaxExtent)
	}
	return l, nil
}

// ceil is n/d rounded up.
func ceil(n, d int) int { return (n + d - 1) / d }
