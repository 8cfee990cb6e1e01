package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/verify/prove"
)

func TestProvePrintsATableWithoutTimes(t *testing.T) {
	needs.Tools(t, "yosys")
	o := must(t, "prove", "--design", tinyDesign, "--module", "tiny_decode_n3", "--module", "accumulator_ahead")
	assert.Regexp(t, `(?m)^proved  tiny_decode_n3 +N=3 K=32 Digits=1 CellW=8`, o.out)
	assert.Contains(t, o.out, "proved  accumulator_ahead")
	assert.NotContains(t, o.out, " s ")
	assert.Contains(t, o.err, " s  proved  accumulator_ahead")
}

func TestProveAsJSON(t *testing.T) {
	needs.Tools(t, "yosys")
	var r proveResult
	require.NoError(t, json.Unmarshal([]byte(must(t, "prove", "--json", "--design", tinyDesign, "--module", "accumulator_ahead").out), &r))
	assert.True(t, r.Proved)
	assert.Equal(t, []prove.Check{{Name: "ok_old", Text: "the old sum is that of the address before"},
		{Name: "ok_sums", Text: "the sums change as the equation says"}}, r.Proofs[0].Checks)
}

func TestAFailedProofEndsWithTenAndOneWithoutAnswerWithOne(t *testing.T) {
	of := func(results ...prove.Result) (proofs []prove.Proof) {
		for _, r := range results {
			proofs = append(proofs, prove.Proof{Result: r})
		}
		return proofs
	}
	for _, c := range []struct {
		proofs []prove.Proof
		want   int
	}{
		{of(prove.Proved, prove.Proved), exitOK},
		{of(prove.Proved, prove.Unknown), exitFailure},
		{of(prove.Unknown, prove.Failed), exitMismatch},
	} {
		assert.Equal(t, c.want, exitCode(proofVerdict(c.proofs)), fmt.Sprint(c.proofs))
	}
}
