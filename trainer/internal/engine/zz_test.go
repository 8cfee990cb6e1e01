package engine

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer/kernel"
)

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func TestZZ(t *testing.T) {
	names := strings.Split(os.Getenv("ZZ"), ",")
	reps := 3
	fmt.Sscan(os.Getenv("REPS"), &reps)
	workers := 1
	fmt.Sscan(os.Getenv("WORKERS"), &workers)
	for _, name := range names {
		net := randomNet(t, name, 3)
		m, err := NewMachine(net, network.NewFloat(net.Graph, quant.Levels{}), 256, Options{Workers: workers, Set: kernel.Named(os.Getenv("SET"))})
		if err != nil {
			t.Fatal(err)
		}
		labels := make([]uint8, 256)
		best, wall := time.Hour, time.Hour
		for range reps + 1 {
			c, s := cpu(), time.Now()
			m.Step(Batch{From: noise, Labels: labels}, kernel.Step{Rate: 0.0001, Momentum: 0.9})
			best, wall = min(best, cpu()-c), min(wall, time.Since(s))
		}
		f := StepFLOP(net.Graph) * 256
		fmt.Printf("%s: %d ms cpu, %.0f images/cpu-s, %.0f eff GFLOP/s a core; wall %.0f images/s\n", name, best.Milliseconds(), 256/best.Seconds(), f/float64(best.Nanoseconds()), 256/wall.Seconds())
		m.Close()
	}
}
