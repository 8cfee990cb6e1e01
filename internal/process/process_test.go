package process

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A tool that is stopped takes the tools with it that it has started.
func TestAStoppedToolLeavesNothingRunning(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := Run(ctx, dir, "sh", "-c", "sleep 100 & echo $! > pid; wait")
		done <- err
	}()
	var pid string
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(filepath.Join(dir, "pid"))
		pid = strings.TrimSpace(string(text))
		return pid != ""
	}, 20*time.Second, 10*time.Millisecond)
	require.DirExists(t, "/proc/"+pid)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Eventually(t, func() bool { return !running(pid) }, 20*time.Second, 10*time.Millisecond)
}

// running reports whether a process is there and has not ended.
func running(pid string) bool {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(text), ") Z ")
}

func TestAFailureHasTheProgramsNameAndLastLines(t *testing.T) {
	err := Call(t.Context(), t.TempDir(), "sh", "-c", "seq 30; echo why >&2; exit 3")
	require.ErrorContains(t, err, "sh: exit status 3\n12\n13\n")
	require.True(t, strings.HasSuffix(err.Error(), "\n30\nwhy"))
	require.NoError(t, Call(t.Context(), t.TempDir(), "true"))
}

func TestAProgramRunsInItsFolder(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), []byte("here\n"), 0o600))
	out, err := Run(t.Context(), dir, "cat", "a")
	require.NoError(t, err)
	require.Equal(t, "here\n", out)
}
