//go:build unix

package driver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// ErrRange is returned for an access outside a mapping.
var ErrRange = errors.New("outside the mapping")

// Mapped is a range of a device's or a file's bytes in this process. It is both Registers and
// Memory: every access is of aligned 32-bit words, as device memory wants it.
type Mapped struct{ bytes []byte }

// Map maps size bytes from offset of a file such as /dev/mem or /dev/uio0, uncached. Offset is a
// multiple of the system's page.
func Map(path string, offset int64, size int) (*Mapped, error) {
	if size <= 0 || size%4 != 0 {
		return nil, fmt.Errorf("%s: size %d: want a multiple of 4 above 0", path, size)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_SYNC, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	bytes, err := syscall.Mmap(int(f.Fd()), offset, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("%s: map %d bytes from %#x: %w", path, size, offset, err)
	}
	return &Mapped{bytes}, nil
}

// Close ends the mapping; no method may be called after it.
func (m *Mapped) Close() error { return syscall.Munmap(m.bytes) }

// word is the word that byte at lies in.
func (m *Mapped) word(at int64) *uint32 { return (*uint32)(unsafe.Pointer(&m.bytes[at&^3])) }

// check returns ErrRange unless count bytes from at lie in the mapping.
func (m *Mapped) check(at, count int64) error {
	if at < 0 || count > int64(len(m.bytes)) || at > int64(len(m.bytes))-count {
		return fmt.Errorf("%w: %d bytes from %#x: want them within %d", ErrRange, count, at, len(m.bytes))
	}
	return nil
}

// register checks the offset of a register.
func (m *Mapped) register(offset uint32) error {
	if offset%4 != 0 {
		return fmt.Errorf("%w: register %#x: want a multiple of 4", ErrRange, offset)
	}
	return m.check(int64(offset), 4)
}

// Read reads a register.
func (m *Mapped) Read(offset uint32) (uint32, error) {
	if err := m.register(offset); err != nil {
		return 0, err
	}
	return atomic.LoadUint32(m.word(int64(offset))), nil
}

// Write writes a register.
func (m *Mapped) Write(offset, value uint32) error {
	if err := m.register(offset); err != nil {
		return err
	}
	atomic.StoreUint32(m.word(int64(offset)), value)
	return nil
}

// ReadAt reads bytes, whole words at a time. It returns ErrRange.
func (m *Mapped) ReadAt(to []byte, at int64) (int, error) {
	if err := m.check(at, int64(len(to))); err != nil {
		return 0, err
	}
	for i := 0; i < len(to); {
		var held [4]byte
		binary.NativeEndian.PutUint32(held[:], atomic.LoadUint32(m.word(at+int64(i))))
		i += copy(to[i:], held[(at+int64(i))&3:])
	}
	return len(to), nil
}

// WriteAt writes bytes, whole words at a time; the other bytes of the first and the last word are
// read and written again.
func (m *Mapped) WriteAt(from []byte, at int64) (int, error) {
	if err := m.check(at, int64(len(from))); err != nil {
		return 0, err
	}
	for i := 0; i < len(from); {
		start := (at + int64(i)) & 3
		var held [4]byte
		if start != 0 || len(from)-i < 4 {
			binary.NativeEndian.PutUint32(held[:], atomic.LoadUint32(m.word(at+int64(i))))
		}
		n := copy(held[start:], from[i:])
		atomic.StoreUint32(m.word(at+int64(i)), binary.NativeEndian.Uint32(held[:]))
		i += n
	}
	return len(from), nil
}

var _ interface {
	Registers
	io.ReaderAt
	io.WriterAt
} = (*Mapped)(nil)
