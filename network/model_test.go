package network

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuiltInModelsHaveThePapersParameterCounts(t *testing.T) {
	for name, want := range map[string]int{"cvnn1": 896522, "cvnn2": 8776330} {
		g, err := Model(name)
		require.NoError(t, err)
		require.Equal(t, want, g.Parameters(), name)
	}
}

func TestEveryBuiltInModelResolvesToTenClasses(t *testing.T) {
	for _, name := range ModelNames() {
		g, err := Model(name)
		require.NoError(t, err)
		require.Equal(t, Shape{1, 1, 10}, g.Output(), name)
	}
}
