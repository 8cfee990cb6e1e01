//go:build !amd64

package kernel

// All returns the sets that this processor can run, fastest first; the last is plain Go.
func All() []*Set { return []*Set{plain()} }
