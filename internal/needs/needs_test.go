package needs

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// ended is how a test ends: it only notes that.
type ended struct {
	testing.TB
	how, why string
}

func (e *ended) Helper()          {}
func (e *ended) Fatal(why ...any) { e.now("failed", why) }
func (e *ended) Skip(why ...any)  { e.now("skipped", why) }

func (e *ended) now(how string, why []any) {
	e.how, e.why = how, why[0].(string)
	runtime.Goexit()
}

// run is how a test ends that is f.
func run(f func(testing.TB)) *ended {
	e := &ended{how: "passed"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(e)
	}()
	<-done
	return e
}

func TestWithoutWhatItNeedsATestIsSkippedAndFailsInCI(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "here"), nil, 0o700))
	t.Setenv("PATH", dir)
	tools := func(names ...string) func(testing.TB) { return func(t testing.TB) { Tools(t, names...) } }
	pictures := func(t testing.TB) { Pictures(t) }
	for _, c := range []struct {
		name, folder string
		test         func(testing.TB)
		missing      string // "" if nothing is
	}{
		{"a tool that is here", "", tools("here"), ""},
		{"tools that are not", "", tools("nowhere", "here", "gone"), "not on the PATH: nowhere, gone; make setup installs what the tests need"},
		{"pictures that are here", "somewhere", pictures, ""},
		{"no pictures", "", pictures, "LOWRES_CIFAR10 is not set: want the folder of the binary version of CIFAR-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("LOWRES_CIFAR10", c.folder)
			skipped, failed := "skipped", "failed"
			why := "SKIPPED, nothing was tested: " + c.missing
			if c.missing == "" {
				skipped, failed, why = "passed", "passed", ""
			}
			t.Setenv("CI", "")
			e := run(c.test)
			require.Equal(t, skipped, e.how)
			require.Equal(t, why, e.why)
			t.Setenv("CI", "true")
			e = run(c.test)
			require.Equal(t, failed, e.how)
			require.Equal(t, c.missing, e.why)
		})
	}
}

func TestPicturesAreWhereTheVariableSays(t *testing.T) {
	t.Setenv("LOWRES_CIFAR10", "somewhere")
	require.Equal(t, "somewhere", Pictures(t))
}
