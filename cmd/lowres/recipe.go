package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/trainer"
)

const quickEpochs = 20

// recipeFlags choose how to train. Each one given changes the recipe that
// --recipe names.
func recipeFlags() []cli.Flag {
	quick, paper := trainer.QuickRecipe(quickEpochs), trainer.DefaultRecipe()
	return []cli.Flag{
		&cli.StringFlag{Name: "recipe", Value: "quick", Usage: fmt.Sprintf("quick: rate %v, %s, %d epochs, mirrored and shifted pictures; paper: rate %v, %s, %d epochs",
			quick.Rate, quick.Schedule, quick.Epochs, paper.Rate, paper.Schedule, paper.Epochs)},
		&cli.IntFlag{Name: "epochs", Usage: "passes over the training pictures", DefaultText: "the recipe's"},
		&cli.IntFlag{Name: "batch", Usage: "pictures a step", DefaultText: "256"},
		&cli.Float64Flag{Name: "lr", Usage: "learning rate", DefaultText: "the recipe's"},
		&cli.Float64Flag{Name: "momentum", Usage: "of stochastic gradient descent", DefaultText: "0.92"},
		&cli.Float64Flag{Name: "decay", Usage: "L2 weight decay", DefaultText: "quick 0.0005, paper 0"},
		&cli.Float64Flag{Name: "smoothing", Usage: "part of every label that is spread over all classes", DefaultText: "0"},
		&cli.StringFlag{Name: "schedule", Usage: "of the learning rate: fixed or cosine", DefaultText: "the recipe's"},
		&cli.Float64Flag{Name: "warmup", Usage: "epochs over which the rate rises from 0", DefaultText: "quick 1, paper 0"},
		&cli.StringFlag{Name: "augment", Usage: "none; simple: shift, mirror; paper: and zoom, rotate", DefaultText: "quick simple, paper none"},
		&cli.Uint64Flag{Name: "seed", Usage: "of weights, order and distortion", DefaultText: "1"},
	}
}

// newRecipe is the recipe that the flags state.
func newRecipe(c *cli.Context) (r trainer.Recipe, err error) {
	switch name := c.String("recipe"); name {
	case "quick":
		r = trainer.QuickRecipe(quickEpochs)
	case "paper":
		r = trainer.DefaultRecipe()
	default:
		return r, usage("--recipe: %q: want quick or paper", name)
	}
	set(c, "epochs", &r.Epochs, c.Int)
	set(c, "batch", &r.Batch, c.Int)
	set(c, "lr", &r.Rate, c.Float64)
	set(c, "momentum", &r.Momentum, c.Float64)
	set(c, "decay", &r.Decay, c.Float64)
	set(c, "smoothing", &r.Smoothing, c.Float64)
	set(c, "warmup", &r.Warmup, c.Float64)
	set(c, "seed", &r.Seed, c.Uint64)
	if c.IsSet("schedule") {
		r.Schedule = trainer.Schedule(c.String("schedule"))
	}
	if c.IsSet("augment") {
		if r.Augment, err = augmentation(c.String("augment")); err != nil {
			return r, err
		}
	}
	if err := r.Validate(); err != nil {
		return r, usage("recipe: %w", err)
	}
	return r, nil
}

// set copies a flag to a field if it was given.
func set[T any](c *cli.Context, flag string, field *T, value func(string) T) {
	if c.IsSet(flag) {
		*field = value(flag)
	}
}

func augmentation(name string) (trainer.Augment, error) {
	switch name {
	case "none":
		return trainer.Augment{}, nil
	case "simple":
		return trainer.QuickRecipe(1).Augment, nil
	case "paper":
		return trainer.PaperAugment(), nil
	}
	return trainer.Augment{}, usage("--augment: %q: want none, simple or paper", name)
}

// resumedRecipe is the recipe of a checkpoint with the number of epochs that the
// flags state.
func resumedRecipe(c *cli.Context, from *trainer.Checkpoint) (trainer.Recipe, error) {
	var changed []string
	for _, f := range recipeFlags() {
		if name := f.Names()[0]; name != "epochs" && c.IsSet(name) {
			changed = append(changed, "--"+name)
		}
	}
	again, err := newRecipe(c)
	if err != nil {
		return again, err
	}
	r := from.Recipe
	set(c, "epochs", &r.Epochs, c.Int)
	if again.Epochs = r.Epochs; len(changed) > 0 && again != r {
		return r, usage("%s: a resumed run keeps its recipe %+v: want the same, or leave these flags out", strings.Join(changed, ", "), from.Recipe)
	}
	if r.Epochs < from.Epoch() {
		return r, usage("--epochs: %d: the checkpoint has done %d: want as many or more", r.Epochs, from.Epoch())
	}
	return r, nil
}
