package arch

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/goccy/go-yaml"
)

// YAML is the design as a complete design file, every field stated.
func (d *Design) YAML() ([]byte, error) { return yaml.Marshal(d.Spec) }

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
