package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// console is where a verb writes: results to out, progress and errors to err.
type console struct{ out, err io.Writer }

// printf writes a line of results.
func (c *console) printf(format string, a ...any) { fmt.Fprintf(c.out, format, a...) }

// notef writes a line of progress.
func (c *console) notef(format string, a ...any) { fmt.Fprintf(c.err, format, a...) }

// json writes a result for machines: indented, in the order of its fields.
func (c *console) json(v any) error {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// isTerminal reports whether progress is watched by a person.
func (c *console) isTerminal() bool {
	f, ok := c.err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
