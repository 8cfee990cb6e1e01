package dataset

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBuiltinSetDependsOnItsSeedAlone(t *testing.T) {
	train, test := Builtin(1, 50, 20)
	require.NoError(t, train.Validate())
	require.NoError(t, test.Validate())
	again, _ := Builtin(1, 70, 0)
	require.Equal(t, train.Images, again.Slice(0, 50).Images, "a longer set begins with the shorter one")
	other, _ := Builtin(2, 50, 0)
	require.NotEqual(t, train.Images, other.Images)
	require.NotEqual(t, train.Slice(0, 20).Images, test.Images)
}

func TestBuiltinClassesAreEquallyFrequent(t *testing.T) {
	train, _ := Builtin(1, 100, 0)
	counts := map[uint8]int{}
	for _, l := range train.Labels {
		counts[l]++
	}
	require.Len(t, counts, 10)
	for class, n := range counts {
		assert.Equal(t, 10, n, train.Classes[class])
	}
}

func TestFiguresFitTheirCircle(t *testing.T) {
	for _, f := range figures {
		inside := 0
		for y := -1.5; y <= 1.5; y += 0.05 {
			for x := -1.5; x <= 1.5; x += 0.05 {
				if d := f.distance(x, y); d < 0 {
					inside++
					assert.LessOrEqual(t, math.Hypot(x, y), 1.11, "%s at %.2f, %.2f", f.name, x, y)
				}
			}
		}
		part := float64(inside) / (60 * 60) * 9 / math.Pi
		assert.True(t, part > 0.15 && part < 0.8, "%s covers %.2f of the circle", f.name, part)
	}
}

func TestSquareDistanceIsSigned(t *testing.T) {
	square := figures[3].distance
	assert.InDelta(t, -0.7, square(0, 0), 1e-12)
	assert.InDelta(t, 0.3, square(1, 0), 1e-12)
	assert.InDelta(t, math.Sqrt2*0.3, square(1, 1), 1e-12)
}

func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Builtin(1, 100, 0)
	}
	b.ReportMetric(100*float64(b.N)/b.Elapsed().Seconds(), "pictures/s")
}
