package speed

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer"
)

// tiny is a network of 2·2·1·32 + 32 + 32·3 + 3 parameters.
func tiny(t *testing.T) *network.Float {
	t.Helper()
	g := &network.Graph{Name: "tiny", Input: network.Shape{H: 2, W: 2, C: 1}, Layers: []network.Layer{
		{Name: "fc1", Kind: network.Dense, Out: 32, ReLU: true}, {Name: "fc2", Kind: network.Dense, Out: 3}}}
	require.NoError(t, g.Resolve())
	levels, err := quant.ForN(3)
	require.NoError(t, err)
	return trainer.Initialise(g, levels, 1)
}

// script is a peer in shell.
func script(t *testing.T, text string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "peer")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return []string{"sh", path}
}

// A peer that takes 0.5 s of one core, and 0.25 s on two, for a step.
const steady = `
echo "{\"peer\": \"Steady 1\", \"setting\": \"$1 $2 $3\", \"parameters\": 259}"
while read steps; do
	awk -v n=$steps -v threads=$2 -v batch=$3 'BEGIN {
		printf "{\"images\": %d, \"cpu_s\": %f, \"wall_s\": %f}\n", n * batch, n / 2, n / 2 / threads}'
done`

func TestMeasureRunsBothSidesInTurn(t *testing.T) {
	net := tiny(t)
	before := net.Clone()
	places := []int{}
	results, err := Measure(context.Background(), Config{Nets: []*network.Float{net}, Batch: 64, Rounds: 3, Seconds: 0.01,
		Peer: script(t, steady), Progress: func(done, of int, what string) { places = append(places, done) }})
	require.NoError(t, err)
	require.Len(t, results, 1)
	r, f := &results[0], results[0].Figures()
	assert.Equal(t, before, net, "Measure trains a copy")
	assert.Equal(t, "Steady 1", r.Peer)
	assert.Len(t, r.OneCore, 3)
	assert.Len(t, r.PeerOneCore, 3)
	assert.InDelta(t, 128, f.PeerACPUSecond, 1e-3)
	assert.InDelta(t, r.OneCore[0].ACPUSecond()/128, ratioOf(r, 0), 1e-3)
	assert.Positive(t, f.GFLOPS)
	assert.Positive(t, Peak(results))
	assert.Equal(t, 0, places[0])
	assert.IsIncreasing(t, places)
	if len(r.TwoCores) > 0 {
		assert.InDelta(t, 256, f.PeerASecond, 1e-3)
	}
}

func ratioOf(r *Result, round int) float64 {
	return r.OneCore[round].ACPUSecond() / r.PeerOneCore[round].ACPUSecond()
}

func TestAWarmStepAllocatesNothing(t *testing.T) {
	for _, name := range []string{"fcnn1", "cvnn-small", "vit1"} {
		g, err := network.Model(name)
		require.NoError(t, err)
		levels, err := quant.ForN(3)
		require.NoError(t, err)
		for threads := 1; threads <= 2; threads++ {
			o, err := newOwn(trainer.Initialise(g, levels, 1), 64, threads, nil)
			require.NoError(t, err)
			_, err = o.run(1)
			require.NoError(t, err)
			perStep := testing.AllocsPerRun(2, func() { o.run(1) })
			assert.Zero(t, perStep, "%s, %d threads", name, threads)
			o.close()
		}
	}
}

func TestFiguresAreMediansAndRatiosPairByPair(t *testing.T) {
	r := Result{FLOPAnImage: 2e9, ExecutedFLOPAnImage: 5e8, PeakGFLOPS: []float64{400, 500, 300},
		OneCore:     []Sample{{100, 1, 9}, {100, 2, 9}, {100, 0.5, 9}},
		TwoCores:    []Sample{{100, 9, 0.5}, {100, 9, 0.25}},
		PeerOneCore: []Sample{{100, 2, 9}, {100, 2, 9}, {100, 2, 9}}}
	f := r.Figures()
	assert.Equal(t, 100.0, f.ACPUSecond)
	assert.Equal(t, 300.0, f.ASecondOnTwo)
	assert.Equal(t, 3.0, f.Speedup)
	assert.Equal(t, 200.0, f.GFLOPS)
	assert.Equal(t, 0.5, f.PartOfPeak)
	assert.Equal(t, 0.125, f.ExecutedPart)
	assert.Equal(t, &Spread{1, 2, 4}, f.Ratio)
	assert.Nil(t, f.RatioOnTwo)
}

func TestAPeerThatDoesNotAnswerAsAskedIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ peer, want string }{
		"it is not there":       {"", "no/such/program"},
		"it ends at once":       {"exit 3", "ended without an answer"},
		"it speaks prose":       {"echo hello", `"hello"`},
		"it trains another":     {`echo '{"parameters": 7}'; cat`, "7 parameters: want 259"},
		"it took no time":       {`echo '{"parameters": 259}'; while read n; do echo '{"images": 1}'; done`, "times above 0"},
		"it ends in the middle": {`echo '{"parameters": 259}'; read n`, "ended without an answer"},
	} {
		command := script(t, c.peer)
		if c.peer == "" {
			command = []string{"no/such/program"}
		}
		_, err := Measure(context.Background(), Config{Nets: []*network.Float{tiny(t)}, Batch: 8, Rounds: 1, Seconds: 0.01, Peer: command})
		assert.ErrorContains(t, err, c.want, name)
	}
}

func TestMeasureStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Measure(ctx, Config{Nets: []*network.Float{tiny(t)}, Batch: 8, Rounds: 1, Seconds: 0.01})
	assert.ErrorIs(t, err, context.Canceled)
}
