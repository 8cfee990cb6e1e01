// Command gen writes the assembly of the kernel package. Run it with go generate.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "kernel_amd64.s", "file to write")
	flag.Parse()
	if err := os.WriteFile(*out, Source(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
