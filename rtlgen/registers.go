package rtlgen

import "fmt"

// register is a register of hdl/control_registers.v.
type register struct {
	Offset                 int
	Name, Access, Contents string
	Fields                 []field
}

// field is a part of a register.
type field struct {
	Name       string
	Low, Width int
	Meaning    string
}

// Mask is the field's bits in its register.
func (f field) Mask() string { return fmt.Sprintf("0x%08X", uint32(1<<f.Width-1)<<f.Low) }

// Bits is the field's place as people write it, such as 31:30.
func (f field) Bits() string {
	if f.Width == 1 {
		return fmt.Sprint(f.Low)
	}
	return fmt.Sprintf("%d:%d", f.Low+f.Width-1, f.Low)
}

// counterPage is the offset of counter 0.
const counterPage = 0x80

// registers is the register map, docs/register-map.md, in the order of the offsets.
func registers() []register {
	count := func(of string) []field { return []field{{"COUNT", 0, 16, of + " instructions of a run"}} }
	return []register{
		{0x00, "ID", "RO", `"LRES"`, nil},
		{0x04, "VERSION", "RO", "version of lowres", []field{
			{"PATCH", 0, 8, "patch"}, {"MINOR", 8, 8, "minor"}, {"MAJOR", 16, 16, "major"}}},
		{0x08, "CONTROL", "WO", "", []field{
			{"START", 0, 1, "starts a run"}, {"CLEAR", 1, 1, "clears done and both refused bits"}}},
		{0x0C, "STATUS", "RO", "", []field{
			{"BUSY", 0, 1, "a run is on its way"},
			{"DONE", 1, 1, "a run has ended since the last start or clear"},
			{"READ_ERROR", 4, 1, "a read was answered with an error"},
			{"WRITE_ERROR", 5, 1, "a write was answered with an error"},
			{"BAD_INSTRUCTION", 6, 1, "an instruction was illegal and was skipped"},
			{"START_REFUSED", 8, 1, "start was written while busy, and was ignored"},
			{"WRITE_REFUSED", 9, 1, "a register was written while busy, and was not changed"}}},
		{0x10, "BASE", "RW", "address of the program's byte 0; added to every memory address", nil},
		{0x14, "LOAD_COUNT", "RW", "", count("load")},
		{0x18, "COMPUTE_COUNT", "RW", "", count("compute")},
		{0x1C, "STORE_COUNT", "RW", "", count("store")},
		{0x20, "PROGRAM_ADDRESS", "RW", "", []field{
			{"WORD", 0, 16, "word of the program"}, {"ENGINE", 30, 2, "0 load, 1 compute, 2 store"}}},
		{0x24, "PROGRAM_DATA", "WO", "writes a word of a program, then adds 1 to the word in PROGRAM_ADDRESS", nil},
		{0x28, "DESIGN0", "RO", "what the array is", []field{
			{"LANES", 0, 8, "lanes"}, {"COLS", 8, 8, "cols"}, {"HOLD", 16, 8, "hold"}, {"REQUANTISERS", 24, 8, "requantisers"}}},
		{0x2C, "DESIGN1", "RO", "what memory and sums are", []field{
			{"MEMORY_BYTES", 0, 8, "bytes of a beat"}, {"ACCUMULATOR_BITS", 8, 8, "bits of a sum"},
			{"LEVELS", 16, 8, "bit i: the i-th of N = 2, 3, 4, 5, 8, 9, 16, 17"}, {"CUSTOM_LEVELS", 24, 8, "number of custom level sets"}}},
		{0x30, "IRQ_ENABLE", "RW", "", []field{{"ENABLE", 0, 1, "irq is high while done is"}}},
	}
}

// counterNames are the counters of a core by index, docs/register-map.md.
func counterNames() []string {
	return []string{
		"cycles",
		"load_busy", "load_wait", "load_retired",
		"compute_busy", "compute_wait", "compute_stall", "compute_retired", "array_active", "drain_active",
		"store_busy", "store_wait", "store_retired",
		"read_bursts", "read_beats", "write_bursts", "write_beats",
	}
}
