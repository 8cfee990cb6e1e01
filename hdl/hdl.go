// Package hdl is the hand-written Verilog library: one parameterised module a
// file, usable without Go. A folder holds a target's own cells: modules that replace the
// portable ones of the same name and ports, and what they consist of.
package hdl

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

// Files holds the library's sources by file name, those of a target behind its
// folder's name.
//
//go:embed *.v xilinx7/*.v ecp5/*.v
var Files embed.FS

// Source is a module's file.
type Source struct {
	Name string
	Text []byte
}

// Library returns the modules in alphabetical order: the portable ones, and instead
// of some of them those of a target's folder; target may be "" or without a folder.
func Library(target string) ([]Source, error) {
	folders := []string{"."}
	if target != "" && IsFolder(target) {
		folders = append(folders, target)
	}
	var all []Source
	for _, folder := range folders {
		paths, err := fs.Glob(Files, strings.TrimPrefix(folder+"/*.v", "./"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			text, err := fs.ReadFile(Files, path)
			if err != nil {
				return nil, err
			}
			all = replace(all, Source{strings.TrimPrefix(path, folder+"/"), text})
		}
	}
	return all, nil
}

// IsFolder reports whether a target has cells of its own.
func IsFolder(target string) bool {
	_, err := fs.ReadDir(Files, target)
	return err == nil
}

// replace puts a source into a list in alphabetical order.
func replace(all []Source, s Source) []Source {
	i, found := slices.BinarySearchFunc(all, s.Name, func(x Source, name string) int { return strings.Compare(x.Name, name) })
	if found {
		all[i] = s
		return all
	}
	return slices.Insert(all, i, s)
}
