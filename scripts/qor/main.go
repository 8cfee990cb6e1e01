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

	"lowres/internal/doctable"
	"lowres/internal/qor"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := strings.Join(os.Args[1:], " ")
	var table bytes.Buffer
	err := qor.Table(ctx, io.MultiWriter(os.Stdout, &table), only, os.Stderr)
	if err == nil && only == "" {
		err = doctable.Replace("docs/qor.md", "make qor", table.String())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "qor:", err)
		os.Exit(1)
	}
}
