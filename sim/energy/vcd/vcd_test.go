package vcd_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/sim/energy/vcd"
)

const small = `$date today $end
$timescale 100 fs $end
$scope module top $end
$var wire 1 ! clk $end
$var wire 8 # bus [7:0] $end
$scope module dut $end
$var wire 1 " n2 $end
$var wire 1 ! n3 $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
0!
bxxxxxxxx #
x"
$end
#5
1!
b101 #
#7
1"
Z!
`

func TestReadsScalarsInTheOrderOfTime(t *testing.T) {
	r, err := vcd.NewReader(strings.NewReader(small))
	require.NoError(t, err)
	require.InDelta(t, 1e-13, r.Seconds, 1e-20)
	require.Equal(t, 2, r.Codes)
	require.Equal(t, []vcd.Signal{{Scope: "top", Name: "clk", Code: 0}, {Scope: "top.dut", Name: "n2", Code: 1}, {Scope: "top.dut", Name: "n3", Code: 0}}, r.Signals)
	var log []string
	require.NoError(t, r.Changes(func(time int64, changes []vcd.Change) error {
		for _, c := range changes {
			log = append(log, fmt.Sprintf("%d: %d=%c", time, c.Code, c.Value))
		}
		return nil
	}))
	require.Equal(t, []string{"0: 0=0", "0: 1=x", "5: 0=1", "7: 1=1", "7: 0=z"}, log)
}

func TestSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"no timescale":       {"$timescale 100 fs $end", "", "$timescale: missing"},
		"a wrong timescale":  {"100 fs", "100 parsecs", "$timescale"},
		"a header that ends": {small[200:], "", "the header has no end"},
		"time goes back":     {"#7", "#3", "want a number that rises"},
		"not a change":       {"1\"\n", "hello\n", "want a time or a value"},
		"a scope too many":   {"$upscope $end\n$upscope", "$upscope $end\n$upscope $end\n$upscope", "no scope is open"},
	} {
		r, err := vcd.NewReader(strings.NewReader(strings.Replace(small, c.old, c.new, 1)))
		if err == nil {
			err = r.Changes(func(int64, []vcd.Change) error { return nil })
		}
		require.ErrorIs(t, err, vcd.ErrVCD, name)
		require.ErrorContains(t, err, c.want, name)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(small)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := vcd.NewReader(strings.NewReader(text))
		if err != nil {
			return
		}
		before := int64(-1)
		_ = r.Changes(func(time int64, changes []vcd.Change) error {
			require.Greater(t, time, before)
			for _, c := range changes {
				require.Less(t, c.Code, r.Codes)
			}
			before = time
			return nil
		})
	})
}
