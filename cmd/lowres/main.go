// Command lowres trains networks whose weights take N integer levels, says what
// they cost in hardware, writes that hardware as Verilog, and proves that it does
// what was said. See lowres help, and docs/cli.md for files, JSON and exit codes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends the process at once
	}()
	os.Exit(run(ctx, &console{os.Stdout, os.Stderr}, os.Args))
}
