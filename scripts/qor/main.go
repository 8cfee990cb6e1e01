// Command qor measures LUTs and clock rates of the Verilog, prints the table and, if it
// measured all of it, writes it into docs/qor.md. An argument keeps the rows that contain it.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"lowres/internal/atomicfile"
	"lowres/internal/qor"
)

// page is the page whose table is written anew, between these lines.
const (
	page  = "docs/qor.md"
	begin = "<!-- table: make qor -->\n"
	end   = "<!-- end of table -->\n"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := strings.Join(os.Args[1:], " ")
	var table bytes.Buffer
	err := qor.Table(ctx, io.MultiWriter(os.Stdout, &table), only, os.Stderr)
	if err == nil && only == "" {
		err = replace(table.String())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "qor:", err)
		os.Exit(1)
	}
}

// replace puts the table into the page.
func replace(table string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s: want a line %q and a line %q", page, begin, end)
	}
	return atomicfile.WriteBytes(page, []byte(before+begin+table+end+after))
}
