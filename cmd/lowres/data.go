package main

import (
	"fmt"
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
)

const dataWant = "builtin, or the folder of the CIFAR-10 binary files (data_batch_1.bin … test_batch.bin)"

// dataFlag chooses the pictures.
func dataFlag() cli.Flag {
	return &cli.StringFlag{Name: "data", Usage: "pictures: " + dataWant}
}

// openData reads the training and test pictures that --data names.
func openData(c *cli.Context) (train, test *dataset.Dataset, err error) {
	name, err := need(c, "data", dataWant)
	if err != nil {
		return nil, nil, err
	}
	if name == builtinName {
		train, test = dataset.Builtin(builtinSeed, builtinTrain, builtinTest)
		return train, test, nil
	}
	return readCIFAR(name)
}

// openTest reads the test pictures alone, those of the built-in set if no --data
// is given.
func openTest(c *cli.Context) (*dataset.Dataset, error) {
	if name := c.String("data"); name != "" && name != builtinName {
		_, test, err := readCIFAR(name)
		return test, err
	}
	_, test := dataset.Builtin(builtinSeed, 0, builtinTest)
	return test, nil
}

// readCIFAR reads CIFAR-10 from a folder.
func readCIFAR(folder string) (train, test *dataset.Dataset, err error) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, nil, usage("--data: %q: want %s", folder, dataWant)
	}
	return dataset.CIFAR10(folder)
}

// first is the first n pictures of a set; 0 stands for all.
func first(d *dataset.Dataset, n int, flag string) (*dataset.Dataset, error) {
	if n < 0 || n > d.Len() {
		return nil, usage("--%s: %d: want 1 to %d, or 0 for all pictures of %s", flag, n, d.Len(), d.Name)
	}
	if n == 0 {
		return d, nil
	}
	return d.Slice(0, n), nil
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

// percent is a part of 1 for people.
func percent(part float64) string { return fmt.Sprintf("%.2f %%", 100*part) }

// modelName is a file's name without folder and ending.
func modelName(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
