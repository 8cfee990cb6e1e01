// Package hdl is the hand-written Verilog library: one parameterised module a
// file, usable without Go. A folder holds another form of some modules, with the same names and ports,
// and what they consist of: a target's own cells, or sums in two halves.
package hdl

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

// Skewed is the folder of adders and accumulators in two halves.
const Skewed = "skewed"

// Files holds the library's sources by file name, those of another form behind its
// folder's name.
//
//go:embed *.v xilinx7/*.v ecp5/*.v skewed/*.v
var Files embed.FS

// Source is a module's file.
type Source struct {
	Name string
	Text []byte
}

// Library returns the modules in alphabetical order: the portable ones, and instead
// of some of them those of the forms' folders; a form may be "" or without a folder.
func Library(forms ...string) ([]Source, error) {
	folders := []string{"."}
	for _, form := range forms {
		if form != "" && IsFolder(form) {
			folders = append(folders, form)
		}
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

// IsFolder reports whether a form has modules of its own.
func IsFolder(form string) bool {
	_, err := fs.ReadDir(Files, form)
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
