package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/sim/arch"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/trainer/dataset"
)

// job is a network mapped onto a design: what simulate and verify start from.
type job struct {
	design  *arch.Design
	network *network.Integer
	file    []byte // that the network came from
	program *program.Program
}

// openJob reads the design that --design names and the network that is the only
// argument, and maps one onto the other.
func openJob(c *cli.Context) (*job, error) {
	path, err := oneArgument(c, "the .lrn file that lowres quantise wrote")
	if err != nil {
		return nil, err
	}
	d, err := openDesign(c)
	if err != nil {
		return nil, err
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := network.ReadLRN(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	o, err := mappingOptions(c, d)
	if err != nil {
		return nil, err
	}
	p, err := mapping.MapFor(f.Network, d, o)
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w", path, d.Name, err)
	}
	return &job{d, f.Network, file, p}, nil
}

// batchFlag is --batch.
func batchFlag() cli.Flag {
	return &cli.IntFlag{Name: "batch", Value: 1, Usage: "pictures of a run, which share the weights that are loaded"}
}

// pictures are the values of a run's pictures, from picture i of the set on.
func (j *job) pictures(set *dataset.Dataset, i int) (values []int8) {
	for k := range j.program.Pictures() {
		values = append(values, network.Input(set.Image(i+k))...)
	}
	return values
}

// testSet is the set to take pictures from: the built-in one unless --data says
// otherwise.
func (j *job) testSet(c *cli.Context) (*dataset.Dataset, error) {
	test, err := openTest(c)
	if err != nil {
		return nil, err
	}
	if want := j.network.Graph.Input; test.Shape != want {
		return nil, usage("--data: pictures of %v: want %v, the input of %s", test.Shape, want, j.network.Graph.Name)
	}
	return test, nil
}

// identity is what a result is a result of.
type identity struct {
	Network     string `json:"network"`
	NetworkHash string `json:"network_sha256"` // of the canonical .lrn file
	Design      string `json:"design"`
	DesignHash  string `json:"design_sha256"` // of the complete design file
}

func (j *job) identity() (identity, error) {
	hash, err := j.design.Hash()
	if err != nil {
		return identity{}, err
	}
	net, err := j.network.Hash()
	return identity{j.network.Graph.Name, fmt.Sprintf("%x", net), j.design.Name, hash}, err
}
