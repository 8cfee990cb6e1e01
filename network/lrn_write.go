package network

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"lowres/quant"
)

// encode checks f and returns its file.
func (f *File) encode() ([]byte, error) {
	if err := f.Network.Validate(); err != nil {
		return nil, err
	}
	packing := f.Packing
	if packing == "" {
		packing = quant.Byte
	}
	if err := errors.Join(packing.Validate(), checkTexts(f)); err != nil {
		return nil, err
	}
	version := lrnVersion(f.Network.Graph)
	data := binary.LittleEndian.AppendUint16([]byte(lrnMagic), uint16(version))
	data = appendSection(data, tagGraph, appendGraph(nil, f.Network.Graph, version))
	data = appendSection(data, tagLevels, appendLevels(nil, f.Network))
	data = appendSection(data, tagParams, appendParams(nil, f.Network))
	weights, err := appendWeights(nil, f.Network, packing)
	if err != nil {
		return nil, err
	}
	data = appendSection(data, tagWeights, weights)
	data = appendSection(data, tagInfo, appendInfo(nil, f.Info))
	sum := sha256.Sum256(data)
	return append(data, sum[:]...), nil
}

// checkTexts checks the free-form fields against their limits.
func checkTexts(f *File) error {
	errs := []error{checkText("model name", f.Network.Graph.Name, MaxModelName)}
	if len(f.Info) > MaxInfo {
		errs = append(errs, fmt.Errorf("%w: %d training entries: want at most %d", ErrFormat, len(f.Info), MaxInfo))
	}
	for _, key := range slices.Sorted(maps.Keys(f.Info)) {
		errs = append(errs, checkText("training key", key, MaxInfoText), checkText("training entry "+key, f.Info[key], MaxInfoText))
	}
	return errors.Join(errs...)
}

// checkText checks one free-form field.
func checkText(what, text string, most int) error {
	if len(text) > most || !utf8.ValidString(text) {
		return fmt.Errorf("%w: %s: %d bytes: want UTF-8 of at most %d", ErrFormat, what, len(text), most)
	}
	return nil
}

// appendSection appends tag, length, payload and the CRC-32C of these three.
func appendSection(data []byte, tag string, payload []byte) []byte {
	start := len(data)
	data = append(data, tag...)
	data = binary.LittleEndian.AppendUint64(data, uint64(len(payload)))
	data = append(data, payload...)
	return binary.LittleEndian.AppendUint32(data, crc32.Checksum(data[start:], crcTable))
}

// appendString appends a 32-bit length and the text.
func appendString(data []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint32(data, uint32(len(s))), s...)
}

// appendGraph appends the GRPH section.
func appendGraph(data []byte, g *Graph, version int) []byte {
	data = appendString(data, g.Name)
	for _, v := range []int{g.Input.H, g.Input.W, g.Input.C, len(g.Layers)} {
		data = binary.LittleEndian.AppendUint32(data, uint32(v))
	}
	for i := range g.Layers {
		l := &g.Layers[i]
		relu := byte(0)
		if l.ReLU {
			relu = 1
		}
		data = appendString(data, l.Name)
		data = append(data, byte(slices.Index(kindCodes, l.Kind)), relu)
		data = binary.LittleEndian.AppendUint32(data, uint32(l.Out))
		data = append(data, byte(l.Kernel), byte(l.Stride), byte(l.Pad))
		if version > 1 {
			data = appendString(appendString(appendString(data, l.From), l.With), string(l.Function))
		}
	}
	return data
}

// appendLevels appends the LVLS section.
func appendLevels(data []byte, n *Integer) []byte {
	for i := range n.Layers {
		if !n.Graph.Layers[i].HasWeights() {
			continue
		}
		values := n.Layers[i].Levels.Values()
		data = append(data, byte(len(values)))
		for _, v := range values {
			data = binary.LittleEndian.AppendUint16(data, uint16(int16(v)))
		}
	}
	return data
}

// appendParams appends the PARM section.
func appendParams(data []byte, n *Integer) []byte {
	scale := func(v float64) { data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v)) }
	scale(n.InputScale)
	for i := range n.Layers {
		p := &n.Layers[i]
		switch n.Graph.Layers[i].Kind {
		case MaxPool, AvgPool:
			continue
		case Add:
			scale(p.OutputScale)
			data = appendRequantiser(append(data, byte(p.Factors[0]), byte(p.Factors[1])), p.Requant[0])
			continue
		case Lookup:
			scale(p.OutputScale)
			for _, y := range p.Table {
				data = append(data, byte(y))
			}
			continue
		}
		scale(p.WeightScale)
		scale(p.OutputScale)
		for _, b := range p.Bias {
			data = binary.LittleEndian.AppendUint32(data, uint32(b))
		}
		if p.Requant == nil {
			data = append(data, 0)
			continue
		}
		data = append(data, 1)
		for _, r := range p.Requant {
			data = appendRequantiser(data, r)
		}
	}
	return data
}

// appendRequantiser appends Mult and Shift.
func appendRequantiser(data []byte, r quant.Requantiser) []byte {
	return append(binary.LittleEndian.AppendUint16(data, r.Mult), r.Shift)
}

// appendWeights appends the WGTS section.
func appendWeights(data []byte, n *Integer, packing quant.Packing) ([]byte, error) {
	data = append(data, byte(slices.Index(packingCodes, packing)))
	for i := range n.Layers {
		p := &n.Layers[i]
		if !n.Graph.Layers[i].HasWeights() {
			continue
		}
		var err error
		if data, err = p.Levels.Pack(data, packing, p.Weights); err != nil {
			return nil, fmt.Errorf("layer %s: %w", n.Graph.Layers[i].Name, err)
		}
	}
	return data, nil
}

// appendInfo appends the INFO section, keys in rising order.
func appendInfo(data []byte, info map[string]string) []byte {
	data = binary.LittleEndian.AppendUint32(data, uint32(len(info)))
	for _, key := range slices.Sorted(maps.Keys(info)) {
		data = appendString(appendString(data, key), info[key])
	}
	return data
}
