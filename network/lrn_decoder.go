package network

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"unicode/utf8"
)

// decoder takes fields from a section's payload. After the first error every
// field reads as zero; finish returns that error.
type decoder struct {
	section string
	data    []byte
	at      int
	start   int64 // offset of the payload in the file
	err     error
}

// fail keeps the first error.
func (d *decoder) fail(field string, err error) {
	if d.err == nil {
		d.err = &FormatError{Section: d.section, Field: field, Offset: d.start + int64(d.at), Err: err}
	}
}

// finish returns the first error, or one if bytes are left over.
func (d *decoder) finish() error {
	if rest := len(d.data) - d.at; rest > 0 {
		d.fail("end", fmt.Errorf("%d bytes too many", rest))
	}
	return d.err
}

// need reports whether count items of size bytes are left, so that memory for
// them is justified. It records an error if they are not.
func (d *decoder) need(field string, count, size int) bool {
	if rest := len(d.data) - d.at; d.err == nil && rest/size < count {
		d.fail(field, fmt.Errorf("%w: the section has %d more bytes: want %d times %d", io.ErrUnexpectedEOF, rest, count, size))
	}
	return d.err == nil
}

// take returns the next size bytes, size ≤ 8, zeros after an error.
func (d *decoder) take(field string, size int) []byte {
	if !d.need(field, size, 1) {
		return make([]byte, 8)
	}
	d.at += size
	return d.data[d.at-size : d.at]
}

func (d *decoder) u8(field string) uint8   { return d.take(field, 1)[0] }
func (d *decoder) u16(field string) uint16 { return binary.LittleEndian.Uint16(d.take(field, 2)) }
func (d *decoder) u32(field string) int    { return int(binary.LittleEndian.Uint32(d.take(field, 4))) }
func (d *decoder) f64(field string) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(d.take(field, 8)))
}

// count reads a number of items, at most most, for which the section has bytes.
func (d *decoder) count(field string, most, size int) int {
	n := d.u32(field)
	if n > most {
		d.fail(field, fmt.Errorf("%d: want at most %d", n, most))
	}
	if !d.need(field, n, size) {
		return 0
	}
	return n
}

// text reads a string of at most most bytes.
func (d *decoder) text(field string, most int) string {
	n := d.count(field, most, 1)
	s := string(d.data[d.at : d.at+n])
	d.at += n
	if !utf8.ValidString(s) {
		d.fail(field, fmt.Errorf("%q: want UTF-8", s))
	}
	return s
}

// choice reads the index of one of the values.
func choice[T any](d *decoder, field string, values []T) (v T) {
	i := int(d.u8(field))
	if i >= len(values) {
		d.fail(field, fmt.Errorf("code %d: want 0 to %d", i, len(values)-1))
		return v
	}
	return values[i]
}
