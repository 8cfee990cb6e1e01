// Package needs skips tests where something is missing that they cannot do without. In
// continuous integration, where CI=true, nothing may be missing, and the tests fail.
package needs

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Tools ends the test if one of the named programs is not on the PATH.
func Tools(t testing.TB, names ...string) {
	t.Helper()
	var missing []string
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		end(t, "not on the PATH: "+strings.Join(missing, ", ")+"; make setup installs what the tests need")
	}
}

// Pictures is the folder of the real CIFAR-10, which LOWRES_CIFAR10 names, and ends the test
// if it names none.
func Pictures(t testing.TB) (folder string) {
	t.Helper()
	folder = os.Getenv("LOWRES_CIFAR10")
	if folder == "" {
		end(t, "LOWRES_CIFAR10 is not set: want the folder of the binary version of CIFAR-10")
	}
	return folder
}

// end skips or fails the test.
func end(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED, nothing was tested: " + why)
}
