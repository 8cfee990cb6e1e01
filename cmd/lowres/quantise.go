package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/report"
	"lowres/trainer"
	"lowres/trainer/dataset"
)

// quantiseResult is the JSON of lowres quantise. Accuracies are parts of 1.
type quantiseResult struct {
	Model             string   `json:"model"`
	NValues           int      `json:"nvalues"` // of all layers; 0 if they differ
	Levels            []string `json:"levels"`  // by layer that may have them
	Output            string   `json:"output"`
	CalibrationImages int      `json:"calibration_images"`
	Percentile        float64  `json:"percentile"`
	TestSet           string   `json:"test_set"`
	TestImages        int      `json:"test_images"`
	FloatAccuracy     float64  `json:"float_accuracy"`
	LowBitAccuracy    float64  `json:"low_bit_accuracy"`
	IntegerAccuracy   float64  `json:"integer_accuracy"`
}

func quantiseCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "quantise", Aliases: []string{"quantize"}, Category: groupNetwork,
		Usage:     "turn a trained network into one of integers alone",
		UsageText: "lowres quantise --data cifar-10-batches-bin -o cvnn1.lrn cvnn1.ckpt",
		Description: "Measures how large activations get on training pictures, and from that makes int8 activations\n" +
			"and integer requantisers. Prints the accuracy of the float32 master weights, of the low-bit weights\n" +
			"with float32 activations, and of the integer network, on the whole test set.",
		Flags: []cli.Flag{
			dataFlag(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: ".lrn file to write"},
			&cli.IntFlag{Name: "calibration-images", Value: 1000, Usage: "training pictures that activations are measured on"},
			&cli.Float64Flag{Name: "percentile", Value: 0.9999, Usage: "part of a layer's activations that its range holds, above 0 to 1"},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return quantise(c, out) },
	}
}

// quantise runs the verb.
func quantise(c *cli.Context, out *console) error {
	checkpoint, err := oneArgument(c, "the checkpoint that lowres train wrote")
	if err != nil {
		return err
	}
	path, err := need(c, "output", "the .lrn file to write")
	if err != nil {
		return err
	}
	state, err := trainer.LoadCheckpoint(checkpoint)
	if err != nil {
		return err
	}
	if err := checkOutputs([]string{checkpoint}, []string{"quantise: --output"}, []string{path}); err != nil {
		return err
	}
	if err := checkCalibration(c); err != nil {
		return err
	}
	trainSet, testSet, err := openData(c, c.Int("calibration-images"), 0)
	if err != nil {
		return err
	}
	net, err := calibrate(c, state.Net, trainSet)
	if err != nil {
		return err
	}
	r := quantiseResult{Model: net.Graph.Name, NValues: nvalues(state.Net), Levels: levelNames(state.Net), Output: path,
		CalibrationImages: c.Int("calibration-images"), Percentile: c.Float64("percentile"),
		TestSet: testSet.Name, TestImages: testSet.Len()}
	out.notef("measuring accuracy on %d pictures\n", testSet.Len())
	if err := r.measure(state.Net, net, testSet); err != nil {
		return err
	}
	info, err := r.info(state)
	if err != nil {
		return err
	}
	if err := network.WriteFile(path, &network.File{Network: net, Info: info}); err != nil {
		return err
	}
	return r.print(c, out)
}

// checkCalibration checks the flags of calibrate.
func checkCalibration(c *cli.Context) error {
	if n := c.Int("calibration-images"); n < 1 {
		return usage("--calibration-images: %d: want 1 or more", n)
	}
	if part := c.Float64("percentile"); !(part > 0 && part <= 1) {
		return usage("--percentile: %v: want above 0 to 1", part)
	}
	return nil
}

// calibrate measures the activations on d and makes the integer network.
func calibrate(c *cli.Context, net *network.Float, d *dataset.Dataset) (*network.Integer, error) {
	ranges, err := trainer.ActivationRanges(net, d, d.Len(), c.Float64("percentile"))
	if err != nil {
		return nil, err
	}
	return network.Quantise(net, ranges, network.QuantiseOptions{})
}

// measure fills in the three accuracies.
func (r *quantiseResult) measure(float *network.Float, integer *network.Integer, test *dataset.Dataset) (err error) {
	if r.FloatAccuracy, err = trainer.Accuracy(float, test, false, 0); err != nil {
		return err
	}
	if r.LowBitAccuracy, err = trainer.Accuracy(float, test, true, 0); err != nil {
		return err
	}
	r.IntegerAccuracy, err = integerAccuracy(integer, test)
	return err
}

// integerAccuracy is the part of the pictures that the integer network classifies
// rightly.
func integerAccuracy(net *network.Integer, d *dataset.Dataset) (float64, error) {
	e := &evaluation{net: net, set: d}
	if err := e.run(func(int) error { return nil }); err != nil {
		return 0, err
	}
	return float64(e.right()) / float64(d.Len()), nil
}

// info are the facts that the .lrn file keeps about its making.
func (r *quantiseResult) info(state *trainer.Checkpoint) (map[string]string, error) {
	recipe, err := json.Marshal(state.Recipe)
	accuracy := func(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }
	return map[string]string{
		"epochs":             strconv.Itoa(state.Epoch()),
		"recipe":             string(recipe),
		"test_set":           r.TestSet,
		"test_images":        strconv.Itoa(r.TestImages),
		"float_accuracy":     accuracy(r.FloatAccuracy),
		"low_bit_accuracy":   accuracy(r.LowBitAccuracy),
		"integer_accuracy":   accuracy(r.IntegerAccuracy),
		"calibration_images": strconv.Itoa(r.CalibrationImages),
		"percentile":         strconv.FormatFloat(r.Percentile, 'g', -1, 64),
	}, err
}

func (r *quantiseResult) print(c *cli.Context, out *console) error {
	if c.Bool("json") {
		return out.json(r)
	}
	weights := fmt.Sprintf("%d levels", r.NValues)
	if r.NValues == 0 {
		weights = strings.Join(r.Levels, ", ")
	}
	err := report.WriteTable(out.out, []string{"weights", "activations", "accuracy"}, [][]string{
		{"float32 (master weights)", "float32", percent(r.FloatAccuracy)},
		{weights, "float32", percent(r.LowBitAccuracy)},
		{weights, "int8", percent(r.IntegerAccuracy)},
	}, nil)
	if err != nil {
		return err
	}
	out.printf("on %d pictures of %s; wrote %s\n", r.TestImages, r.TestSet, r.Output)
	return nil
}
