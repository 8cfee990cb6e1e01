// Package version states which lowres this is.
package version

// The version of lowres, by semantic versioning.
const (
	Major = 0
	Minor = 1
	Patch = 0
	Text  = "0.1.0"
)
