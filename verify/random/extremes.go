package random

import (
	"lowres/network"
	"lowres/sim/program"
)

// extremes go on, in two programs of four, with what takes many cycles or many instructions.
func (w *wild) extremes() {
	switch w.seed % 8 {
	case 1, 5:
		w.round(w.layers(), w.tall)
	case 2:
		w.full(0)
	case 6:
		w.full(1)
	}
}

// layers are the tensors but for the input.
func (w *wild) layers() int { return len(w.Tensors) - 1 }

// tall adds a reduction over the rows of a kernel of one word a row, half of them above the map and others in it: rows
// and coordinates need all of their 16 bits. Its sums are stored whole.
func (w *wild) tall() {
	const least, most = 1 << 15, 1<<16 - 1
	c := w.compute()
	c.Steps, c.KernelCols, c.GroupWords, c.Wide, c.Table = least+w.IntN(most-least+1), 1, 1, true, false
	w.place(&c)
	c.OriginY, c.OriginX, c.InRows = -c.Steps/2, 0, most/4+w.IntN(most/4)
	w.Computes = append(w.Computes, c)
}

// full fills the program memories but for some instructions, those of loads and stores as far as there is one for each compute instruction: counts
// need all of their bits, the highest where there is a power of two, all others where one is left out. Each instruction is small and waits for all before it. A memory of more than some instructions is left as it is, since
// it would take minutes.
func (w *wild) full(out int) {
	const most = 1024
	room := w.Design.Program
	room.Load, room.Compute, room.Store = room.Load-out, room.Compute-out, room.Store-out
	if room.Compute > most || len(w.Stores) >= room.Store {
		return
	}
	beat, start := w.MemoryBytes(), w.Memory
	beats := w.Buffers.Output / beat
	loaded, freed, stored := len(w.Loads), 0, len(w.Computes) // instructions that computes, loads and stores have waited for
	store := func(n int) {
		w.Stores = append(w.Stores, program.Store{TakeCompute: len(w.Computes) - stored, Memory: uint32(w.Memory), Address: w.IntN(beats), Beats: n})
		w.Memory, stored = w.Memory+n*beat, len(w.Computes)
	}
	for len(w.Computes) < room.Compute {
		if len(w.Loads) < room.Load {
			w.Loads = append(w.Loads, w.again(len(w.Computes)-freed))
			freed = len(w.Computes)
		}
		c := w.compute()
		c.Steps, c.OutRows, c.OutCols, c.Pool = 1+w.IntN(3), 1+w.IntN(2), 1+w.IntN(2), 1+w.IntN(2)
		c.TakeLoad, c.TakeStore = len(w.Loads)-loaded, len(w.Stores)-w.taken
		loaded, w.taken = len(w.Loads), len(w.Stores)
		w.end(c)
		if len(w.Stores) < room.Store-1 {
			store(1)
		}
	}
	if len(w.Stores) < room.Store {
		store(beats)
	}
	size := w.Memory - start
	w.Tensors = append(w.Tensors, program.Tensor{Layer: w.layers(), Last: w.layers(), Address: uint32(start),
		Shape: network.Shape{H: 1, W: 1, C: size}, PixelBytes: size})
}

// again loads a beat of a buffer once more, of the activations another one.
func (w *wild) again(computes int) program.Load {
	b := program.Buffer(w.IntN(int(program.BufferCount)))
	beats := program.BufferBytes(w.Design, b) / w.MemoryBytes()
	if beats == 0 {
		b, beats = program.WeightBuffer, w.Buffers.Weight/w.MemoryBytes()
	}
	l := program.Load{TakeCompute: computes, Buffer: b, Address: w.IntN(beats), Beats: 1}
	from := l.Address
	switch b {
	case program.ActivationBuffer:
		from = w.IntN(beats)
	case program.WeightBuffer:
		l.Set = w.set
	}
	l.Memory = w.blocks[b] + uint32(from*w.MemoryBytes())
	return l
}
