// Package coverage reads what Verilator counted of a design's lines, branches and toggles, and
// merges runs and designs by module and line.
package coverage

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrFormat is returned for a text that Verilator did not write.
var ErrFormat = errors.New("coverage")

// Point is a place that is counted: a line or branch, or a bit that toggles.
type Point struct {
	Module string // file without .v
	Line   int
	Kind   string // "line", "branch" or "toggle"
	What   string // of a branch "if" or "else", of a toggle the signal and bit
}

// Counts are how often each point was met, in all instances and runs.
type Counts map[Point]int64

// header begins a file.
const header = "# SystemC::Coverage-3"

// Read adds a file of Verilator to the counts.
func (c Counts) Read(r io.Reader) error {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		switch line := s.Text(); {
		case n == 1 && line != header:
			return fmt.Errorf("%w: line 1: %q: want %q", ErrFormat, line, header)
		case strings.HasPrefix(line, "C '"):
			if err := c.point(line); err != nil {
				return fmt.Errorf("%w: line %d: %w", ErrFormat, n, err)
			}
		}
	}
	return s.Err()
}

// point adds a line of the file: fields of \x01 key \x02 value in quotes, and a count.
func (c Counts) point(line string) error {
	end := strings.LastIndex(line, "' ")
	if end < 3 {
		return fmt.Errorf("%q: want C '…' count", line)
	}
	count, err := strconv.ParseInt(line[end+2:], 10, 64)
	if err != nil {
		return err
	}
	fields := map[string]string{}
	for f := range strings.SplitSeq(line[3:end], "\x01") {
		key, value, _ := strings.Cut(f, "\x02")
		fields[key] = value
	}
	at, err := strconv.Atoi(fields["l"])
	if err != nil {
		return err
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(fields["page"], "v_"), "/")
	what := fields["o"]
	if kind == "line" && what != "block" {
		kind = "branch"
	}
	if kind == "line" {
		what = ""
	}
	c[Point{strings.TrimSuffix(filepath.Base(fields["f"]), ".v"), at, kind, what}] += count
	return nil
}

// Share is how many points there are, and how many were met.
type Share struct{ Met, All int }

// String is "97.5 % of 120", or "—" where there is nothing to meet.
func (s Share) String() string {
	if s.All == 0 {
		return "—"
	}
	return fmt.Sprintf("%.1f %% of %d", 100*float64(s.Met)/float64(s.All), s.All)
}

// Kinds are the kinds of points in the order of a report.
var Kinds = []string{"line", "branch", "toggle"}

// ByModule adds up shares for the modules that want names true, in order of name.
func (c Counts) ByModule(want func(module string) bool) (modules []string, shares map[string]map[string]Share) {
	shares = map[string]map[string]Share{}
	for p, n := range c {
		if !want(p.Module) {
			continue
		}
		if shares[p.Module] == nil {
			modules, shares[p.Module] = append(modules, p.Module), map[string]Share{}
		}
		s := shares[p.Module][p.Kind]
		s.All++
		if n > 0 {
			s.Met++
		}
		shares[p.Module][p.Kind] = s
	}
	slices.Sort(modules)
	return modules, shares
}

// Missed lists the lines and branches that were never met, by module and line.
func (c Counts) Missed(want func(module string) bool) (missed []Point) {
	for p, n := range c {
		if n == 0 && p.Kind != "toggle" && want(p.Module) {
			missed = append(missed, p)
		}
	}
	slices.SortFunc(missed, func(a, b Point) int {
		if d := strings.Compare(a.Module, b.Module); d != 0 {
			return d
		}
		return a.Line - b.Line
	})
	return missed
}
