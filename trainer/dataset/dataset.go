// Package dataset holds labelled pictures: files of several formats (see Load), and a built-in set drawn by code.
package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"lowres/network"
)

// ErrFormat is returned for a file that is not what its name promises.
var ErrFormat = errors.New("data set format")

// Dataset is a list of pictures of one shape with their classes.
type Dataset struct {
	Name    string
	Shape   network.Shape
	Classes []string // class names; a label is an index into it
	Images  []uint8  // NHWC pixels, 0 to 255, one picture after another
	Labels  []uint8
}

// Len is the number of pictures.
func (d *Dataset) Len() int { return len(d.Labels) }

// Image returns the pixels of picture i, NHWC, not copied.
func (d *Dataset) Image(i int) []uint8 {
	size := d.Shape.Size()
	return d.Images[i*size : (i+1)*size : (i+1)*size]
}

// Slice returns the pictures first … end−1, not copied.
func (d *Dataset) Slice(first, end int) *Dataset {
	size, s := d.Shape.Size(), *d
	s.Images, s.Labels = d.Images[first*size:end*size], d.Labels[first:end]
	return &s
}

// Validate reports everything that keeps d from being used.
func (d *Dataset) Validate() error {
	var errs []error
	if d.Shape.H < 1 || d.Shape.W < 1 || d.Shape.C < 1 {
		return fmt.Errorf("data set %s: shape %v: want at least 1x1x1", d.Name, d.Shape)
	}
	if len(d.Images) != len(d.Labels)*d.Shape.Size() {
		errs = append(errs, fmt.Errorf("data set %s: %d bytes of pictures: want %d for %d pictures of %v",
			d.Name, len(d.Images), len(d.Labels)*d.Shape.Size(), len(d.Labels), d.Shape))
	}
	for i, l := range d.Labels {
		if int(l) >= len(d.Classes) {
			errs = append(errs, fmt.Errorf("data set %s: picture %d: label %d: want 0 to %d", d.Name, i, l, len(d.Classes)-1))
			break
		}
	}
	return errors.Join(errs...)
}

// Fingerprint is the SHA-256, in hexadecimal, of the shape, the labels and the pixels: two sets with the
// same fingerprint train a network to the same bytes.
func (d *Dataset) Fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%v %d\n", d.Shape, d.Len())
	h.Write(d.Labels)
	h.Write(d.Images)
	return hex.EncodeToString(h.Sum(nil))
}
