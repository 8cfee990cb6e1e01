package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPagesLinkToFilesThatAreThere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	for _, page := range append(pages, "../../README.md", "../../CHANGELOG.md") {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			if !strings.Contains(m[1], "://") {
				_, err := os.Stat(filepath.Join(filepath.Dir(page), m[1]))
				assert.NoError(t, err, page)
			}
		}
	}
}

func TestTheIndexNamesEveryPage(t *testing.T) {
	index := read(t, "../../docs/index.md")
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	for _, page := range pages {
		if name := filepath.Base(page); name != "index.md" {
			assert.True(t, strings.Contains(index, "("+name+")"), "%s: want a line in docs/index.md", name)
		}
	}
}

// Every folder of Go has a row, but those of scripts and generators, which stand in that of the
// folder above; and so has an outermost folder of other sources.
func TestTheIndexNamesEveryFolderOfSource(t *testing.T) {
	index := read(t, "../../docs/index.md")
	source := regexp.MustCompile(`\.(go|v|py|yaml)$`)
	folders := map[string]bool{}
	require.NoError(t, fs.WalkDir(os.DirFS("../.."), ".", func(file string, e fs.DirEntry, err error) error {
		if name := e.Name(); e.IsDir() && (name == "testdata" || name == "build" || len(name) > 1 && name[0] == '.') {
			return fs.SkipDir
		}
		if !source.MatchString(file) {
			return err
		}
		folder := path.Dir(file)
		outermost, _, _ := strings.Cut(folder, "/")
		switch {
		case outermost == "scripts":
			folders[outermost] = true
		case strings.HasSuffix(file, ".go"):
			folders[strings.TrimSuffix(folder, "/internal/gen")] = true
		case outermost != "sim" && outermost != "internal": // which hold packages and nothing else
			folders[outermost] = true
		}
		return err
	}))
	for _, m := range regexp.MustCompile(`(?m)^\| \[(.+)\]\(\.\./(.+?)\) \| .+ \| \[.+\]\(\.\./(.+)\) \|$`).FindAllStringSubmatch(index, -1) {
		assert.True(t, folders[m[1]], "%s: a folder of source that is not there", m[1])
		assert.Equal(t, m[1], m[2], "a link of docs/index.md")
		delete(folders, m[1])
	}
	assert.Empty(t, folders, "want a row each in docs/index.md")
}

func TestTheReferenceNamesEveryVerb(t *testing.T) {
	reference := read(t, "../../docs/cli.md")
	for _, v := range commands(&console{}) {
		assert.True(t, strings.Contains(reference, "| `"+v.Name+"` |"), "%s: want a line in docs/cli.md", v.Name)
	}
}
