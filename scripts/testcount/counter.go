package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of go test -json; see go doc test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build event
	Test       string // none: the event is the package's
	Output     string
	Elapsed    float64 // seconds
}

// place is a test, or a package with no test.
type place struct{ pkg, test string }

// counter counts the tests of a run; a test with subtests counts beside them.
type counter struct {
	out                     io.Writer
	passed, failed, skipped int
	broken                  int // packages that failed outside any test: build, panic, time-out
	failedIn                map[string]int
	text                    map[place][]string // what it printed, until its end
	build                   map[string][]string
}

func newCounter(out io.Writer) *counter {
	return &counter{out: out, failedIn: map[string]int{}, text: map[place][]string{}, build: map[string][]string{}}
}

// read takes in a whole run. A line that is no event is passed on.
func (c *counter) read(r io.Reader) error {
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) == nil {
			c.add(e)
		} else {
			c.out.Write(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (c *counter) add(e event) {
	at := place{e.Package, e.Test}
	switch e.Action {
	case "output":
		c.text[at] = append(c.text[at], e.Output)
	case "build-output":
		c.build[e.ImportPath] = append(c.build[e.ImportPath], e.Output)
	case "build-fail":
		c.print(c.build[e.ImportPath])
	case "pass", "fail", "skip":
		if e.Test == "" {
			c.endPackage(e)
		} else {
			c.endTest(e)
		}
		delete(c.text, at)
	}
}

func (c *counter) endTest(e event) {
	switch e.Action {
	case "pass":
		c.passed++
	case "skip":
		c.skipped++
		c.print(c.text[place{e.Package, e.Test}])
	case "fail":
		c.failed++
		c.failedIn[e.Package]++
		c.print(c.text[place{e.Package, e.Test}])
	}
}

// endPackage shows a package's line, and all that it printed if it failed outside any test.
func (c *counter) endPackage(e event) {
	if e.Action == "fail" && c.failedIn[e.Package] == 0 {
		c.broken++
		for at, text := range c.text { // a test that never ended; there is one, or several in parallel
			if at.pkg == e.Package {
				c.print(text)
			}
		}
	}
	word := map[string]string{"pass": "ok", "fail": "FAIL", "skip": "no tests"}[e.Action]
	fmt.Fprintf(c.out, "%-8s %s  %.1f s\n", word, e.Package, e.Elapsed)
}

func (c *counter) print(text []string) { io.WriteString(c.out, strings.Join(text, "")) }

// finish prints the count and returns the exit code.
func (c *counter) finish() int {
	if c.broken > 0 {
		fmt.Fprintf(c.out, "%d packages failed outside their tests, see above\n", c.broken)
	}
	fmt.Fprintf(c.out, "%d passed, %d failed, %d skipped\n", c.passed, c.failed+c.broken, c.skipped)
	if c.failed+c.broken > 0 || c.passed == 0 {
		return 1
	}
	return 0
}
