package program

// Fold is how a feature map is laid out for a layer with few channels: a stored
// pixel (y, x), y < H and x < W, holds the channels of a whole window of the map,
//
//	stored[y][x][(ky·Cols + kx)·C + c] = map[y·Stride − PadRows + ky][x·Stride − PadCols + kx][c]
//
// for ky < Rows, kx < Cols, 0 outside the map. So one lane word has the channels of
// several kernel positions. The zero Fold stores the map as it is.
type Fold struct {
	Rows, Cols       int // of the window; 0 for no fold
	Stride           int
	PadRows, PadCols int
	H, W             int // stored pixels
}

// values copies the window of stored pixel i from a map of shape h × w × c to dst.
func (f Fold) values(dst []byte, i int, values []int8, h, w, c int) {
	top, left := i/f.W*f.Stride-f.PadRows, i%f.W*f.Stride-f.PadCols
	for k := range f.Rows * f.Cols {
		y, x := top+k/f.Cols, left+k%f.Cols
		if uint(y) >= uint(h) || uint(x) >= uint(w) {
			continue
		}
		for j, v := range values[(y*w+x)*c : (y*w+x+1)*c] {
			dst[k*c+j] = byte(v)
		}
	}
}
