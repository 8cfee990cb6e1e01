// Package registers is the register map of an accelerator, docs/register-map.md: what
// the emitted C header and page, the drivers and the testbench have in common.
package registers

import "fmt"

// Offsets in bytes. Counter i is at CounterPage + 4·i.
const (
	ID             = 0x00
	Version        = 0x04
	Control        = 0x08
	Status         = 0x0C
	Base           = 0x10
	LoadCount      = 0x14
	ComputeCount   = 0x18
	StoreCount     = 0x1C
	ProgramAddress = 0x20
	ProgramData    = 0x24
	Design0        = 0x28
	Design1        = 0x2C
	IRQEnable      = 0x30
	CounterPage    = 0x80
)

// Bits of CONTROL.
const (
	Start uint32 = 1 << iota
	Clear
)

// Bits of STATUS.
const (
	Busy           uint32 = 1 << 0
	Done           uint32 = 1 << 1
	ReadError      uint32 = 1 << 4
	WriteError     uint32 = 1 << 5
	BadInstruction uint32 = 1 << 6
	StartRefused   uint32 = 1 << 8
	WriteRefused   uint32 = 1 << 9
)

// ProgramEngineShift is the place of the engine in PROGRAM_ADDRESS.
const ProgramEngineShift = 30

// BaseAlignment is what BASE is a multiple of, so that no burst leaves its page.
const BaseAlignment = 4096

// Register is a register of hdl/control_registers.v.
type Register struct {
	Offset                 int
	Name, Access, Contents string
	Fields                 []Field
}

// Field is a part of a register.
type Field struct {
	Name       string
	Low, Width int
	Meaning    string
}

// Mask is the field's bits in its register.
func (f Field) Mask() string { return fmt.Sprintf("0x%08X", uint32(1<<f.Width-1)<<f.Low) }

// Bits is the field's place as people write it, such as 31:30.
func (f Field) Bits() string {
	if f.Width == 1 {
		return fmt.Sprint(f.Low)
	}
	return fmt.Sprintf("%d:%d", f.Low+f.Width-1, f.Low)
}

// Map is every register but the counters, in the order of the offsets.
func Map() []Register {
	count := func(of string) []Field { return []Field{{"COUNT", 0, 16, of + " instructions of a run"}} }
	return []Register{
		{ID, "ID", "RO", `"LRES"`, nil},
		{Version, "VERSION", "RO", "version of lowres", []Field{
			{"PATCH", 0, 8, "patch"}, {"MINOR", 8, 8, "minor"}, {"MAJOR", 16, 16, "major"}}},
		{Control, "CONTROL", "WO", "", []Field{
			{"START", 0, 1, "starts a run"}, {"CLEAR", 1, 1, "clears done and both refused bits"}}},
		{Status, "STATUS", "RO", "", []Field{
			{"BUSY", 0, 1, "a run is on its way"},
			{"DONE", 1, 1, "a run has ended since the last start or clear"},
			{"READ_ERROR", 4, 1, "a read was answered with an error"},
			{"WRITE_ERROR", 5, 1, "a write was answered with an error"},
			{"BAD_INSTRUCTION", 6, 1, "an instruction was illegal and was skipped"},
			{"START_REFUSED", 8, 1, "start was written while busy, and was ignored"},
			{"WRITE_REFUSED", 9, 1, "a register was written while busy, and was not changed"}}},
		{Base, "BASE", "RW", "address of the program's byte 0; added to every memory address", nil},
		{LoadCount, "LOAD_COUNT", "RW", "", count("load")},
		{ComputeCount, "COMPUTE_COUNT", "RW", "", count("compute")},
		{StoreCount, "STORE_COUNT", "RW", "", count("store")},
		{ProgramAddress, "PROGRAM_ADDRESS", "RW", "", []Field{
			{"WORD", 0, 16, "word of the program"}, {"ENGINE", 30, 2, "0 load, 1 compute, 2 store"}}},
		{ProgramData, "PROGRAM_DATA", "WO", "writes a word of a program, then adds 1 to the word in PROGRAM_ADDRESS", nil},
		{Design0, "DESIGN0", "RO", "what the array is", []Field{
			{"LANES", 0, 8, "lanes"}, {"COLS", 8, 8, "cols"}, {"HOLD", 16, 8, "hold"}, {"REQUANTISERS", 24, 8, "requantisers"}}},
		{Design1, "DESIGN1", "RO", "what memory and sums are", []Field{
			{"MEMORY_BYTES", 0, 8, "bytes of a beat"}, {"ACCUMULATOR_BITS", 8, 8, "bits of a sum"},
			{"LEVELS", 16, 8, "bit i: the i-th of N = 2, 3, 4, 5, 8, 9, 16, 17"}, {"CUSTOM_LEVELS", 24, 4, "number of custom level sets"},
			{"PIXELS_LOG2", 28, 4, "log2 of pixels"}}},
		{IRQEnable, "IRQ_ENABLE", "RW", "", []Field{{"ENABLE", 0, 1, "irq is high while done is"}}},
	}
}

// Counters are the names of a core's counters by index.
func Counters() []string {
	return []string{
		"cycles",
		"load_busy", "load_wait", "load_retired",
		"compute_busy", "compute_wait", "compute_stall", "compute_retired", "array_active", "drain_active",
		"store_busy", "store_wait", "store_retired",
		"read_bursts", "read_beats", "write_bursts", "write_beats",
	}
}
