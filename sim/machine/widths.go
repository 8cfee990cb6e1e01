package machine

import "lowres/sim/arch"

// BufferWidths is the bits of a word that an access to a memory on the chip reads or
// writes, by action.
func BufferWidths(d *arch.Design) map[Action]int {
	beat := d.Memory.WidthBits
	return map[Action]int{
		ActivationRead: 8 * d.Array.Lanes, ActivationWrite: beat,
		WeightRead: d.WeightBits(), WeightWrite: d.WeightBits(),
		ParameterRead: beat, ParameterWrite: beat,
		TableRead: 8, TableWrite: beat,
		OutputWrite: 8 * d.Array.Cols, OutputRead: beat,
		ProgramRead: 32,
	}
}
