package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"lowres/network"
)

// maxBytes is the most that one array, or the pictures of one set, may hold. What a file says about its size
// is checked against it, and memory is taken only as bytes arrive.
const maxBytes = 1 << 32

// array is an array of bytes as a file holds it, the last dimension fastest.
type array struct {
	shape []int
	data  []byte
}

// volume is the number of elements of a shape. It reports an error for one that no set can have.
func volume(shape []int) (int, error) {
	n := 1
	for i, d := range shape {
		if d < 1 || d > maxBytes/n {
			return 0, fmt.Errorf("dimension %d of %v: want at least 1, and at most %d elements in all", i+1, shape, maxBytes)
		}
		n *= d
	}
	return n, nil
}

// readExactly reads the n bytes that are left of a file whose first start bytes are read, and nothing behind.
func readExactly(r io.Reader, start, n int) ([]byte, error) {
	var b bytes.Buffer
	got, err := io.Copy(&b, io.LimitReader(r, int64(n)))
	if err != nil {
		return nil, fmt.Errorf("offset %d: %w", start+int(got), err)
	}
	if int(got) < n {
		return nil, fmt.Errorf("ends at offset %d: want %d; the file is truncated", start+int(got), start+n)
	}
	if _, err := io.ReadFull(r, make([]byte, 1)); err == nil {
		return nil, fmt.Errorf("offset %d: more bytes: want the end of the file", start+n)
	} else if !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("offset %d: %w", start+n, err)
	}
	return b.Bytes(), nil
}

// pictures makes a set of an array [n][height][width] or [n][height][width][channels] and one label a
// picture. Its classes are the numbers 0 to classes−1.
func (a array) pictures(name string, labels []uint8, classes int) (*Dataset, error) {
	if len(a.shape) != 3 && len(a.shape) != 4 {
		return nil, fmt.Errorf("%w: %s: pictures of shape %v: want [n, height, width] or [n, height, width, channels]", ErrFormat, name, a.shape)
	}
	s := network.Shape{H: a.shape[1], W: a.shape[2], C: 1}
	if len(a.shape) == 4 {
		s.C = a.shape[3]
	}
	if len(labels) != a.shape[0] {
		return nil, fmt.Errorf("%w: %s: %d labels for %d pictures: want as many", ErrFormat, name, len(labels), a.shape[0])
	}
	d := &Dataset{Name: name, Shape: s, Images: a.data, Labels: labels}
	for k := range classes {
		d.Classes = append(d.Classes, strconv.Itoa(k))
	}
	return d, nil
}

// numbered joins training and test arrays and labels into two sets with the same classes.
func numbered(key string, x [2]array, y [2][]uint8) (train, test *Dataset, err error) {
	classes := 1 + int(slices.Max(append(slices.Clone(y[0]), y[1]...)))
	if train, err = x[0].pictures(key+"-train", y[0], classes); err != nil {
		return nil, nil, err
	}
	if test, err = x[1].pictures(key+"-test", y[1], classes); err != nil {
		return nil, nil, err
	}
	if train.Shape != test.Shape {
		return nil, nil, fmt.Errorf("%w: %s: test pictures of %v: want %v, as for training", ErrFormat, key, test.Shape, train.Shape)
	}
	return train, test, nil
}
