package program

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrTensor is returned for values that do not fit a tensor or its memory.
var ErrTensor = errors.New("tensor")

// Put writes an int8 feature map, NHWC, all pictures of t.Shape, to memory, folded as t.Fold
// says, and zeros to the padded channels. It returns ErrTensor if the lengths do not match or the
// tensor is wide.
func (t Tensor) Put(memory []byte, values []int8) error {
	if err := t.check(memory, false); err != nil {
		return err
	}
	if want := t.Count() * t.Shape.Size(); len(values) != want {
		return fmt.Errorf("%w: %d values: want %d, those of %d × %v", ErrTensor, len(values), want, t.Count(), t.Shape)
	}
	for i := range t.Count() * t.pixels() {
		pixel := t.pixel(memory, i)
		clear(pixel)
		if t.Fold.Rows > 0 {
			picture := values[i/t.pixels()*t.Shape.Size():][:t.Shape.Size()]
			t.Fold.values(pixel, i%t.pixels(), picture, t.Shape.H, t.Shape.W, t.Shape.C)
			continue
		}
		for c, v := range values[i*t.Shape.C : (i+1)*t.Shape.C] {
			pixel[c] = byte(v)
		}
	}
	return nil
}

// Get reads an int8 feature map, NHWC and of t.Shape, from memory. It returns
// ErrTensor if memory is too short or the tensor is wide or folded.
func (t Tensor) Get(memory []byte) ([]int8, error) {
	if err := t.check(memory, false); err != nil {
		return nil, err
	}
	if t.Fold.Rows > 0 {
		return nil, fmt.Errorf("%w: a folded map is written by the host, never read back", ErrTensor)
	}
	values := make([]int8, 0, t.Count()*t.Shape.Size())
	for i := range t.Count() * t.pixels() {
		for _, b := range t.pixel(memory, i)[:t.Shape.C] {
			values = append(values, int8(b))
		}
	}
	return values, nil
}

// Values reads a feature map of either kind, NHWC and of t.Shape, from memory. It
// returns ErrTensor if memory is too short.
func (t Tensor) Values(memory []byte, cols int) ([]int32, error) {
	if t.Wide {
		return t.GetWide(memory, cols)
	}
	narrow, err := t.Get(memory)
	values := make([]int32, len(narrow))
	for i, v := range narrow {
		values[i] = int32(v)
	}
	return values, err
}

// GetWide reads a wide feature map, NHWC and of t.Shape, from memory. A pixel
// holds for every group of cols channels four planes of cols bytes; plane j has
// byte j of each channel's int32. It returns ErrTensor if memory is too short or
// the tensor is not wide.
func (t Tensor) GetWide(memory []byte, cols int) ([]int32, error) {
	if err := t.check(memory, true); err != nil {
		return nil, err
	}
	values := make([]int32, 0, t.Count()*t.Shape.Size())
	for i := range t.Count() * t.pixels() {
		pixel := t.pixel(memory, i)
		for c := range t.Shape.C {
			at := c/cols*4*cols + c%cols
			b := [4]byte{pixel[at], pixel[at+cols], pixel[at+2*cols], pixel[at+3*cols]}
			values = append(values, int32(binary.LittleEndian.Uint32(b[:])))
		}
	}
	return values, nil
}

// pixel is the memory of pixel i in row-major order, picture after picture.
func (t Tensor) pixel(memory []byte, i int) []byte {
	at := int(t.Address) + i*t.PixelBytes
	return memory[at : at+t.PixelBytes]
}

func (t Tensor) check(memory []byte, wide bool) error {
	if end := int(t.Address) + t.Bytes(); end > len(memory) {
		return fmt.Errorf("%w: memory of %d bytes: want %d", ErrTensor, len(memory), end)
	}
	if t.Wide != wide {
		return fmt.Errorf("%w: wide: %v: read int8 with Get, int32 sums with GetWide", ErrTensor, t.Wide)
	}
	return nil
}
