package pages

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// size is the number of bytes of a large page.
const size = 2 << 20

// advise asks the system to put x on large pages, all but its ends, which share theirs with other things. It changes nothing
// else, and nothing at all where the system refuses.
func advise(x []float32) {
	if len(x) == 0 {
		return
	}
	at := uintptr(unsafe.Pointer(&x[0]))
	from := (at + size - 1) / size * size
	if end := (at + uintptr(len(x))*4) / size * size; from < end {
		part := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(&x[0]), from-at)), end-from)
		_ = unix.Madvise(part, unix.MADV_HUGEPAGE) // of what is not yet there
		_ = unix.Madvise(part, unix.MADV_COLLAPSE) // of what is
	}
}
