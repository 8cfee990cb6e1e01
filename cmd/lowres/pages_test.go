package main

import (
	"os"
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

func TestTheReferenceNamesEveryVerb(t *testing.T) {
	reference := read(t, "../../docs/cli.md")
	for _, v := range commands(&console{}) {
		assert.True(t, strings.Contains(reference, "| `"+v.Name+"` |"), "%s: want a line in docs/cli.md", v.Name)
	}
}
