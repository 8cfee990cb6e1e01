package study

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"lowres/internal/atomicfile"
	"lowres/trainer/dataset"
)

// ErrManifest is returned for a folder that holds no study, or another one.
var ErrManifest = errors.New("study")

// manifestName marks a folder as that of a study.
const manifestName = "study.json"

// Manifest is study.json: what a study trains, on what.
type Manifest struct {
	Train Pictures `json:"train"`
	Test  Pictures `json:"test"`
	Reach float64  `json:"reach"` // test accuracy that the summary times, a part of 1
	Runs  []Run    `json:"runs"`
}

// Pictures identify a data set.
type Pictures struct {
	Name   string `json:"name"`
	Count  int    `json:"pictures"`
	SHA256 string `json:"sha256"` // dataset.Dataset.Fingerprint
}

func picturesOf(d *dataset.Dataset) Pictures { return Pictures{d.Name, d.Len(), d.Fingerprint()} }

// ReadManifest reads the manifest of the study in folder. It returns ErrManifest if there is none.
func ReadManifest(folder string) (*Manifest, error) {
	text, err := os.ReadFile(filepath.Join(folder, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s: no %s: want the folder of a study: %w", ErrManifest, folder, manifestName, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	m, err := parseManifest(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrManifest, filepath.Join(folder, manifestName), err)
	}
	return m, nil
}

// parseManifest decodes a manifest. Names must be fit for files and differ.
func parseManifest(text []byte) (*Manifest, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var m Manifest
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("offset %d: %w", d.InputOffset(), err)
	}
	if d.More() {
		return nil, fmt.Errorf("offset %d: more than one JSON value", d.InputOffset())
	}
	seen := map[string]bool{}
	for i, r := range m.Runs {
		err := errors.Join(r.checkName(), r.checkLevels(), checkName(r.Model), checkName(r.Augmentation), r.Recipe.Validate())
		if seen[r.Name] {
			err = errors.Join(err, fmt.Errorf("name %q: want each once", r.Name))
		}
		if err != nil {
			return nil, fmt.Errorf("runs[%d]: %w", i, err)
		}
		seen[r.Name] = true
	}
	return &m, nil
}

// adopt makes m the manifest of folder. A study that is there already must be a part of m: the same pictures,
// and no run that m lacks or trains otherwise.
func (m *Manifest) adopt(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("study: %w", err)
	}
	switch old, err := ReadManifest(folder); {
	case err == nil:
		if err := old.within(m); err != nil {
			return fmt.Errorf("%w: %s: %w; go on with the flags it was begun with, or take another folder", ErrManifest, folder, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case len(entries) > 0 && !onlyLeftovers(entries):
		return fmt.Errorf("%w: %s: holds files, and no %s: want an empty folder, or a name for a new one", ErrManifest, folder, manifestName)
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("study: %w", err)
	}
	return writeFile(filepath.Join(folder, manifestName), func(w io.Writer) error { return writeJSON(w, m) })
}

// onlyLeftovers reports whether a folder holds nothing but what a process left that was killed while it
// wrote its first manifest.
func onlyLeftovers(entries []fs.DirEntry) bool {
	for _, e := range entries {
		if !atomicfile.IsLeftover(manifestName, e.Name()) {
			return false
		}
	}
	return true
}

// within checks that the study m is a part of the study n.
func (m *Manifest) within(n *Manifest) error {
	if m.Train != n.Train || m.Test != n.Test {
		return fmt.Errorf("it is on %s and %s, and not on %s and %s", m.Train, m.Test, n.Train, n.Test)
	}
	wanted := map[string]Run{}
	for _, r := range n.Runs {
		wanted[r.Name] = r
	}
	for _, was := range m.Runs {
		is, ok := wanted[was.Name]
		if !ok {
			return fmt.Errorf("it has the run %s, which is left out now", was.Name)
		}
		if was.identity() != is.identity() {
			return fmt.Errorf("run %s: it is %s, and not %s", was.Name, was.identity(), is.identity())
		}
	}
	return nil
}

// checkName checks that the run's name is the one that its fields give.
func (r *Run) checkName() error {
	if want := r.name(); r.Name != want {
		return fmt.Errorf("name %q: want %q", r.Name, want)
	}
	return nil
}

// identity is all that a manifest says about a run.
func (r *Run) identity() string {
	return fmt.Sprintf("%s with %d parameters, N = %s, %+v", r.Model, r.Parameters, r.LevelsText(), r.Recipe)
}

// String is "builtin-train (100 pictures, 5f3a9c…)".
func (p Pictures) String() string {
	return fmt.Sprintf("%s (%d pictures, %.6s…)", p.Name, p.Count, p.SHA256)
}

// writeFile writes a file in one step and removes what killed writers of it have left.
func writeFile(path string, write func(io.Writer) error) error {
	if err := atomicfile.Sweep(path); err != nil {
		return fmt.Errorf("study: %w", err)
	}
	if err := atomicfile.Write(path, write); err != nil {
		return fmt.Errorf("study: %s: %w", path, err)
	}
	return nil
}

// writeJSON writes indented JSON, fields in the order of their struct.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
