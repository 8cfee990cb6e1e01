// Package pages makes room for large arrays of float32 values, where the system offers it on large pages: a processor
// translates more memory at a time then, and fetches further by itself.
package pages

// Make returns n zeros on large pages.
func Make(n int) []float32 {
	x := make([]float32, n)
	advise(x)
	return x
}

// Room is memory from which arrays are cut one after another.
type Room struct{ left []float32 }

// line is the number of values of a line of a cache, at which every array begins.
const line = 16

// Lines is the number of values that an array of n takes of a Room.
func Lines(n int) int { return (n + line - 1) / line * line }

// NewRoom is room for arrays whose Lines add up to n.
func NewRoom(n int) *Room { return &Room{Make(n)} }

// Take cuts n values, zeros, from the room. It panics if they are not left.
func (r *Room) Take(n int) []float32 {
	x := r.left[:n:n]
	r.left = r.left[Lines(n):]
	return x
}
