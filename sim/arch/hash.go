package arch

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/goccy/go-yaml"
)

// YAML is the design as a complete design file, every field stated but for four: a memory's
// stalls where there are none, array.pixels of 1, array.requantiser_stages of FewStages, and
// array.skewed_sums of false, so that designs keep the hashes that they had before they could say so.
func (d *Design) YAML() ([]byte, error) {
	s := d.Spec
	if s.Array.Pixels == 1 {
		s.Array.Pixels = 0
	}
	if s.Array.RequantiserStages == FewStages {
		s.Array.RequantiserStages = 0
	}
	return yaml.Marshal(s)
}

// Hash identifies the design: SHA-256 of its complete YAML, in hexadecimal. Two
// files that state the same design in different words have the same hash.
func (d *Design) Hash() (string, error) {
	text, err := d.YAML()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
