package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCounter(t *testing.T) {
	for _, c := range []struct {
		name, events, want string
		code               int
	}{
		{"passing, skipped and failing tests are counted and the failing one shown",
			`{"Action":"output","Package":"p","Test":"A","Output":"said A\n"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"B","Output":"said B\n"}
{"Action":"fail","Package":"p","Test":"B"}
{"Action":"skip","Package":"p","Test":"C"}
{"Action":"fail","Package":"p","Elapsed":1.25}
`, "said B\nFAIL     p  1.2 s\n1 passed, 1 failed, 1 skipped\n", 1},
		{"a package that does not build counts as failed",
			`{"ImportPath":"p [p.test]","Action":"build-output","Output":"x.go:1: no\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}
{"Action":"pass","Package":"q","Test":"A"}
{"Action":"pass","Package":"q","Elapsed":0.5}
`, "x.go:1: no\nFAIL     p  0.0 s\nok       q  0.5 s\n1 packages failed outside their tests, see above\n1 passed, 1 failed, 0 skipped\n", 1},
		{"no test at all is a failure", "", "0 passed, 0 failed, 0 skipped\n", 1},
		{"a line that is no event is passed on", "go: downloading x\n{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"A\"}\n",
			"go: downloading x\n1 passed, 0 failed, 0 skipped\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			counter := newCounter(&out)
			require.NoError(t, counter.read(strings.NewReader(c.events)))
			assert.Equal(t, c.code, counter.finish())
			assert.Equal(t, c.want, out.String())
		})
	}
}
