package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lowres/network"
)

// The binary version of the CIFAR sets: records of label bytes and 3×32×32 pixel bytes, red plane first.
// Source: https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
const (
	cifarSide  = 32
	cifarPlane = cifarSide * cifarSide
)

// cifar is one of the CIFAR sets.
type cifar struct {
	name    string   // for errors
	key     string   // for the names of the data sets
	labels  int      // label bytes of a record
	label   int      // the one that is used
	classes []string // that it counts
	train   []string // files with the training pictures
	test    string   // file with the test pictures
	records [2]int   // records of a training file and of the test file
}

// record is the length of a record in bytes.
func (c *cifar) record() int { return c.labels + 3*cifarPlane }

// read reads all files of the set.
func (c *cifar) read(folder string) (train, test *Dataset, err error) {
	train, test = c.empty("train", len(c.train)*c.records[0]), c.empty("test", c.records[1])
	for _, name := range c.train {
		if err := c.appendFile(train, filepath.Join(folder, name), c.records[0]); err != nil {
			return nil, nil, err
		}
	}
	if err := c.appendFile(test, filepath.Join(folder, c.test), c.records[1]); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// empty is a set without pictures. Memory is taken when the first file proves sound.
func (c *cifar) empty(part string, pictures int) *Dataset {
	return &Dataset{Name: c.key + "-" + part, Shape: network.Shape{H: cifarSide, W: cifarSide, C: 3}, Classes: c.classes,
		Labels: make([]uint8, 0, pictures)}
}

// appendFile adds the records of one file, which must be as many as the set has there.
func (c *cifar) appendFile(d *Dataset, path string, records int) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w; want the folder of the binary version with %s", c.name, err, c.files())
	}
	if want := int64(records * c.record()); info.Size() != want {
		return fmt.Errorf("%w: %s: ends at offset %d: want %d (%d records of %d bytes)",
			ErrFormat, path, info.Size(), want, records, c.record())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	if d.Images == nil {
		d.Images = make([]uint8, 0, cap(d.Labels)*d.Shape.Size())
	}
	if err := c.appendRecords(d, data); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrFormat, path, err)
	}
	return nil
}

// files lists the files of the set for an error.
func (c *cifar) files() string {
	if len(c.train) == 1 {
		return c.train[0] + " and " + c.test
	}
	return c.train[0] + " to " + c.train[len(c.train)-1] + " and " + c.test
}

// in reports whether a file of the set lies in folder.
func (c *cifar) in(folder string) bool {
	for _, name := range append([]string{c.test}, c.train...) {
		if _, err := os.Stat(filepath.Join(folder, name)); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// appendRecords adds whole records, turning their planes into NHWC pixels.
func (c *cifar) appendRecords(d *Dataset, data []byte) error {
	size := c.record()
	if rest := len(data) % size; rest != 0 {
		return fmt.Errorf("offset %d: record of %d bytes: want %d", len(data)-rest, rest, size)
	}
	for offset := 0; offset < len(data); offset += size {
		record := data[offset : offset+size]
		if label := int(record[c.label]); label >= len(c.classes) {
			return fmt.Errorf("offset %d: label %d: want 0 to %d", offset+c.label, label, len(c.classes)-1)
		}
		d.Labels = append(d.Labels, record[c.label])
		for i, red := range record[c.labels : c.labels+cifarPlane] {
			i += c.labels
			d.Images = append(d.Images, red, record[i+cifarPlane], record[i+2*cifarPlane])
		}
	}
	return nil
}
