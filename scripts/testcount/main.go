// Command testcount reads go test -json, shows a line for every package and the output of what failed,
// and ends with "N passed, N failed, N skipped". It exits with 1 if anything failed or nothing ran.
package main

import (
	"fmt"
	"os"
)

func main() {
	c := newCounter(os.Stdout)
	if err := c.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
		os.Exit(1)
	}
	os.Exit(c.finish())
}
