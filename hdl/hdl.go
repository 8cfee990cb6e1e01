// Package hdl is the hand-written Verilog library: one parameterised module a
// file, usable without Go.
package hdl

import "embed"

// Files holds the library's sources by file name.
//
//go:embed *.v
var Files embed.FS
