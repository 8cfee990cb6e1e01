package arch

// StallChannel is a channel of the memory that can keep the accelerator waiting.
type StallChannel uint32

// The channels, numbered as the testbench numbers them.
const (
	StallReadAddress StallChannel = iota + 1
	StallReadData
	StallWriteAddress
	StallWriteData
	StallResponse
)

// MaxStall is the longest that one event is stalled, in cycles.
const MaxStall = 8

// Stalls is the cycles that the memory's pattern adds to count events of a channel in
// a row, of which the first is the from-th of the run, from 0:
//
//	h = mix(from·0x9E3779B1 + StallSeed·0x85EBCA6B + channel·0xC2B2AE35)   in 32 bits
//	stall = h mod 100 < StallPercent ? 1 + (h >> 16) mod 8 : 0
//
// The same function stands in testbench/verilog/lowres_tb_memory.v; mix is lowbias32 of
// Chris Wellons' hash prospector.
func (m *Memory) Stalls(c StallChannel, from, count int) int {
	if m.StallPercent == 0 {
		return 0
	}
	sum := 0
	for i := range count {
		sum += m.stall(c, uint32(from+i))
	}
	return sum
}

// stall is Stalls of one event.
func (m *Memory) stall(c StallChannel, index uint32) int {
	h := index*0x9E3779B1 + uint32(m.StallSeed)*0x85EBCA6B + uint32(c)*0xC2B2AE35
	h ^= h >> 16
	h *= 0x7FEB352D
	h ^= h >> 15
	h *= 0x846CA68B
	h ^= h >> 16
	if int(h%100) >= m.StallPercent {
		return 0
	}
	return 1 + int(h>>16)%MaxStall
}
