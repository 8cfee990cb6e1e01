// Package scalesim reads the configuration and topology files of SCALE-Sim and gives
// the compute cycles that it reports: those of a systolic array whose memory never
// makes it wait.
package scalesim

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrFile is returned for a file that is not SCALE-Sim's, or asks for what this
// package does not compute.
var ErrFile = errors.New("SCALE-Sim file")

// MaxSide is the largest height and width of an array.
const MaxSide = 4096

// Dataflow is what stays in the cells of the array.
type Dataflow string

// The dataflows.
const (
	WeightStationary Dataflow = "ws"
	OutputStationary Dataflow = "os"
)

// Config is what a configuration file says of the array.
type Config struct {
	Name     string // general.run_name
	Height   int    // architecture_presets.ArrayHeight
	Width    int    // architecture_presets.ArrayWidth
	Dataflow Dataflow
	Unused   []Key // the other keys of the file: compute cycles do not depend on them
}

// Key is a line of a configuration file.
type Key struct {
	Name  string `json:"key"` // section.key, as the file spells it
	Value string `json:"value"`
	Line  int    `json:"line"`
}

// ParseConfig reads a configuration: sections in brackets, and keys with = or : before
// their values, whatever the case of their letters. Every key that is not honoured is in
// Unused. It returns ErrFile with the line of what it cannot read, for a key that is
// missing, and for one that would change compute cycles in a way that is not modelled:
// dataflow is, sparsity.
func ParseConfig(text []byte) (*Config, error) {
	keys, err := parseKeys(text)
	if err != nil {
		return nil, err
	}
	c := &Config{}
	if c.Name, err = keys.take("general", "run_name"); err != nil {
		return nil, err
	}
	var errs [4]error
	c.Height, errs[0] = keys.side("ArrayHeight")
	c.Width, errs[1] = keys.side("ArrayWidth")
	c.Dataflow, errs[2] = keys.dataflow()
	errs[3] = keys.sparsity()
	c.Unused = keys.rest()
	return c, errors.Join(errs[:]...)
}

// keys are the lines of a configuration in their order.
type keys []*keyLine

type keyLine struct {
	Key
	used bool
}

// parseKeys splits a configuration into its keys.
func parseKeys(text []byte) (keys, error) {
	var all keys
	section, line := "", 0
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		line++
		row := strings.TrimSpace(s.Text())
		if row == "" || row[0] == '#' || row[0] == ';' {
			continue
		}
		if row[0] == '[' && row[len(row)-1] == ']' {
			section = row[1 : len(row)-1]
			continue
		}
		at := strings.IndexAny(row, "=:")
		if at < 1 || section == "" {
			return nil, fmt.Errorf("%w: line %d: %q: want [section], or behind one key = value or key : value", ErrFile, line, row)
		}
		k := &keyLine{Key: Key{section + "." + strings.TrimSpace(row[:at]), strings.TrimSpace(row[at+1:]), line}}
		if before := all.find(k.Name); before != nil {
			return nil, fmt.Errorf("%w: line %d: %s: stands in line %d, too; remove one", ErrFile, line, k.Name, before.Line)
		}
		all = append(all, k)
	}
	return all, nil
}

// find is the key of that name, nil if there is none.
func (all keys) find(name string) *keyLine {
	for _, k := range all {
		if strings.EqualFold(k.Name, name) {
			return k
		}
	}
	return nil
}

// take is the value of a key that the file must have.
func (all keys) take(section, name string) (string, error) {
	k := all.find(section + "." + name)
	if k == nil {
		return "", fmt.Errorf("%w: no %s in [%s]: want that key", ErrFile, name, section)
	}
	k.used = true
	return k.Value, nil
}

// side is the height or width of the array.
func (all keys) side(name string) (int, error) {
	text, err := all.take("architecture_presets", name)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MaxSide {
		return 0, fmt.Errorf("%w: %s: %q: want 1 to %d", ErrFile, name, text, MaxSide)
	}
	return n, nil
}

// dataflow is what stays in the array.
func (all keys) dataflow() (Dataflow, error) {
	text, err := all.take("architecture_presets", "Dataflow")
	if err != nil {
		return "", err
	}
	d := Dataflow(strings.ToLower(text))
	if d != WeightStationary && d != OutputStationary {
		return "", fmt.Errorf("%w: Dataflow: %q: want ws or os", ErrFile, text)
	}
	return d, nil
}

// sparsity refuses a configuration that asks for sparse filters.
func (all keys) sparsity() error {
	k := all.find("sparsity.SparsitySupport")
	if k == nil {
		return nil
	}
	if !strings.EqualFold(k.Value, "false") {
		return fmt.Errorf("%w: line %d: %s: %q: want false: sparse filters are not modelled", ErrFile, k.Line, k.Name, k.Value)
	}
	k.used = true
	return nil
}

// rest lists the keys that were not used.
func (all keys) rest() []Key {
	unused := []Key{}
	for _, k := range all {
		if !k.used {
			unused = append(unused, k.Key)
		}
	}
	return unused
}
