package main

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/trainer/dataset"
)

// The built-in picture set, when nothing else is said.
const (
	builtinName  = "builtin"
	builtinSeed  = 1
	builtinTrain = 10000
	builtinTest  = 2000
	builtinMost  = 1000000
)

// dataWant is what --data may be.
const dataWant = "builtin, or one of\n" + dataset.Accepted

// dataFlag chooses the pictures.
func dataFlag() cli.Flag {
	return &cli.StringFlag{Name: "data", Usage: "pictures: builtin, or a folder or file of CIFAR-10, CIFAR-100, IDX (MNIST), PNG, JPEG or NPZ, see docs/pictures.md"}
}

// openData reads the first nTrain training and nTest test pictures of the set
// that --data names; 0 stands for all.
func openData(c *cli.Context, nTrain, nTest int) (train, test *dataset.Dataset, err error) {
	name, err := need(c, "data", dataWant)
	if err != nil {
		return nil, nil, err
	}
	if name == builtinName {
		if nTrain < 0 || nTrain > builtinMost || nTest < 0 || nTest > builtinMost {
			return nil, nil, usage("%d training and %d test pictures: want 1 to %d of the built-in ones, or 0 for %d and %d",
				nTrain, nTest, builtinMost, builtinTrain, builtinTest)
		}
		train, test = dataset.Builtin(builtinSeed, cmp.Or(nTrain, builtinTrain), cmp.Or(nTest, builtinTest))
		return train, test, nil
	}
	if train, test, err = readPictures(name); err != nil {
		return nil, nil, err
	}
	if train, err = first(train, nTrain); err != nil {
		return nil, nil, err
	}
	test, err = first(test, nTest)
	return train, test, err
}

// openTest reads the test pictures alone, those of the built-in set if no --data
// is given.
func openTest(c *cli.Context) (*dataset.Dataset, error) {
	if name := c.String("data"); name != "" && name != builtinName {
		_, test, err := readPictures(name)
		return test, err
	}
	_, test := dataset.Builtin(builtinSeed, 0, builtinTest)
	return test, nil
}

// readPictures reads a folder or file in any format.
func readPictures(path string) (train, test *dataset.Dataset, err error) {
	if _, err := dataset.Recognise(path); err != nil {
		return nil, nil, usage("--data: %w\nor builtin, which needs no files", err)
	}
	return dataset.Load(path)
}

// first is the first n pictures of a set; 0 stands for all.
func first(d *dataset.Dataset, n int) (*dataset.Dataset, error) {
	if n < 0 || n > d.Len() {
		return nil, usage("%d pictures of %s: want 1 to %d, or 0 for all", n, d.Name, d.Len())
	}
	return d.Slice(0, cmp.Or(n, d.Len())), nil
}

// openModel is a built-in model by name, or one from a YAML file.
func openModel(name string) (*network.Graph, error) {
	if _, err := os.Stat(name); err != nil {
		return builtinModel(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, usage("--model: %w", err)
	}
	g, err := network.ParseModel(modelName(name), text)
	if err != nil {
		return nil, usage("--model: %w", err)
	}
	return g, nil
}

func builtinModel(name string) (*network.Graph, error) {
	g, err := network.Model(name)
	if err != nil {
		return nil, usage("--model: %w, or a YAML file", err)
	}
	return g, nil
}

// modelName is a file's name without folder and ending.
func modelName(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// fitModel gives the built-in model of that name the input of the pictures and an output for each of their
// classes. A model from a file stays as it is.
func fitModel(name string, g *network.Graph, d *dataset.Dataset, out *console) (*network.Graph, error) {
	last := &g.Layers[len(g.Layers)-1]
	if _, err := os.Stat(name); err == nil || last.Kind != network.Dense {
		return g, nil
	}
	if g.Input == d.Shape && last.Out == len(d.Classes) {
		return g, nil
	}
	g.Input, last.Out = d.Shape, len(d.Classes)
	if err := g.Resolve(); err != nil {
		return nil, usage("--model: %s for %s of %v: %w", g.Name, d.Name, d.Shape, err)
	}
	out.notef("%s: fitted to %s: input %v, %d classes\n", g.Name, d.Name, d.Shape, len(d.Classes))
	return g, nil
}
