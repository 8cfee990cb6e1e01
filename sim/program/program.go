// Package program is the instruction set of a lowres accelerator and the program
// that simulator and Verilog both run: instructions for three engines, the
// memory image with packed weights and parameters, and the map of tensors.
package program

import "lowres/network"

// Engine is one of the three units that run side by side.
type Engine int

// The engines.
const (
	LoadEngine    Engine = iota // memory to buffers
	ComputeEngine               // buffers to buffer
	StoreEngine                 // output buffer to memory
	EngineCount
)

// String is the engine's name in reports and traces.
func (e Engine) String() string { return [EngineCount]string{"load", "compute", "store"}[e] }

// Buffer is the destination of a load.
type Buffer int

// The buffers that a load fills.
const (
	ActivationBuffer Buffer = iota
	WeightBuffer
	ParameterBuffer
	TableBuffer
	BufferCount
)

// String is the buffer's name in reports.
func (b Buffer) String() string {
	return [BufferCount]string{"activation", "weight", "parameter", "table"}[b]
}

// Load copies Beats memory beats from byte address Memory to a buffer, starting
// at beat Address. It first takes tokens: every retired instruction of an engine
// gives one token to each engine that can wait for it.
type Load struct {
	TakeCompute int    // tokens from compute: buffer space that must be free
	TakeStore   int    // tokens from store: tensors that must be in memory
	Buffer      Buffer // where to
	Set         int    // index of the weights' level set in the design; 0 for other buffers
	Memory      uint32 // byte address, a multiple of the beat
	Address     int    // first beat in the buffer
	Beats       int    // 1 or more
}

// Compute runs Steps reduction steps of one column group over the output
// positions of a tile, and with Last emits them to the output buffer.
//
// A position is an output pixel of the convolution before pooling. Positions
// are visited pool window by pool window: for py in 0 … OutRows−1, px in
// 0 … OutCols−1, dy in 0 … Pool−1, dx in 0 … Pool−1. A design with several pixels
// visits as many windows of a row together, see Walk. Slots, of a position each or of pixels
// positions, are cut into blocks of hold in that order. For each block every step runs over
// all the block's slots with one weight tile of lanes × cols; tiles follow each
// other in the weight buffer in the order of the steps.
//
// Step s stands for a channel group cg, and a kernel position kx, ky:
// s = (ky·KernelCols + kx)·GroupWords + cg. The activation word of a step and
// position is at lane-word
//
//	ActAddress + py·PyWords + px·PxWords + dy·DyWords + dx·DxWords
//	           + ky·RowWords + kx·PixelWords + cg    (mod 2^16)
//
// and reads as padding, zeros or with Low −128, unless its row
// OriginY + (py·(Pool−Overlap) + dy)·Stride + ky is in 0 … InRows−1 and its column
// OriginX + (px·(Pool−Overlap) + dx)·Stride + kx in 0 … InCols−1.
//
// An array of tables (Design.Tables) has the loops the other way round: a block is one
// position with MoreGroups + 1 column groups, at most hold. A step fills the tables with
// the position's activation word, and the groups' weight tiles pass; tiles follow each
// other group by group, then step by step. Group g has parameters, outputs (OutAddress)
// and planes behind those of group g − 1.
type Compute struct {
	TakeLoad  int  // tokens from load: operands that must have arrived
	TakeStore int  // tokens from store: output space that must be free
	First     bool // start the reduction at step 0, sums at zero; else continue both
	Last      bool // emit after the last step
	ReLU      bool // clamp emitted activations at 0
	Wide      bool // emit sums as int32 in four byte planes, not requantised
	Low       bool // padding is −128, which no maximum of a window notices
	Table     bool // columns whose parameters say so go through function table TableIndex

	TableIndex    int // 256-byte table of the table buffer, with Table
	WeightAddress int // first weight tile, in beats
	Set           int // index of the weights' level set in the design
	Steps         int // reduction steps in this instruction
	ActAddress    int // lane words, may be negative (padding): mod 2^16
	RowWords      int // lane words between rows of the input
	PixelWords    int // lane words between the pixels of a kernel row
	GroupWords    int // channel groups = steps of a kernel position
	OutAddress    int // column words
	OutPixelWords int // column words between emitted pixels
	ParamAddress  int // parameters of the column group, in beats
	InRows        int // rows and columns of the input that exist
	InCols        int
	OriginY       int // input row and column of position 0, kernel position 0
	OriginX       int
	OutRows       int // emitted pixels (after pooling)
	OutCols       int
	KernelCols    int // kernel positions in a row
	MoreGroups    int // with tables: column groups behind the first, see Compute
	Stride        int // input pixels between neighbouring positions; 0: all lie at the origin, where only addresses tell them apart
	Pool          int // 1 = none
	Overlap       int // rows and columns that neighbouring pool windows share; below 0 those between them
	DxWords       int // lane words from a position to the next in its window: Stride·PixelWords
	DyWords       int // … to the row below in its window: Stride·RowWords
	PxWords       int // … to the next window: (Pool−Overlap)·DxWords
	PyWords       int // … to the next row of windows: (Pool−Overlap)·DyWords
}

