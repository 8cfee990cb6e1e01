package trainer

import (
	"errors"
	"fmt"
	"io"
	"os"

	"lowres/internal/atomicfile"
	"lowres/network"
	"lowres/quant"
)

// ErrCheckpoint is returned for a file that is not a sound checkpoint.
var ErrCheckpoint = errors.New("checkpoint")

// Checkpoint is the whole state of a run at the end of an epoch. The state of its random numbers is the
// recipe's seed and the number of epochs done: everything random is a function of these.
type Checkpoint struct {
	Net      *network.Float // master weights and levels
	Momentum *network.Float // velocities, or Adam's first moments, laid out like Net
	Second   *network.Float // Adam's second moments; nil for SGD
	Recipe   Recipe
	History  []Epoch // one an epoch done
	Data     string  // dataset.Dataset.Fingerprint of the training pictures; "" = not known
}

// Epoch is the number of epochs done.
func (c *Checkpoint) Epoch() int { return len(c.History) }

// newCheckpoint is the state of net before the first step.
func newCheckpoint(net *network.Float, r Recipe) *Checkpoint {
	c := &Checkpoint{Net: net, Momentum: network.NewFloat(net.Graph, quant.Levels{}), Recipe: r}
	if r.Optimiser != SGD {
		c.Second = network.NewFloat(net.Graph, quant.Levels{})
	}
	return c
}

// LoadCheckpoint reads the checkpoint at path. It returns ErrCheckpoint, with what was being read, for a
// file that is truncated, altered, of another version, or does not fit its own network.
func LoadCheckpoint(path string) (*Checkpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	defer f.Close()
	c, err := ReadCheckpoint(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// LoadNet reads the network of the checkpoint at path: its float32 master weights and its levels.
func LoadNet(path string) (*network.Float, error) {
	c, err := LoadCheckpoint(path)
	if err != nil {
		return nil, err
	}
	return c.Net, nil
}

// Save writes the checkpoint to path in one step: path holds the old file or the whole new one.
func (c *Checkpoint) Save(path string) error {
	if err := atomicfile.Write(path, func(w io.Writer) error { return WriteCheckpoint(w, c) }); err != nil {
		return fmt.Errorf("checkpoint %s: %w", path, err)
	}
	return nil
}
