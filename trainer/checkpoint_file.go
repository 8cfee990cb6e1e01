package trainer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"lowres/network"
	"lowres/quant"
)

// A checkpoint file, version 1, little-endian:
//
//	8 bytes   magic "lowresCK"
//	4 bytes   version, 1
//	4 bytes   length of the header
//	          header: JSON, see checkpointHeader
//	          for each layer: its network.Tensors, then their momenta, or for Adam their first
//	          moments, then their second moments; float32
//	32 bytes  SHA-256 of everything before
const (
	checkpointMagic   = "lowresCK"
	checkpointVersion = 1
	checkpointPrefix  = len(checkpointMagic) + 8
	maxHeader         = 1 << 26
)

// checkpointHeader is the part of a checkpoint that is not numbers by the million.
type checkpointHeader struct {
	Name    string        `json:"name"`
	Input   [3]int        `json:"input"` // height, width, channels
	Layers  []layerHeader `json:"layers"`
	Recipe  Recipe        `json:"recipe"`
	History []Epoch       `json:"history"`
	Data    string        `json:"data,omitempty"`
}

type layerHeader struct {
	Name   string       `json:"name"`
	Kind   network.Kind `json:"kind"`
	Out    int          `json:"out,omitempty"`
	Kernel int          `json:"kernel,omitempty"`
	Stride int          `json:"stride,omitempty"`
	Pad    int          `json:"pad,omitempty"`
	Heads  int          `json:"heads,omitempty"`
	Rate   float64      `json:"rate,omitempty"`
	ReLU   bool         `json:"relu,omitempty"`
	GELU   bool         `json:"gelu,omitempty"`
	From   string       `json:"from,omitempty"`
	With   string       `json:"with,omitempty"`
	Levels []int        `json:"levels,omitempty"` // none: float32

	Function network.Function `json:"function,omitempty"`
}

func headerOf(c *Checkpoint) checkpointHeader {
	g := c.Net.Graph
	h := checkpointHeader{Name: g.Name, Input: [3]int{g.Input.H, g.Input.W, g.Input.C}, Recipe: c.Recipe, History: c.History, Data: c.Data}
	for i := range g.Layers {
		l := &g.Layers[i]
		h.Layers = append(h.Layers, layerHeader{Name: l.Name, Kind: l.Kind, Out: l.Out, Kernel: l.Kernel,
			Stride: l.Stride, Pad: l.Pad, Heads: l.Heads, Rate: l.Rate, ReLU: l.ReLU, GELU: l.GELU,
			From: l.From, With: l.With, Function: l.Function, Levels: c.Net.Levels[i].Values()})
	}
	return h
}

