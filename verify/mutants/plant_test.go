package mutants

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What cannot be planted is left out, and the others are numbered without a gap.
func TestPinsThatMustBeConstantAreLeftOut(t *testing.T) {
	const list = `mutate -ctrl lowres_mutant 16 1 -mode inv -module a -cell sums -port RD_EN -portbit 0
mutate -ctrl lowres_mutant 16 2 -mode inv -module a -cell sums -port RD_DATA -portbit 0
mutate -ctrl lowres_mutant 16 3 -mode inv -module b -cell sums -port RD_SRST -portbit 0
mutate -ctrl lowres_mutant 16 4 -mode const0 -module b -cell sums -port RD_ADDR -portbit 1
mutate -ctrl lowres_mutant 16 5 -mode const1 -module b -cell add -port A -portbit 1
`
	want := `mutate -ctrl lowres_mutant 16 1 -mode inv -module a -cell sums -port RD_DATA -portbit 0
mutate -ctrl lowres_mutant 16 2 -mode const0 -module b -cell sums -port RD_ADDR -portbit 1
`
	require.Equal(t, want, plantable(list, 2))
	require.Len(t, parse(plantable(list, 5)), 3)
}
