package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
)

// Manifest says what a result was made from: hashes of the inputs and versions,
// and nothing that differs from run to run (no time, no host, no path).
type Manifest struct {
	Tool    string         `json:"tool"`    // "lowres" and its version
	Command []string       `json:"command"` // verb and flags, as far as they change results
	Inputs  []ManifestItem `json:"inputs"`  // sorted by name
	Outputs []ManifestItem `json:"outputs"`
}

// ManifestItem is a file by its role, not its path.
type ManifestItem struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// NewManifest returns a Manifest without files.
func NewManifest(tool string, command []string) *Manifest {
	return &Manifest{Tool: tool, Command: command, Inputs: []ManifestItem{}, Outputs: []ManifestItem{}}
}

// Input records what an input held. It returns an error for a name used before.
func (m *Manifest) Input(name string, content []byte) error {
	return addItem(&m.Inputs, name, content)
}

// Output records what an output holds. It returns an error for a name used
// before.
func (m *Manifest) Output(name string, content []byte) error {
	return addItem(&m.Outputs, name, content)
}

// JSON writes the manifest as manifest.json.
func (m *Manifest) JSON(w io.Writer) error { return writeJSON(w, m) }

// addItem keeps the list sorted by name.
func addItem(items *[]ManifestItem, name string, content []byte) error {
	sum := sha256.Sum256(content)
	at, found := slices.BinarySearchFunc(*items, name, func(i ManifestItem, name string) int {
		switch {
		case i.Name < name:
			return -1
		case i.Name > name:
			return 1
		}
		return 0
	})
	if found {
		return fmt.Errorf("manifest: %s: recorded twice", name)
	}
	*items = slices.Insert(*items, at, ManifestItem{name, len(content), hex.EncodeToString(sum[:])})
	return nil
}
