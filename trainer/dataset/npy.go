package dataset

import (
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

const (
	npyMagic     = "\x93NUMPY"
	maxNPYHeader = 1 << 16
)

// npy is an array in NumPy's own format, with elements of any type.
type npy struct {
	descr string // "|u1": byte order, kind and bytes of an element
	width int    // bytes of an element
	array
}

// readNPY decodes a NumPy array of whole numbers: magic, version, length of the header, the header (a Python
// dictionary), the elements. Source: numpy.org, "numpy.lib.format", versions 1.0 to 3.0.
func readNPY(r io.Reader) (npy, error) {
	header, start, err := npyHeader(r)
	if err != nil {
		return npy{}, err
	}
	a, err := parseNPY(header)
	if err != nil {
		return npy{}, fmt.Errorf("offset %d: header %.100q: %w", start-len(header), header, err)
	}
	n, err := volume(append([]int{a.width}, a.shape...))
	if err != nil {
		return npy{}, fmt.Errorf("offset %d: %w", start-len(header), err)
	}
	a.data, err = readExactly(r, start, n)
	return a, err
}

// npyHeader reads the header and the offset behind it.
func npyHeader(r io.Reader) (header string, end int, err error) {
	head := make([]byte, len(npyMagic)+2)
	if n, err := io.ReadFull(r, head); err != nil {
		return "", 0, fmt.Errorf("offset %d: %w", n, cut(err))
	}
	if string(head[:len(npyMagic)]) != npyMagic {
		return "", 0, fmt.Errorf("offset 0: magic %q: want %q, a NumPy array", head[:len(npyMagic)], npyMagic)
	}
	size := make([]byte, 2)
	switch version := head[len(npyMagic)]; version {
	case 1:
	case 2, 3:
		size = make([]byte, 4)
	default:
		return "", 0, fmt.Errorf("offset %d: version %d: want 1 to 3", len(npyMagic), version)
	}
	start := len(head) + len(size)
	if n, err := io.ReadFull(r, size); err != nil {
		return "", 0, fmt.Errorf("offset %d: %w", len(head)+n, cut(err))
	}
	length := int(binary.LittleEndian.Uint32(append(size, 0, 0)))
	if length > maxNPYHeader {
		return "", 0, fmt.Errorf("offset %d: header of %d bytes: want at most %d", len(head), length, maxNPYHeader)
	}
	text := make([]byte, length)
	if n, err := io.ReadFull(r, text); err != nil {
		return "", 0, fmt.Errorf("offset %d: %w", start+n, cut(err))
	}
	return string(text), start + length, nil
}

// parseNPY reads the dictionary of a header: its three keys in any order.
func parseNPY(header string) (a npy, err error) {
	value := func(key, pattern string) string {
		found := regexp.MustCompile(`'` + key + `'\s*:\s*` + pattern).FindStringSubmatch(header)
		if found == nil {
			err = fmt.Errorf("no sound '%s'", key)
			return ""
		}
		return found[1]
	}
	shape, order := value("shape", `\(([0-9, ]*)\)`), value("fortran_order", `(True|False)`)
	a.descr = value("descr", `'([<>|=][iu][1248])'`)
	if err != nil {
		return a, fmt.Errorf("%w: want descr of whole numbers, fortran_order and shape", err)
	}
	if order == "True" {
		return a, fmt.Errorf("fortran_order: True: want False; save numpy.ascontiguousarray of it")
	}
	a.width = int(a.descr[2] - '0')
	for field := range strings.SplitSeq(shape, ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue // behind the comma of (5,)
		}
		side, err := strconv.Atoi(field)
		if err != nil {
			return a, fmt.Errorf("shape: %w", err)
		}
		a.shape = append(a.shape, side)
	}
	return a, nil
}

// bytes is an array of uint8.
func (a npy) bytes() (array, error) {
	if a.descr[1:] != "u1" {
		return array{}, fmt.Errorf("type %s: want |u1, uint8 pixels of 0 to 255", a.descr)
	}
	return a.array, nil
}

// labels is an array [n] or [n][1] of any whole numbers 0 to 255.
func (a npy) labels() ([]uint8, error) {
	if len(a.shape) != 1 && (len(a.shape) != 2 || a.shape[1] != 1) {
		return nil, fmt.Errorf("shape %v: want [n] or [n, 1] labels", a.shape)
	}
	labels := make([]uint8, a.shape[0])
	for i := range labels {
		element := a.data[i*a.width : (i+1)*a.width]
		low, rest := element[0], element[1:]
		if a.descr[0] == '>' {
			low, rest = element[a.width-1], element[:a.width-1]
		}
		for _, b := range rest {
			if b != 0 {
				return nil, fmt.Errorf("element %d: % x as %s: want a label of 0 to 255", i, element, a.descr)
			}
		}
		if a.descr[1:] == "i1" && low > 127 {
			return nil, fmt.Errorf("element %d: %d: want a label of 0 to 127", i, int8(low))
		}
		labels[i] = low
	}
	return labels, nil
}
