package driver_test

import (
	"context"
	"fmt"
	"log"

	"lowres/driver"
	"lowres/sim/arch"
	"lowres/sim/program"
)

// An accelerator whose registers are behind UIO, and 16 MiB at 0x70000000 that Linux leaves alone.
func Example() {
	run := func(d *arch.Design, p *program.Program, pictures []int8) ([]int32, error) {
		const base = 0x70000000
		registers, err := driver.Map("/dev/uio0", 0, 4096)
		if err != nil {
			return nil, err
		}
		defer registers.Close()
		memory, err := driver.Map("/dev/mem", base, 16<<20)
		if err != nil {
			return nil, err
		}
		defer memory.Close()
		device, err := driver.Open(d, registers, memory)
		if err != nil {
			return nil, err
		}
		if err := device.Load(p, base); err != nil {
			return nil, err
		}
		return device.Run(context.Background(), pictures)
	}
	var (
		d        *arch.Design     // arch.ReadFile("small.yaml"), arch.New
		p        *program.Program // mapping.Map of the network
		pictures []int8
	)
	logits, err := run(d, p, pictures)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(logits)
}
