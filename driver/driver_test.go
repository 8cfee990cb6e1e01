package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/simtest"
	"lowres/network"
	"lowres/registers"
	"lowres/sim/arch"
	"lowres/sim/machine"
	"lowres/sim/mapping"
	"lowres/sim/program"
)

// accelerator is registers and memory of a design whose runs the exact simulator does, if the
// registers hold the program.
type accelerator struct {
	t       *testing.T
	design  *arch.Design
	program *program.Program // what it must have been given before a start
	memory  []byte           // what lies below the base is not there

	values   map[uint32]uint32
	words    [program.EngineCount][]uint32
	looks    int    // at STATUS until a run is done
	errors   uint32 // bits of STATUS at the end of a run
	counters machine.Counters
	fault    error // of every access
}

func (a *accelerator) Read(offset uint32) (uint32, error) {
	status := a.values[registers.Status]
	switch {
	case a.fault != nil:
		return 0, a.fault
	case offset == registers.Status && status&registers.Busy != 0:
		if a.looks--; a.looks <= 0 {
			a.values[offset] = registers.Done | a.errors
		}
		return status, nil
	case offset == registers.CounterPage:
		return uint32(a.counters.Cycles), nil
	}
	return a.values[offset], nil
}

func (a *accelerator) Write(offset, value uint32) error {
	if a.fault != nil {
		return a.fault
	}
	switch offset {
	case registers.Control:
		if value&registers.Start != 0 {
			a.run()
		} else if value&registers.Clear != 0 {
			a.values[registers.Status] &^= registers.Done
		}
		return nil
	case registers.ProgramData:
		at := a.values[registers.ProgramAddress]
		engine := at >> registers.ProgramEngineShift
		require.Len(a.t, a.words[engine], int(at&0xffff))
		a.words[engine] = append(a.words[engine], value)
		a.values[registers.ProgramAddress]++
		return nil
	case registers.ProgramAddress:
		a.words[value>>registers.ProgramEngineShift] = nil
	}
	a.values[offset] = value
	return nil
}

// run does what a start does.
func (a *accelerator) run() {
	require.Zero(a.t, a.values[registers.Status]&registers.Busy, "a start while busy")
	require.EqualValues(a.t, 0x40000000, a.values[registers.Base])
	counts := []uint32{registers.LoadCount, registers.ComputeCount, registers.StoreCount}
	for e := range program.EngineCount {
		words, err := a.program.Encode(e)
		require.NoError(a.t, err)
		require.Equal(a.t, words, a.words[e])
		require.EqualValues(a.t, a.program.Count(e), a.values[counts[e]])
	}
	m, err := machine.New(a.design, a.program)
	require.NoError(a.t, err)
	result, err := m.Run(a.memory, machine.Options{})
	require.NoError(a.t, err)
	a.memory, a.counters, a.looks = result.Memory, result.Timing.Counters, 3
	a.values[registers.Status] = registers.Busy
}

func (a *accelerator) ReadAt(to []byte, at int64) (int, error) {
	return copy(to, a.memory[at:]), a.fault
}
func (a *accelerator) WriteAt(from []byte, at int64) (int, error) {
	return copy(a.memory[at:], from), a.fault
}