// Positions is the number of positions of the tile, OutRows·OutCols·Pool².
func (c *Compute) Positions() int { return c.OutRows * c.OutCols * c.Pool * c.Pool }

// Groups is the number of column groups that the instruction computes.
func (c *Compute) Groups() int { return c.MoreGroups + 1 }

// Store copies Beats beats of the output buffer, from beat Address, to byte
// address Memory, and retires when the memory has acknowledged all of them.
type Store struct {
	TakeCompute int
	Memory      uint32
	Address     int
	Beats       int
}

// Place says which part of the network an instruction works for; it is for
// reports and not part of the encoded program.
type Place struct {
	Layer int    // index into Graph.Layers
	Tile  string // for instance "rows 0-15, columns 16-31"
}

// Tensor is a feature map in memory.
type Tensor struct {
	Layer      int // the layer that writes it; −1 for the input
	Last       int // the last layer fused to that one, whose values it holds
	Address    uint32
	Pictures   int           // one behind the other; 0 stands for 1
	Shape      network.Shape // of a picture
	PixelBytes int           // bytes between pixels
	Wide       bool          // int32 in byte planes, see Program.Wide
	Fold       Fold          // of the input: how the host lays it out
}

// Count is the number of pictures.
func (t Tensor) Count() int { return max(t.Pictures, 1) }

// pixels is the number of stored pixels of a picture.
func (t Tensor) pixels() int {
	if t.Fold.Rows > 0 {
		return t.Fold.H * t.Fold.W
	}
	return t.Shape.H * t.Shape.W
}

// Bytes is the space that the tensor takes.
func (t Tensor) Bytes() int { return t.Count() * t.pixels() * t.PixelBytes }

// Program is all that an accelerator needs to run a network.
type Program struct {
	Network  string // name of the network
	Loads    []Load
	Computes []Compute
	Stores   []Store
	Places   [EngineCount][]Place // parallel to the instructions
	Image    []byte               // contents of memory from address 0: weights and parameters
	Memory   int                  // bytes of memory used in all, Image included
	Tensors  []Tensor             // the input first, then one for each emitted feature map
}

// Count is the number of instructions of an engine.
func (p *Program) Count(e Engine) int {
	return [EngineCount]int{len(p.Loads), len(p.Computes), len(p.Stores)}[e]
}

// Pictures is the number of pictures of a run.
func (p *Program) Pictures() int { return p.Input().Count() }

// Input is the tensor that the host fills before the start.
func (p *Program) Input() Tensor { return p.Tensors[0] }

// Output is the last tensor, the logits.
func (p *Program) Output() Tensor { return p.Tensors[len(p.Tensors)-1] }
