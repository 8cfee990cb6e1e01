package fit

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/rtlgen/estimate"
	"lowres/rtlgen/synth"
)

// recorded is the check that make estimate left.
func recorded(t *testing.T) (all []Check) {
	t.Helper()
	text, err := os.ReadFile("testdata/check.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &all))
	return all
}

// What docs/estimate.md promises: so many of the recorded designs are off by at most worst
// in LUTs, flip-flops and block RAMs, and no other by more than farthest.
const (
	promised = 53
	worst    = 0.05
	farthest = 0.12
)

func TestEstimatesOfRecordedDesignsAreWithinFivePercent(t *testing.T) {
	m, err := estimate.Fitted()
	require.NoError(t, err)
	within, count := 0, map[synth.Target]int{}
	for i, c := range recorded(t) {
		e, err := m.Design(c.Design(), c.Target)
		require.NoError(t, err)
		o := OffBy(e.Total, c.Yosys)
		if count[c.Target]++; o.Worst() <= worst {
			within++
			continue
		}
		t.Logf("design %d, %s, for %s: %+v for %+v: off by %+.3f: go run ./scripts/estimate blocks %d says where",
			i, describe(c.Design()), c.Target, e.Total, c.Yosys, o, i)
		require.LessOrEqual(t, o.Worst(), farthest, "design %d: run make estimate if designs are drawn otherwise", i)
	}
	require.GreaterOrEqual(t, within, promised)
	for _, target := range synth.Targets() {
		require.GreaterOrEqual(t, count[target], 10, "designs for %s", target)
	}
}

// The page has the table of the record.
func TestThePageShowsTheRecordedCheck(t *testing.T) {
	m, err := estimate.Fitted()
	require.NoError(t, err)
	table, err := Table(m, recorded(t))
	require.NoError(t, err)
	page, err := os.ReadFile("../../../docs/estimate.md")
	require.NoError(t, err)
	want := "<!-- table: make estimate -->\n" + table + "<!-- end of table -->\n"
	require.True(t, strings.Contains(string(page), want), "docs/estimate.md: another table: run make estimate")
}

// An error is of what is, not of what was estimated, and of its sign.
func TestErrorsAreOfWhatIs(t *testing.T) {
	o := OffBy(synth.Resources{LUT: 90, FF: 110, BRAM: 0}, synth.Resources{LUT: 100, FF: 100, BRAM: 0})
	require.InDeltaSlice(t, []float64{-0.1, 0.1, 0}, o[:], 1e-9)
	require.InDelta(t, 0.1, o.Worst(), 1e-9)
}