// newAccelerator has a network of batches of three pictures.
func newAccelerator(t *testing.T) (*accelerator, *network.Integer) {
	t.Helper()
	s := arch.DefaultSpec()
	s.Levels = []int{3}
	d, err := arch.New(s)
	require.NoError(t, err)
	g := &network.Graph{Name: "net", Input: network.Shape{H: 4, W: 4, C: 3}, Layers: []network.Layer{
		{Name: "conv1", Kind: network.Conv, Out: 6, Kernel: 3, Pad: 1, ReLU: true},
		{Name: "fc1", Kind: network.Dense, Out: 5},
	}}
	require.NoError(t, g.Resolve())
	net, err := simtest.Fill(g, []int{3}, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	p, err := mapping.MapFor(net, d, mapping.Options{Batch: 3})
	require.NoError(t, err)
	return &accelerator{t: t, design: d, program: p, memory: make([]byte, p.Memory), values: map[uint32]uint32{
		registers.ID: 0x4C524553, registers.Version: 0x00010203,
		registers.Design0: registers.Design0Value(d), registers.Design1: registers.Design1Value(d),
	}}, net
}

// open opens the accelerator and loads its program.
func open(t *testing.T, a *accelerator) *Device {
	t.Helper()
	d, err := Open(a.design, a, a)
	require.NoError(t, err)
	require.NoError(t, d.Load(a.program, 0x40000000))
	return d
}

func TestBatchesRunAndGiveTheNetworksLogits(t *testing.T) {
	a, net := newAccelerator(t)
	d := open(t, a)
	require.Equal(t, "1.2.3", d.Version())
	for batch := range uint64(2) {
		var pictures []int8
		var want []int32
		for i := range uint64(3) {
			picture := simtest.Input(net.Graph, 3*batch+i)
			pictures = append(pictures, picture...)
			want = append(want, simtest.Reference(net, picture)...)
		}
		got, err := d.Run(context.Background(), pictures)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	counters, err := d.Counters()
	require.NoError(t, err)
	require.Len(t, counters, 17)
	require.EqualValues(t, a.counters.Cycles, counters[0])
	require.NoError(t, d.EnableInterrupt(true))
	require.EqualValues(t, 1, a.values[registers.IRQEnable])
	require.NoError(t, d.Clear())
	require.Zero(t, a.values[registers.Status])
}

func TestWhatIsNotTheDesignsAcceleratorIsRefused(t *testing.T) {
	for offset, want := range map[uint32]error{registers.ID: ErrAbsent, registers.Design0: ErrDesign, registers.Design1: ErrDesign} {
		a, _ := newAccelerator(t)
		a.values[offset] ^= 4
		_, err := Open(a.design, a, a)
		require.ErrorIs(t, err, want)
		require.ErrorContains(t, err, fmt.Sprintf("%#08x", a.values[offset]))
	}
}

func TestARunEndsWithWhatStatusSays(t *testing.T) {
	for bits, want := range map[uint32][]error{
		registers.ReadError:                        {ErrReadFailed},
		registers.WriteError:                       {ErrWriteFailed},
		registers.BadInstruction:                   {ErrInstruction},
		registers.StartRefused:                     {ErrRefused},
		registers.WriteRefused:                     {ErrRefused},
		registers.ReadError | registers.WriteError: {ErrReadFailed, ErrWriteFailed},
	} {
		a, net := newAccelerator(t)
		a.errors = bits
		d := open(t, a)
		_, err := d.Run(context.Background(), slices.Repeat(simtest.Input(net.Graph, 1), 3))
		for _, e := range []error{ErrReadFailed, ErrWriteFailed, ErrInstruction, ErrRefused} {
			require.Equal(t, slices.Contains(want, e), errors.Is(err, e), "STATUS %#x: %v", bits, err)
		}
	}
}

func TestCallsThatCannotBeDoneChangeNothing(t *testing.T) {
	a, net := newAccelerator(t)
	d := open(t, a)
	before := slices.Clone(a.memory)
	require.ErrorIs(t, d.Load(a.program, 0x40000100), ErrProgram)
	long := *a.program
	long.Computes = slices.Repeat(long.Computes, 500)
	require.ErrorContains(t, d.Load(&long, 0), "raise program.compute")
	odd := *a.program
	odd.Loads = slices.Clone(odd.Loads)
	odd.Loads[0].Set = 64
	require.ErrorIs(t, d.Load(&odd, 0), program.ErrEncoding)
	require.ErrorIs(t, d.Put(simtest.Input(net.Graph, 1)), program.ErrTensor) // one picture of three
	require.Equal(t, before, a.memory)

	require.NoError(t, d.Put(slices.Repeat(simtest.Input(net.Graph, 1), 3)))
	require.NoError(t, d.Start())
	require.ErrorIs(t, d.Start(), ErrBusy)
	require.ErrorIs(t, d.Reload(), ErrBusy)
	require.NoError(t, d.Wait(context.Background()))
}

func TestWithoutAProgramThereIsNothingToDo(t *testing.T) {
	a, net := newAccelerator(t)
	d, err := Open(a.design, a, a)
	require.NoError(t, err)
	require.ErrorIs(t, d.Put(simtest.Input(net.Graph, 1)), ErrProgram)
	require.ErrorIs(t, d.Reload(), ErrProgram)
	_, err = d.Output()
	require.ErrorIs(t, err, ErrProgram)
	_, err = d.Run(context.Background(), nil)
	require.ErrorContains(t, err, "want Load first")
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	a, net := newAccelerator(t)
	d := open(t, a)
	require.NoError(t, d.Put(slices.Repeat(simtest.Input(net.Graph, 1), 3)))
	require.NoError(t, d.Start())
	a.looks = 1 << 30
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, d.Wait(ctx), context.Canceled)
}

func TestErrorsOfAnAccessComeBack(t *testing.T) {
	a, _ := newAccelerator(t)
	d := open(t, a)
	a.fault = io.ErrUnexpectedEOF
	_, err := Open(a.design, a, a)
	require.ErrorIs(t, err, a.fault)
	require.ErrorIs(t, d.Load(a.program, 0), a.fault)
	require.ErrorIs(t, d.Start(), a.fault)
	require.ErrorIs(t, d.Wait(context.Background()), a.fault)
	_, err = d.Counters()
	require.ErrorIs(t, err, a.fault)
	_, err = d.Output()
	require.ErrorIs(t, err, a.fault)
}
