package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommittedAssemblyIsWhatTheGeneratorWrites(t *testing.T) {
	for name, want := range Sources() {
		have, err := os.ReadFile("../../" + name)
		require.NoError(t, err)
		require.Equal(t, string(want), string(have), "run go generate ./trainer/kernel")
	}
}
