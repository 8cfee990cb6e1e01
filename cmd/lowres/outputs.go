package main

import (
	"io"
	"os"
	"path/filepath"
)

// checkOutputs refuses files to write before the work is done: two of one name,
// one that is an input, a folder, or a place where nothing can be written. The
// flags name the outputs, in parallel; an empty path is not written.
func checkOutputs(inputs, flags, outputs []string) error {
	for i, path := range outputs {
		if path == "" {
			continue
		}
		for _, in := range inputs {
			if sameFile(in, path) {
				return usage("%s: %s: is the input; want another file", flags[i], path)
			}
		}
		for j, other := range outputs[:i] {
			if other != "" && sameFile(other, path) {
				return usage("%s: %s: is what %s writes, too; want another file", flags[i], path, flags[j])
			}
		}
		if err := checkWritable(path); err != nil {
			return usage("%s: %w", flags[i], err)
		}
	}
	return nil
}

// sameFile reports whether two paths name one file, be it there or not.
func sameFile(a, b string) bool {
	if infoA, err := os.Stat(a); err == nil {
		if infoB, err := os.Stat(b); err == nil {
			return os.SameFile(infoA, infoB)
		}
	}
	absA, errA := filepath.Abs(a)
	absB, errB := filepath.Abs(b)
	return errA == nil && errB == nil && absA == absB
}

// checkWritable returns an error unless a file can be put at path.
func checkWritable(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return usage("%s: is a folder: want a file", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".lowres-*")
	if err != nil {
		return err
	}
	name := f.Name()
	if err := f.Close(); err != nil {
		return err
	}
	return os.Remove(name)
}

// checkedWriter remembers the first error of a writer, since results on a full
// disk must not look like success.
type checkedWriter struct {
	io.Writer
	err error
}

func (w *checkedWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}
