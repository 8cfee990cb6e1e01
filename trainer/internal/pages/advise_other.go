//go:build !linux || !amd64

package pages

// advise does nothing on this system.
func advise([]float32) {}
