package dataset

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// idxParts are the four files of a set, by what their names hold: of MNIST, of its like, and of copies with
// a dot for the second hyphen.
var idxParts = [4][]string{{"train-images"}, {"train-labels"}, {"t10k-images", "test-images"}, {"t10k-labels", "test-labels"}}

const idxWant = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each plain or .gz"

// IDX reads the four IDX files of MNIST or its like (Fashion-MNIST, KMNIST, EMNIST) from folder. Pictures
// are [n][height][width] bytes, or [n][height][width][channels]; classes are numbers. A file may be packed
// with gzip. It returns ErrFormat, with file and offset, for anything else.
func IDX(folder string) (train, test *Dataset, err error) {
	var a [4]array
	for i, part := range idxParts {
		path, err := idxFile(folder, part)
		if err != nil {
			return nil, nil, err
		}
		dims := []int{3, 4}
		if i%2 == 1 {
			dims = []int{1}
		}
		if a[i], err = openIDX(path, dims); err != nil {
			return nil, nil, err
		}
	}
	return numbered("idx", [2]array{a[0], a[2]}, [2][]uint8{a[1].data, a[3].data})
}

// isIDX reports whether an IDX file lies in folder.
func isIDX(folder string) bool {
	found, err := filepath.Glob(filepath.Join(folder, "*-idx?-ubyte*"))
	dotted, _ := filepath.Glob(filepath.Join(folder, "*.idx?-ubyte*"))
	return err == nil && len(found)+len(dotted) > 0
}

// idxFile finds the only file whose name holds one of the parts. A file beside its packed self counts once.
func idxFile(folder string, parts []string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", fmt.Errorf("IDX: %w", err)
	}
	var found []string
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".gz")
		if !strings.HasSuffix(name, "-ubyte") || slices.Contains(found, name) {
			continue
		}
		if slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) }) {
			found = append(found, e.Name())
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%w: %s: %d files with %s in their names %q: want one; an IDX folder has %s",
			ErrFormat, folder, len(found), strings.Join(parts, " or "), found, idxWant)
	}
	return filepath.Join(folder, found[0]), nil
}

// openIDX reads one file, with as many dimensions as one of dims says.
func openIDX(path string, dims []int) (array, error) {
	f, err := os.Open(path)
	if err != nil {
		return array{}, fmt.Errorf("IDX: %w", err)
	}
	defer f.Close()
	var r io.Reader = bufio.NewReader(f)
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			return array{}, fmt.Errorf("%w: %s: offset 0: %w", ErrFormat, path, err)
		}
	}
	a, err := readIDX(r, dims)
	if err != nil {
		return array{}, fmt.Errorf("%w: %s: %w", ErrFormat, path, err)
	}
	return a, nil
}

// readIDX decodes an IDX file of unsigned bytes: two zeros, the type 8, the number of dimensions, the
// dimensions as big-endian 32-bit numbers, the elements. Offsets in errors are those of the unpacked file.
// Source: http://yann.lecun.com/exdb/mnist, "the IDX file format".
func readIDX(r io.Reader, dims []int) (array, error) {
	head := make([]byte, 4)
	if n, err := io.ReadFull(r, head); err != nil {
		return array{}, fmt.Errorf("offset %d: %w", n, cut(err))
	}
	if head[0] != 0 || head[1] != 0 || head[2] != 8 {
		return array{}, fmt.Errorf("offset 0: magic % x: want 00 00 08, an IDX file of bytes", head[:3])
	}
	if !slices.Contains(dims, int(head[3])) {
		return array{}, fmt.Errorf("offset 3: %d dimensions: want %v", head[3], dims)
	}
	sides := make([]byte, 4*int(head[3]))
	if n, err := io.ReadFull(r, sides); err != nil {
		return array{}, fmt.Errorf("offset %d: %w", 4+n, cut(err))
	}
	var a array
	for i := 0; i < len(sides); i += 4 {
		a.shape = append(a.shape, int(binary.BigEndian.Uint32(sides[i:])))
	}
	n, err := volume(a.shape)
	if err != nil {
		return array{}, fmt.Errorf("offset 4: %w", err)
	}
	a.data, err = readExactly(r, len(head)+len(sides), n)
	return a, err
}

// cut is the error of a file that ends in the middle of something.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file is truncated")
	}
	return err
}
