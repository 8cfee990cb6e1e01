package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/sim/arch"
	"lowres/sim/energy"
)

func TestExampleDesignsAreSound(t *testing.T) {
	paths, err := filepath.Glob("../../examples/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		d, err := arch.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSuffix(filepath.Base(path), ".yaml"), d.Name, "a design is named like its file")
		_, err = energy.Load(d.Technology)
		assert.NoError(t, err, path)
	}
}

// The networks that docs/design.md names for each example fit it.
func TestExampleDesignsHoldTheirNetworks(t *testing.T) {
	for design, models := range map[string][]string{
		"tiny": {"cvnn-small"}, "small": {"cvnn-small", "cvnn1", "fcnn1"},
		"medium": {"cvnn1", "cvnn2", "fcnn1"}, "large": {"cvnn1", "cvnn2", "fcnn1"},
	} {
		for _, model := range models {
			must(t, "simulate", "--fast", "--model", model, "--nvalues", "3", "--design", filepath.Join("..", "..", "examples", design+".yaml"))
		}
	}
}
