package network

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"

	"lowres/quant"
)

// readLRN reads a whole file. Sections are read one by one, checked against their
// CRC and parsed; the sha256 and the rules of the network come last.
func readLRN(r io.Reader) (*File, error) {
	s := &sectionReader{r: r, sum: sha256.New()}
	version, err := s.header()
	if err != nil {
		return nil, err
	}
	f := &File{Network: &Integer{}}
	for _, section := range []struct {
		tag   string
		parse func(*decoder)
	}{
		{tagGraph, func(d *decoder) { f.Network.Graph = d.graph(version) }},
		{tagLevels, func(d *decoder) { d.levels(f.Network) }},
		{tagParams, func(d *decoder) { d.params(f.Network) }},
		{tagWeights, func(d *decoder) { f.Packing = d.weights(f.Network) }},
		{tagInfo, func(d *decoder) { f.Info = d.info() }},
	} {
		d, err := s.section(section.tag)
		if err != nil {
			return nil, err
		}
		section.parse(d)
		if err := d.finish(); err != nil {
			return nil, err
		}
	}
	if err := s.trailer(); err != nil {
		return nil, err
	}
	if err := f.Network.Validate(); err != nil {
		return nil, &FormatError{Field: "network", Offset: s.offset, Err: err}
	}
	return f, nil
}

// sectionReader reads the frame of a file: header, sections, trailer.
type sectionReader struct {
	r      io.Reader
	sum    hash.Hash
	offset int64
}

// read returns the next size bytes. Memory grows with what arrives, so a false
// size in a short file costs nothing.
func (s *sectionReader) read(section, field string, size uint64) ([]byte, error) {
	var buffer bytes.Buffer
	size = min(size, math.MaxInt64)
	n, err := io.CopyN(&buffer, s.r, int64(size))
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: the file ends after %d of %d bytes", io.ErrUnexpectedEOF, n, size)
	}
	if err != nil {
		return nil, &FormatError{Section: section, Field: field, Offset: s.offset, Err: err}
	}
	s.offset += n
	return buffer.Bytes(), nil
}

// header reads the magic and returns the version.
func (s *sectionReader) header() (version int, err error) {
	head, err := s.read("", "magic and version", uint64(len(lrnMagic)+2))
	if err != nil {
		return 0, err
	}
	magic := head[:len(lrnMagic)]
	version = int(binary.LittleEndian.Uint16(head[len(lrnMagic):]))
	if string(magic) != lrnMagic {
		return 0, &FormatError{Field: "magic", Err: fmt.Errorf("%q: want %q", magic, lrnMagic)}
	}
	if version < 1 || version > LRNVersion {
		return 0, &FormatError{Field: "version", Offset: int64(len(lrnMagic)), Err: fmt.Errorf("%d: want 1 to %d", version, LRNVersion)}
	}
	s.sum.Write(head)
	return version, nil
}

// section reads the section with the given tag and checks its CRC.
func (s *sectionReader) section(tag string) (*decoder, error) {
	start := s.offset
	head, err := s.read(tag, "tag and length", 12)
	if err != nil {
		return nil, err
	}
	if got := string(head[:4]); got != tag {
		return nil, &FormatError{Section: tag, Field: "tag", Offset: start, Err: fmt.Errorf("%q: want %q", got, tag)}
	}
	payload, err := s.read(tag, "payload", binary.LittleEndian.Uint64(head[4:]))
	if err != nil {
		return nil, err
	}
	check, err := s.read(tag, "checksum", 4)
	if err != nil {
		return nil, err
	}
	crc := crc32.Update(crc32.Checksum(head, crcTable), crcTable, payload)
	if got := binary.LittleEndian.Uint32(check); got != crc {
		return nil, &FormatError{Section: tag, Field: "checksum", Offset: s.offset - 4,
			Err: fmt.Errorf("%08x: want %08x: the section is damaged", got, crc)}
	}
	for _, part := range [][]byte{head, payload, check} {
		s.sum.Write(part)
	}
	return &decoder{section: tag, data: payload, start: start + 12}, nil
}

// trailer reads the sha256 and the end of the file.
func (s *sectionReader) trailer() error {
	start := s.offset
	got, err := s.read("", "sha256", sha256.Size)
	if err != nil {
		return err
	}
	if want := s.sum.Sum(nil); !bytes.Equal(got, want) {
		return &FormatError{Field: "sha256", Offset: start, Err: fmt.Errorf("%x: want %x: the file is damaged", got, want)}
	}
	if n, err := io.CopyN(io.Discard, s.r, 1); n > 0 || !errors.Is(err, io.EOF) {
		return &FormatError{Field: "end", Offset: s.offset, Err: errors.Join(errors.New("want nothing behind the sha256"), err)}
	}
	return nil
}

// graph parses the GRPH section. It returns nil after an error.
func (d *decoder) graph(version int) *Graph {
	g := &Graph{Name: d.text("model name", MaxModelName)}
	g.Input = Shape{d.u32("input height"), d.u32("input width"), d.u32("input channels")}
	layers := d.count("layers", MaxLayers, 13) // the least bytes of a layer
	for i := range layers {
		g.Layers = append(g.Layers, d.layer(i, version))
	}
	if d.err == nil {
		if err := g.Resolve(); err != nil {
			d.fail("graph", err)
		}
	}
	if want := lrnVersion(g); d.err == nil && want != version {
		d.fail("graph", fmt.Errorf("in version %d: want version %d, the oldest that can hold it", version, want))
	}
	return g
}