// WriteCheckpoint writes c in the checkpoint format.
func WriteCheckpoint(w io.Writer, c *Checkpoint) error {
	header, err := json.Marshal(headerOf(c))
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	sum := sha256.New()
	out := io.MultiWriter(w, sum)
	prefix := binary.LittleEndian.AppendUint32([]byte(checkpointMagic), checkpointVersion)
	prefix = binary.LittleEndian.AppendUint32(prefix, uint32(len(header)))
	if _, err := out.Write(append(prefix, header...)); err != nil {
		return err
	}
	for _, numbers := range c.arrays() {
		if err := binary.Write(out, binary.LittleEndian, numbers.values); err != nil {
			return fmt.Errorf("%s: %w", numbers.name, err)
		}
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// array is one run of numbers of a checkpoint, with its name for errors.
type array struct {
	name   string
	values []float32
	square bool // mean squares, which are not negative
}

// arrays lists the numbers of a checkpoint in file order.
func (c *Checkpoint) arrays() []array {
	var list []array
	for i := range c.Net.Graph.Layers {
		name := c.Net.Graph.Layers[i].Name
		for _, t := range c.Net.Tensors(i) {
			list = append(list, array{name: name + " " + t.Name, values: t.Values})
		}
		for _, t := range c.Momentum.Tensors(i) {
			list = append(list, array{name: name + " momentum of " + t.Name, values: t.Values})
		}
		if c.Second != nil {
			for _, t := range c.Second.Tensors(i) {
				list = append(list, array{name + " second moment of " + t.Name, t.Values, true})
			}
		}
	}
	return list
}

// ReadCheckpoint reads one checkpoint up to the end of r. It returns ErrCheckpoint for anything but a
// sound file; numbers must be finite.
func ReadCheckpoint(r io.Reader) (*Checkpoint, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	c, err := decodeCheckpoint(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	return c, nil
}

func decodeCheckpoint(data []byte) (*Checkpoint, error) {
	header, numbers, err := openCheckpoint(data)
	if err != nil {
		return nil, err
	}
	h, err := decodeHeader(header)
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	g, err := h.graph()
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	// The sizes are checked before anything of that size is allocated.
	sets := 2
	if h.Recipe.Optimiser != SGD {
		sets = 3
	}
	if want := 4 * sets * g.Parameters(); len(numbers) != want {
		return nil, fmt.Errorf("numbers: %d bytes: want %d for the %d parameters of %s", len(numbers), want, g.Parameters(), g.Name)
	}
	c := newCheckpoint(network.NewFloat(g, quant.Levels{}), h.Recipe)
	c.History, c.Data = h.History, h.Data
	if err := h.levels(c.Net); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	return c, c.readNumbers(numbers)
}

// openCheckpoint checks the frame of a file and returns what is in it.
func openCheckpoint(data []byte) (header, numbers []byte, err error) {
	if len(data) < checkpointPrefix+sha256.Size {
		return nil, nil, fmt.Errorf("%d bytes: want at least %d; the file is truncated", len(data), checkpointPrefix+sha256.Size)
	}
	if !bytes.HasPrefix(data, []byte(checkpointMagic)) {
		return nil, nil, fmt.Errorf("magic %q: want %q; this is no checkpoint", data[:len(checkpointMagic)], checkpointMagic)
	}
	if v := binary.LittleEndian.Uint32(data[len(checkpointMagic):]); v != checkpointVersion {
		return nil, nil, fmt.Errorf("version %d: want %d; write it with this lowres", v, checkpointVersion)
	}
	body := data[:len(data)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return nil, nil, fmt.Errorf("sha256: does not fit; the file is truncated or altered")
	}
	length := binary.LittleEndian.Uint32(data[checkpointPrefix-4:])
	rest := body[checkpointPrefix:]
	if length > maxHeader || int(length) > len(rest) {
		return nil, nil, fmt.Errorf("header: %d bytes: want at most %d", length, min(maxHeader, len(rest)))
	}
	return rest[:length], rest[length:], nil
}

func decodeHeader(text []byte) (h checkpointHeader, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, err
	}
	if d.More() {
		return h, fmt.Errorf("more than one JSON value")
	}
	if err := h.Recipe.Validate(); err != nil {
		return h, fmt.Errorf("recipe: %w", err)
	}
	for i, e := range h.History {
		if e.Number != i+1 {
			return h, fmt.Errorf("history[%d]: epoch %d: want %d", i, e.Number, i+1)
		}
	}
	return h, nil
}

// graph is the network of the header with its shapes.
func (h *checkpointHeader) graph() (*network.Graph, error) {
	g := &network.Graph{Name: h.Name, Input: network.Shape{H: h.Input[0], W: h.Input[1], C: h.Input[2]}}
	for _, l := range h.Layers {
		g.Layers = append(g.Layers, network.Layer{Name: l.Name, Kind: l.Kind, Out: l.Out, Kernel: l.Kernel,
			Stride: l.Stride, Pad: l.Pad, Heads: l.Heads, Rate: l.Rate, ReLU: l.ReLU, GELU: l.GELU,
			From: l.From, With: l.With, Function: l.Function})
	}
	return g, g.Resolve()
}

// levels fills in the level sets of net.
func (h *checkpointHeader) levels(net *network.Float) error {
	for i, l := range h.Layers {
		if len(l.Levels) == 0 {
			continue
		}
		if !net.Graph.Layers[i].HasLevels() {
			return fmt.Errorf("layer %s: levels: %s layers have none", l.Name, l.Kind)
		}
		levels, err := quant.Custom(l.Levels)
		if err != nil {
			return fmt.Errorf("layer %s: %w", l.Name, err)
		}
		net.Levels[i] = levels
	}
	return nil
}

func (c *Checkpoint) readNumbers(data []byte) error {
	for _, a := range c.arrays() {
		for k := range a.values {
			v := math.Float32frombits(binary.LittleEndian.Uint32(data))
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return fmt.Errorf("%s[%d]: %v: want a finite number", a.name, k, v)
			}
			if a.square && v < 0 {
				return fmt.Errorf("%s[%d]: %v: want 0 or more", a.name, k, v)
			}
			a.values[k] = v
			data = data[4:]
		}
	}
	return nil
}
