package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommittedAssemblyIsWhatTheGeneratorWrites(t *testing.T) {
	have, err := os.ReadFile("../../kernel_amd64.s")
	require.NoError(t, err)
	require.Equal(t, string(Source()), string(have), "run go generate ./network/internal/kernel")
}
