// Package atomicfile writes files that are either as they were or complete, whenever the process ends.
package atomicfile

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Write writes a file under a temporary name in the same folder and renames it, so that path holds either
// the old bytes or all the new ones. A process that is killed may leave the temporary file behind; Sweep
// removes it.
func Write(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), prefix(path)+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	buffered := bufio.NewWriterSize(f, 1<<20)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// WriteBytes is Write for a file whose bytes are at hand.
func WriteBytes(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Sweep removes what killed writers of path have left. Nobody may be writing path meanwhile.
func Sweep(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if IsLeftover(path, e.Name()) {
			if err := os.Remove(filepath.Join(filepath.Dir(path), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// IsLeftover reports whether name is that of a temporary file of path.
func IsLeftover(path, name string) bool { return strings.HasPrefix(name, prefix(path)) }

// prefix begins the temporary names of a file.
func prefix(path string) string { return "." + filepath.Base(path) + ".new-" }