// layer parses one layer of the GRPH section.
func (d *decoder) layer(i, version int) Layer {
	where := fmt.Sprintf("layers[%d]", i)
	l := Layer{Name: d.text(where+" name", MaxName)}
	where = "layer " + l.Name
	known := kindCodes
	if version == 1 {
		known = kindCodes[:firstKinds]
	}
	l.Kind = choice(d, where+" kind", known)
	l.ReLU = choice(d, where+" relu", []bool{false, true})
	l.Out = d.u32(where + " out")
	l.Kernel, l.Stride, l.Pad = int(d.u8(where+" kernel")), int(d.u8(where+" stride")), int(d.u8(where+" pad"))
	if version > 1 {
		l.From, l.With = d.text(where+" from", MaxName), d.text(where+" with", MaxName)
		l.Function = Function(d.text(where+" function", MaxName))
	}
	if (l.Kind == Conv || l.Kind == Depthwise) && l.Stride == 0 {
		d.fail(where+" stride", errors.New("0: want 1 to 64")) // Resolve would take it for the default
	}
	return l
}

// levels parses the LVLS section and makes n's layers.
func (d *decoder) levels(n *Integer) {
	n.Layers = make([]IntegerLayer, len(n.Graph.Layers))
	for i := range n.Layers {
		l := &n.Graph.Layers[i]
		if !l.HasWeights() {
			continue
		}
		values := make([]int, d.u8("layer "+l.Name+" N"))
		for j := range values {
			values[j] = int(int16(d.u16("layer " + l.Name + " level")))
		}
		if d.err == nil {
			set, err := quant.Custom(values)
			if err != nil {
				d.fail("layer "+l.Name+" levels", err)
			}
			n.Layers[i].Levels = set
		}
	}
}

// params parses the PARM section.
func (d *decoder) params(n *Integer) {
	n.InputScale = d.f64("input scale")
	for i := range n.Layers {
		l, p := &n.Graph.Layers[i], &n.Layers[i]
		where := "layer " + l.Name
		switch l.Kind {
		case MaxPool, AvgPool:
			p.OutputScale = n.inputScale(i)
			continue
		case Add:
			p.OutputScale = d.f64(where + " output scale")
			p.Factors = [2]int32{int32(d.u8(where + " factor")), int32(d.u8(where + " factor"))}
			p.Requant = []quant.Requantiser{d.requantiser(where, l)}
			continue
		case Lookup:
			p.OutputScale = d.f64(where + " output scale")
			p.Table = d.table(where + " table")
			continue
		}
		p.WeightScale, p.OutputScale = d.f64(where+" weight scale"), d.f64(where+" output scale")
		outputs := l.BiasCount()
		if !d.need(where+" bias", outputs, 4) {
			return
		}
		p.Bias = make([]int32, outputs)
		for o := range p.Bias {
			p.Bias[o] = int32(d.u32(where + " bias"))
		}
		if choice(d, where+" requantised", []bool{false, true}) && d.need(where+" requantisers", outputs, 3) {
			p.Requant = make([]quant.Requantiser, outputs)
			for o := range p.Requant {
				p.Requant[o] = d.requantiser(where, l)
			}
		}
	}
}

// requantiser parses Mult and Shift.
func (d *decoder) requantiser(where string, l *Layer) quant.Requantiser {
	return quant.Requantiser{Mult: d.u16(where + " mult"), Shift: d.u8(where + " shift"), ReLU: l.ReLU}
}

// table parses the entries of a function.
func (d *decoder) table(field string) []int8 {
	if !d.need(field, TableSize, 1) {
		return nil
	}
	table := make([]int8, TableSize)
	for i := range table {
		table[i] = int8(d.u8(field))
	}
	return table
}

// weights parses the WGTS section and returns its packing.
func (d *decoder) weights(n *Integer) quant.Packing {
	packing := choice(d, "packing", packingCodes)
	for i := range n.Layers {
		l, p := &n.Graph.Layers[i], &n.Layers[i]
		if !l.HasWeights() || d.err != nil {
			continue
		}
		where := "layer " + l.Name + " codes"
		size := p.Levels.PackedBytes(packing, l.WeightCount())
		if !d.need(where, size, 1) {
			break
		}
		p.Weights = make([]int16, l.WeightCount())
		if err := p.Levels.Unpack(p.Weights, packing, d.data[d.at:d.at+size]); err != nil {
			d.fail(where, err)
		}
		d.at += size
	}
	return packing
}

// info parses the INFO section.
func (d *decoder) info() map[string]string {
	count := d.count("entries", MaxInfo, 8)
	if count == 0 {
		return nil
	}
	info := make(map[string]string, count)
	last := ""
	for i := range count {
		key := d.text("key", MaxInfoText)
		if i > 0 && key <= last {
			d.fail("key", fmt.Errorf("%q after %q: want rising order", key, last))
		}
		info[key], last = d.text("entry "+key, MaxInfoText), key
	}
	return info
}
