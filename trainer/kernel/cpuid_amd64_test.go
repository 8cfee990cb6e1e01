package kernel

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheMakerOfTheProcessorIsThatOfTheSystem(t *testing.T) {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Skip("needs /proc/cpuinfo, which names the maker too")
	}
	require.Equal(t, strings.Contains(string(text), "GenuineIntel"), intel())
}
