//go:build unix

package process

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestACommandThatNeverEndsIsStopped(t *testing.T) {
	cmd := Limited(t.Context(), time.Second, t.TempDir(), "sh", "-c", "while :; do :; done")
	require.Error(t, cmd.Run())
	require.GreaterOrEqual(t, Used(cmd), time.Second)
}

func TestACommandWithinItsLimitKeepsItsArgumentsAndStatus(t *testing.T) {
	cmd := Limited(t.Context(), time.Minute, t.TempDir(), "sh", "-c", `echo "$2 $1"; exit 3`, "sh", "a b", "c")
	out, err := cmd.Output()
	require.ErrorContains(t, err, "exit status 3")
	require.Equal(t, "c a b\n", string(out))
	require.Less(t, Used(cmd), time.Minute)
	require.Zero(t, Used(Limited(t.Context(), time.Minute, t.TempDir(), "none")))
}
