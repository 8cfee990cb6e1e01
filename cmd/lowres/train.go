package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/trainer"
)

// trainResult is the JSON of lowres train.
type trainResult struct {
	Model      string          `json:"model"`
	NValues    int             `json:"nvalues"` // of all layers; 0: float32 weights, or layers that differ
	Levels     []string        `json:"levels"`  // by layer that may have them
	Checkpoint string          `json:"checkpoint"`
	CSV        string          `json:"csv"`
	Stopped    bool            `json:"stopped_early"` // by the recipe's patience
	History    []trainer.Epoch `json:"history"`
}

func trainCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "train", Category: groupNetwork, Usage: "train a network whose weights take N levels",
		UsageText: "lowres train --model cvnn1 --nvalues 3 --data cifar-10-batches-bin -o cvnn1.ckpt",
		Description: "Writes a checkpoint and a CSV of cost and accuracy after every epoch. Ctrl-C stops at once\n" +
			"with exit code 130; the same command with --resume goes on from the last whole epoch, to the same\n" +
			"bytes as a run that was never stopped. A resumed run may get more --epochs and another --patience,\n" +
			"and no other recipe.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "model", Usage: "built-in model (see lowres inspect) or YAML file"},
			levelsFlag(),
			dataFlag(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "checkpoint to write"},
			&cli.StringFlag{Name: "best", Usage: "checkpoint of the epoch that tests best", DefaultText: "none"},
			&cli.StringFlag{Name: "csv", Usage: "cost and accuracy per epoch", DefaultText: "the checkpoint's name, ending in .csv"},
			&cli.BoolFlag{Name: "resume", Usage: "go on from the checkpoint", DisableDefaultText: true},
			&cli.BoolFlag{Name: "force", Usage: "start again over an existing checkpoint", DisableDefaultText: true},
			&cli.IntFlag{Name: "train-images", Usage: "train on the first so many pictures only", DefaultText: "all"},
			&cli.IntFlag{Name: "test-images", Usage: "test on the first so many pictures only", DefaultText: "all"},
			&cli.IntFlag{Name: "workers", Usage: "goroutines; changes the speed, not the result", DefaultText: "one a core"},
			jsonFlag(),
		}, recipeFlags()...),
		Action: func(c *cli.Context) error { return train(c, out) },
	}
}

// train runs the verb.
func train(c *cli.Context, out *console) error {
	if err := noArguments(c); err != nil {
		return err
	}
	config, err := trainConfig(c)
	if err != nil {
		return err
	}
	if config.From == nil {
		if config.Graph, err = fitModel(c.String("model"), config.Graph, config.Train, out); err != nil {
			return err
		}
		if err := setLevels(c, &config); err != nil {
			return err
		}
	}
	p := newTrainProgress(out)
	config.Progress = p.report
	before := 0
	if config.From != nil {
		before = config.From.Epoch()
	}
	result, err := trainer.Train(c.Context, config)
	p.end()
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w; %s", err, resumeHint(config.Checkpoint))
	}
	if err != nil {
		return err
	}
	return printTraining(c, out, config, result, before)
}

// trainConfig turns the flags into a training run.
func trainConfig(c *cli.Context) (config trainer.Config, err error) {
	if config.Checkpoint, err = need(c, "output", "the checkpoint to write"); err != nil {
		return config, err
	}
	if err = os.MkdirAll(filepath.Dir(config.Checkpoint), 0o777); err != nil {
		return config, err
	}
	if config.CSV = c.String("csv"); config.CSV == "" {
		config.CSV = strings.TrimSuffix(config.Checkpoint, filepath.Ext(config.Checkpoint)) + ".csv"
	}
	config.Workers, config.Best = c.Int("workers"), c.String("best")
	if config.Workers < 0 {
		return config, usage("train: --workers: %d: want 1 or more, or 0 for one a core", config.Workers)
	}
	err = checkOutputs(nil, []string{"train: --output", "train: --csv", "train: --best"},
		[]string{config.Checkpoint, config.CSV, config.Best})
	if err != nil {
		return config, err
	}
	if c.Bool("resume") && c.Bool("force") {
		return config, usage("train: --resume with --force: want one: go on, or start again")
	}
	if c.Bool("resume") {
		err = resume(c, &config)
	} else {
		err = begin(c, &config)
	}
	if err != nil {
		return config, err
	}
	config.Train, config.Test, err = openData(c, c.Int("train-images"), c.Int("test-images"))
	return config, err
}

// begin sets up a run from nothing.
func begin(c *cli.Context, config *trainer.Config) error {
	if _, err := os.Stat(config.Checkpoint); err == nil && !c.Bool("force") {
		return usage("train: %s: is there already: --resume goes on with it, --force starts again", config.Checkpoint)
	}
	model, err := need(c, "model", "a built-in model or a YAML file")
	if err != nil {
		return err
	}
	if config.Graph, err = openModel(model); err != nil {
		return err
	}
	config.Recipe, err = newRecipe(c, config.Graph, c.String("augment"))
	return err
}

// resume sets up a run that goes on from its checkpoint.
func resume(c *cli.Context, config *trainer.Config) error {
	from, err := trainer.LoadCheckpoint(config.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return usage("train: --resume: %s: no such checkpoint; leave --resume out to start", config.Checkpoint)
	}
	if err != nil {
		return err
	}
	if model := c.String("model"); model != "" && modelName(model) != from.Net.Graph.Name {
		return usage("train: --model: %s: %s holds %s", model, config.Checkpoint, from.Net.Graph.Name)
	}
	if err := checkLevels(c, from.Net, config.Checkpoint); err != nil {
		return err
	}
	config.From = from
	config.Recipe, err = resumedRecipe(c, from)
	return err
}

// resumeHint says how to go on after Ctrl-C.
func resumeHint(checkpoint string) string {
	if _, err := os.Stat(checkpoint); err != nil {
		return "no epoch was finished, so there is nothing to resume"
	}
	return "give the same command with --resume to go on from " + checkpoint
}

// printTraining prints what a run has to say that had done before epochs when it began.
func printTraining(c *cli.Context, out *console, config trainer.Config, r *trainer.Result, before int) error {
	stopped := len(r.History) < config.Recipe.Epochs
	if c.Bool("json") {
		return out.json(trainResult{r.Net.Graph.Name, nvalues(r.Net), levelNames(r.Net), config.Checkpoint, config.CSV, stopped, r.History})
	}
	last := r.History[len(r.History)-1]
	switch { // the accuracy of an epoch done before is that of the test pictures of then
	case last.Number == before && stopped:
		out.printf("%s: stopped early after %d epochs, before; a larger --patience than %d, or 0, trains more\n", config.Checkpoint, before, config.Recipe.Patience)
		return nil
	case last.Number == before:
		out.printf("%s: all %d epochs were done before; --epochs trains more\n", config.Checkpoint, before)
		return nil
	case stopped:
		out.printf("stopped early: %s without a better test accuracy than %s in epoch %d\n", counted(config.Recipe.Patience, "epoch"),
			percent(r.History[last.Number-config.Recipe.Patience-1].TestAccuracy), last.Number-config.Recipe.Patience)
	}
	out.printf("%s, %s, %d epochs: accuracy %s in training, %s on %d test pictures\n", r.Net.Graph.Name, levelsText(r.Net),
		last.Number, percent(last.TrainAccuracy), percent(last.TestAccuracy), config.Test.Len())
	out.printf("wrote %s and %s\n", config.Checkpoint, config.CSV)
	return nil
}
