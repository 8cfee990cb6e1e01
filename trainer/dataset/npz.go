package dataset

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
)

// npzNames are the arrays of an NPZ file.
var npzNames = [4]string{"x_train", "y_train", "x_test", "y_test"}

// NPZ reads a NumPy archive with the arrays x_train, y_train, x_test and y_test. Pictures are uint8,
// [n][height][width] or [n][height][width][channels], in C order; labels are whole numbers 0 to 255 of any
// type, [n] or [n][1]; classes are numbers. It returns ErrFormat, with file, array and offset, for anything
// else. Other arrays are passed over.
func NPZ(path string) (train, test *Dataset, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("NPZ: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("NPZ: %w", err)
	}
	if train, test, err = readNPZ(f, info.Size()); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return train, test, nil
}

// readNPZ decodes an archive of size bytes.
func readNPZ(r io.ReaderAt, size int64) (train, test *Dataset, err error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: offset %d: %w; want an NPZ file; is it truncated?", ErrFormat, size, err)
	}
	var x [2]array
	var y [2][]uint8
	for i, name := range npzNames {
		a, err := npzArray(archive, name)
		if err != nil {
			return nil, nil, err
		}
		if i%2 == 0 {
			x[i/2], err = a.bytes()
		} else {
			y[i/2], err = a.labels()
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %s: %w", ErrFormat, name, err)
		}
	}
	return numbered("npz", x, y)
}

// npzArray reads one array of the archive.
func npzArray(archive *zip.Reader, name string) (npy, error) {
	var member *zip.File
	for _, m := range archive.File {
		if m.Name == name+".npy" {
			member = m
		}
	}
	if member == nil {
		return npy{}, fmt.Errorf("%w: no array %s: want %v", ErrFormat, name, npzNames)
	}
	r, err := member.Open()
	if err != nil {
		return npy{}, fmt.Errorf("%w: %s: %w", ErrFormat, name, err)
	}
	defer r.Close()
	a, err := readNPY(r)
	if err != nil {
		return npy{}, fmt.Errorf("%w: %s: %w", ErrFormat, name, err)
	}
	return a, nil
}
