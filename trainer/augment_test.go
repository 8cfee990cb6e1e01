package trainer

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lowres/network"
)

var augmentShape = network.Shape{H: 6, W: 8, C: 3}

// ramp is a picture whose every value is another.
func ramp(s network.Shape) []uint8 {
	p := make([]uint8, s.Size())
	for i := range p {
		p[i] = uint8(i)
	}
	return p
}

func TestNoAugmentationLeavesPicturesAlone(t *testing.T) {
	dst := make([]uint8, augmentShape.Size())
	Augment{}.apply(dst, ramp(augmentShape), augmentShape, 1, 2)
	require.Equal(t, ramp(augmentShape), dst)
}

func TestAugmentationIsAFunctionOfSeedAndNumber(t *testing.T) {
	a, src := PaperAugment(), ramp(augmentShape)
	draw := func(seed, n uint64) []uint8 {
		dst := make([]uint8, len(src))
		a.apply(dst, src, augmentShape, seed, n)
		return dst
	}
	assert.Equal(t, draw(1, 7), draw(1, 7))
	assert.NotEqual(t, draw(1, 7), draw(1, 8))
	assert.NotEqual(t, draw(1, 7), draw(2, 7))
}

func TestShiftMovesAndMirrors(t *testing.T) {
	s := network.Shape{H: 2, W: 3, C: 1}
	src := []uint8{1, 2, 3, 4, 5, 6}
	cases := map[string]struct {
		dx, dy int
		flip   bool
		want   []uint8
	}{
		"not at all":                {0, 0, false, []uint8{1, 2, 3, 4, 5, 6}},
		"one to the right":          {1, 0, false, []uint8{grey, 1, 2, grey, 4, 5}},
		"one up":                    {0, -1, false, []uint8{4, 5, 6, grey, grey, grey}},
		"mirrored":                  {0, 0, true, []uint8{3, 2, 1, 6, 5, 4}},
		"mirrored, then one right":  {1, 0, true, []uint8{grey, 3, 2, grey, 6, 5}},
		"so far that nothing stays": {3, 0, false, []uint8{grey, grey, grey, grey, grey, grey}},
	}
	for name, k := range cases {
		dst := make([]uint8, len(src))
		shift(dst, src, s, k.dx, k.dy, k.flip)
		assert.Equal(t, k.want, dst, name)
	}
}

func TestWarpWithoutZoomOrTurnIsShift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dx, dy := rapid.IntRange(-4, 4).Draw(t, "dx"), rapid.IntRange(-4, 4).Draw(t, "dy")
		flip := rapid.Bool().Draw(t, "flip")
		src := ramp(augmentShape)
		moved, warped := make([]uint8, len(src)), make([]uint8, len(src))
		shift(moved, src, augmentShape, dx, dy, flip)
		warp(warped, src, augmentShape, float64(dx), float64(dy), flip, 1, 0)
		require.Equal(t, moved, warped)
	})
}

func TestHalfTurnReversesThePicture(t *testing.T) {
	s := network.Shape{H: 4, W: 4, C: 1}
	src, dst := ramp(s), make([]uint8, 16)
	warp(dst, src, s, 0, 0, false, 1, 3.141592653589793)
	for i := range src {
		require.Equal(t, src[15-i], dst[i])
	}
}

func TestZoomSpreadsOrGathersThePicture(t *testing.T) {
	s := network.Shape{H: 5, W: 5, C: 1}
	src, dst := make([]uint8, 25), make([]uint8, 25)
	for i := range src {
		src[i] = 100
	}
	src[12], src[13] = 0, 200 // the centre and the pixel to its right
	warp(dst, src, s, 0, 0, false, 2, 0)
	assert.Equal(t, []uint8{0, 100, 200}, dst[12:15], "twice as large: the pixel lies two to the right")
	warp(dst, src, s, 0, 0, false, 0.5, 0)
	assert.Equal(t, []uint8{grey, 100, 0, 100, grey}, dst[10:15], "half as large: grey shows around it")
}

func TestEveryDistortionOfThePaperIsDrawn(t *testing.T) {
	for name, a := range map[string]Augment{
		"shift": {Shift: 0.1}, "zoom": {Zoom: 0.1}, "flip": {Flip: true}, "rotation": {RotateDegrees: 10},
	} {
		s := network.Shape{H: 32, W: 32, C: 3}
		src, dst, seen := ramp(s), make([]uint8, s.Size()), map[string]bool{}
		for n := range uint64(50) {
			a.apply(dst, src, s, 1, n)
			seen[string(dst)] = true
		}
		assert.Greater(t, len(seen), 1, name)
		assert.Equal(t, name == "flip", len(seen) == 2, "%s: %d pictures", name, len(seen))
	}
}

// A picture is distorted when its batch is trained, not before: a change of the data set after the run has begun
// shows in the next picture, and no distorted copy is kept.
func TestPicturesAreDistortedAsTheyAreTrained(t *testing.T) {
	c := smallConfig(t)
	state, err := c.state()
	require.NoError(t, err)
	r, err := newRun(c, state)
	require.NoError(t, err)
	defer r.machine.Close()
	r.batch = []int{7}
	before, after := make([]uint8, c.Train.Shape.Size()), make([]uint8, c.Train.Shape.Size())
	r.picture(0, before)
	for k := range c.Train.Image(7) {
		c.Train.Image(7)[k] = 255
	}
	r.picture(0, after)
	require.NotEqual(t, before, after)
	require.Contains(t, after, uint8(255))
}

// A warped pixel lies between its four neighbours, inside of the picture and at its edge, whatever the channels.
func TestWarpedPixelsLieBetweenTheirNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := network.Shape{H: rapid.IntRange(1, 7).Draw(t, "h"), W: rapid.IntRange(1, 7).Draw(t, "w"), C: rapid.IntRange(1, 4).Draw(t, "c")}
		src := rapid.SliceOfN(rapid.Uint8(), s.Size(), s.Size()).Draw(t, "pixels")
		x, y := rapid.Float64Range(-2, 9).Draw(t, "x"), rapid.Float64Range(-2, 9).Draw(t, "y")
		at := func(x, y, c int) float64 {
			if x < 0 || x >= s.W || y < 0 || y >= s.H {
				return grey
			}
			return float64(src[(y*s.W+x)*s.C+c])
		}
		got := make([]uint8, s.C)
		bilinear(got, src, s, x, y)
		left, top := int(math.Floor(x)), int(math.Floor(y))
		for c := range got {
			want := 0.0
			for dy := range 2 {
				for dx := range 2 {
					want += at(left+dx, top+dy, c) * (1 - math.Abs(x-float64(left+dx))) * (1 - math.Abs(y-float64(top+dy)))
				}
			}
			require.InDelta(t, want, got[c], 0.5+1e-9, "channel %d", c)
		}
	})
}
