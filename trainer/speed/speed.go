// Package speed measures how fast networks train, beside what the processor could do and beside a peer: a
// program that trains the same networks.
package speed

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"lowres/network"
	"lowres/trainer/kernel"
)

// Config says what is measured.
type Config struct {
	Nets    []*network.Float // networks with their initial weights and levels; copies are trained
	Batch   int              // images a step
	Rounds  int              // samples of every figure
	Seconds float64          // least length of a sample, in processor time of one core
	Set     *kernel.Set      // nil = the best of this processor
	Peer    []string         // command of the peer, see peer; none: no peer

	Progress func(done, of int, what string) // before every sample; may be nil
}

// Sample is a number of steps in a row.
type Sample struct {
	Images      int     `json:"images"`
	CPUSeconds  float64 `json:"cpu_s"` // of all threads of the process
	WallSeconds float64 `json:"wall_s"`
}

// ACPUSecond is images by processor time, ASecond by time passed.
func (s Sample) ACPUSecond() float64 { return float64(s.Images) / s.CPUSeconds }
func (s Sample) ASecond() float64    { return float64(s.Images) / s.WallSeconds }

// Result is what was measured of one network.
type Result struct {
	Network             string    `json:"network"`
	FLOPAnImage         float64   `json:"flop_an_image"` // of a training step, see docs/training-speed.md
	ExecutedFLOPAnImage float64   `json:"executed_flop_an_image"`
	AllocationsStep     float64   `json:"allocations_a_step"`
	PeakGFLOPS          []float64 `json:"peak_gflops"` // of one core, measured before each sample
	OneCore             []Sample  `json:"one_core"`
	TwoCores            []Sample  `json:"two_cores,omitempty"`
	Peer                string    `json:"peer,omitempty"` // what the peer says of itself
	PeerSetting         string    `json:"peer_setting,omitempty"`
	PeerOneCore         []Sample  `json:"peer_one_core,omitempty"`
	PeerTwoCores        []Sample  `json:"peer_two_cores,omitempty"`
}

// contestant is one trainer of one network with a number of threads.
type contestant interface {
	run(steps int) (Sample, error)
	close() error
}

// Measure measures the networks one after the other. In every round each side runs once on one core and
// once on two, in turn, so that whatever else the machine does meets both. It returns ctx.Err() if ctx ends.
func Measure(ctx context.Context, c Config) ([]Result, error) {
	if c.Set == nil {
		c.Set = kernel.Best()
	}
	var results []Result
	for k, net := range c.Nets {
		r, err := c.measure(ctx, net, k)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", net.Graph.Name, err)
		}
		results = append(results, *r)
	}
	return results, nil
}

// turn is one contestant and where its samples go.
type turn struct {
	contestant
	threads int
	steps   int
	samples *[]Sample
}

// measure measures one network, number k.
func (c *Config) measure(ctx context.Context, net *network.Float, k int) (r *Result, err error) {
	r = newResult(net)
	turns, err := c.turns(net, r)
	defer func() {
		for _, t := range turns {
			err = errors.Join(err, t.close())
		}
	}()
	if err != nil {
		return nil, err
	}
	for i := range turns {
		if err := turns[i].warm(c.Seconds); err != nil {
			return nil, err
		}
	}
	for round := range c.Rounds {
		for i := range turns {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if c.Progress != nil {
				c.Progress((k*c.Rounds+round)*len(turns)+i, len(c.Nets)*c.Rounds*len(turns), net.Graph.Name)
			}
			if i == 0 {
				r.PeakGFLOPS = append(r.PeakGFLOPS, peak(c.Set))
			}
			s, err := turns[i].run(turns[i].steps)
			if err != nil {
				return nil, err
			}
			*turns[i].samples = append(*turns[i].samples, s)
		}
	}
	r.AllocationsStep, err = allocations(turns[0].contestant)
	return r, err
}

// turns starts every contestant: lowres and its peer, on one core and, where there are two, on two.
func (c *Config) turns(net *network.Float, r *Result) (turns []turn, err error) {
	targets := [][2]*[]Sample{{&r.OneCore, &r.PeerOneCore}, {&r.TwoCores, &r.PeerTwoCores}}
	for threads := 1; threads <= min(2, runtime.NumCPU()); threads++ {
		own, err := newOwn(net.Clone(), c.Batch, threads, c.Set)
		if err != nil {
			return turns, err
		}
		turns = append(turns, turn{own, threads, 0, targets[threads-1][0]})
		if len(c.Peer) == 0 {
			continue
		}
		p, err := newPeer(c.Peer, net.Graph.Name, threads, c.Batch)
		if err != nil {
			return turns, err
		}
		turns = append(turns, turn{p, threads, 0, targets[threads-1][1]})
		r.Peer, r.PeerSetting = p.Peer, p.Setting
		if want := net.Graph.Parameters(); p.Parameters != want {
			return turns, fmt.Errorf("peer: a network of %d parameters: want %d", p.Parameters, want)
		}
	}
	return turns, nil
}

// warm takes steps until they run warm, and finds how many fill a sample.
func (t *turn) warm(seconds float64) error {
	for t.steps = 1; ; t.steps *= 2 {
		s, err := t.run(t.steps)
		if err != nil {
			return err
		}
		if enough := seconds / 4; s.CPUSeconds >= enough && t.steps > 1 || s.CPUSeconds >= 2*seconds {
			t.steps = max(1, int(float64(t.steps)*seconds*float64(t.threads)/s.CPUSeconds+0.5))
			return nil
		}
	}
}

// peak measures the multiply-adds of one core, in GFLOP/s of its processor time.
func peak(set *kernel.Set) float64 {
	best := 0.0
	for range 5 {
		start, flop := cpuTime(), 0.0
		for cpuTime()-start < 4*time.Millisecond {
			flop += set.Peak(50_000)
		}
		best = max(best, flop/(cpuTime()-start).Seconds()/1e9)
	}
	return best
}

// allocations counts the heap objects of a warm step.
func allocations(c contestant) (float64, error) {
	const steps = 4
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.run(steps)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / steps, err
}
