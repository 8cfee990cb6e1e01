package verify

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// Suite is a group of tests in a JUnit report.
type Suite struct {
	Name  string
	Tests []Test
}

// Test is one test of a report.
type Test struct {
	Name    string
	Class   string // groups tests, usually the simulator
	Took    time.Duration
	Failure string // a mismatch, in one sentence
	Error   string // why there is no answer
	Skipped string // why it did not run
}

// The elements of a report, as https://github.com/testmoapp/junitxml describes them.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		junitCounts
		Suites []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Cases []junitCase `xml:"testcase"`
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"`
		took     time.Duration
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
	}
)

// WriteJUnit writes a report that continuous integration servers read.
func WriteJUnit(w io.Writer, suites []Suite) error {
	var all junitSuites
	for _, s := range suites {
		js := junitSuite{Name: s.Name}
		for _, t := range s.Tests {
			js.add(t)
		}
		js.Time = seconds(js.took)
		all.Suites = append(all.Suites, js)
		all.Tests += js.Tests
		all.Failures += js.Failures
		all.Errors += js.Errors
		all.junitCounts.Skipped += js.Skipped
		all.took += js.took
	}
	all.Time = seconds(all.took)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// add counts a test.
func (s *junitSuite) add(t Test) {
	c := junitCase{Name: t.Name, Class: t.Class, Time: seconds(t.Took)}
	s.Tests++
	s.took += t.Took
	switch {
	case t.Failure != "":
		c.Failure = &junitMessage{t.Failure}
		s.Failures++
	case t.Error != "":
		c.Error = &junitMessage{t.Error}
		s.Errors++
	case t.Skipped != "":
		c.Skipped = &junitMessage{t.Skipped}
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
