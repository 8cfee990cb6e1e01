package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/trainer"
)

const quickEpochs = 20

// recipeFlags choose how to train. Each one given changes the recipe that
// --recipe names.
func recipeFlags() []cli.Flag {
	quick, paper, vit := trainer.QuickRecipe(quickEpochs), trainer.PaperRecipe(false, false), trainer.PaperRecipe(true, false)
	return []cli.Flag{
		&cli.StringFlag{Name: "recipe", Value: "paper", Usage: fmt.Sprintf("paper: %s rate, %v for %d epochs, transformers %v for %d, augmented for more; quick: rate %v, %s, %d epochs, mirrored and shifted pictures",
			paper.Schedule, paper.Rate, paper.Epochs, vit.Rate, vit.Epochs, quick.Rate, quick.Schedule, quick.Epochs)},
		&cli.IntFlag{Name: "epochs", Usage: "passes over the training pictures", DefaultText: "the recipe's"},
		&cli.IntFlag{Name: "batch", Usage: "pictures a step", DefaultText: "256"},
		&cli.StringFlag{Name: "optimiser", Usage: "sgd, adam or adamw", DefaultText: "sgd"},
		&cli.Float64Flag{Name: "lr", Usage: "learning rate", DefaultText: "the recipe's; adam, adamw 0.001"},
		&cli.Float64Flag{Name: "momentum", Usage: "of sgd", DefaultText: "0.92"},
		&cli.Float64Flag{Name: "beta1", Usage: "of adam, adamw: what the mean gradient keeps in a step", DefaultText: "0.9"},
		&cli.Float64Flag{Name: "beta2", Usage: "of adam, adamw: what the mean squared gradient keeps", DefaultText: "0.999"},
		&cli.Float64Flag{Name: "epsilon", Usage: "of adam, adamw: added to the root of the mean squared gradient", DefaultText: "1e-08"},
		&cli.Float64Flag{Name: "decay", Usage: "weight decay: L2, decoupled for adamw", DefaultText: "paper 0, quick 0.0005; adam 0, adamw 0.01"},
		&cli.Float64Flag{Name: "clip", Usage: "largest norm of a step's gradient over all parameters; 0 for any", DefaultText: "0"},
		&cli.Float64Flag{Name: "smoothing", Usage: "part of every label that is spread over all classes", DefaultText: "0"},
		&cli.StringFlag{Name: "schedule", Usage: "of the learning rate: fixed or cosine", DefaultText: "the recipe's"},
		&cli.Float64Flag{Name: "warmup", Usage: "epochs over which the rate rises from 0", DefaultText: "paper 0, quick 1"},
		&cli.IntFlag{Name: "patience", Usage: "stop after so many epochs without a better test accuracy; 0: never", DefaultText: "0"},
		&cli.StringFlag{Name: "augment", Usage: "none; simple: shift, mirror; paper: and zoom, rotate", DefaultText: "paper none, quick simple"},
		&cli.Uint64Flag{Name: "seed", Usage: "of weights, order and distortion", DefaultText: "1"},
	}
}

// newRecipe is the recipe that the flags state for a network, with the augmentation of that name; "" is the
// recipe's own.
func newRecipe(c *cli.Context, g *network.Graph, augment string) (r trainer.Recipe, err error) {
	switch name := c.String("recipe"); name {
	case "quick":
		r = trainer.QuickRecipe(quickEpochs)
	case "paper":
		r = trainer.PaperRecipe(isTransformer(g), augment != "" && augment != "none")
	default:
		return r, usage("--recipe: %q: want paper or quick", name)
	}
	if augment != "" {
		if r.Augment, err = augmentation(augment); err != nil {
			return r, err
		}
	}
	if c.IsSet("optimiser") {
		o, err := trainer.ParseOptimiser(c.String("optimiser"))
		if err != nil {
			return r, usage("--optimiser: %w", err)
		}
		r = r.WithOptimiser(o)
	}
	setRecipe(c, &r)
	if err := r.Validate(); err != nil {
		return r, usage("recipe: %w", err)
	}
	return r, nil
}

// setRecipe changes every field of a recipe whose flag was given.
func setRecipe(c *cli.Context, r *trainer.Recipe) {
	set(c, "epochs", &r.Epochs, c.Int)
	set(c, "batch", &r.Batch, c.Int)
	set(c, "lr", &r.Rate, c.Float64)
	set(c, "momentum", &r.Momentum, c.Float64)
	set(c, "beta1", &r.Beta1, c.Float64)
	set(c, "beta2", &r.Beta2, c.Float64)
	set(c, "epsilon", &r.Epsilon, c.Float64)
	set(c, "decay", &r.Decay, c.Float64)
	set(c, "clip", &r.Clip, c.Float64)
	set(c, "smoothing", &r.Smoothing, c.Float64)
	set(c, "warmup", &r.Warmup, c.Float64)
	set(c, "patience", &r.Patience, c.Int)
	set(c, "seed", &r.Seed, c.Uint64)
	if c.IsSet("schedule") {
		r.Schedule = trainer.Schedule(c.String("schedule"))
	}
}

// isTransformer reports whether the paper's recipe for transformers is meant for g.
func isTransformer(g *network.Graph) bool {
	return slices.ContainsFunc(g.Layers, func(l network.Layer) bool { return l.Kind == network.Attention })
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
	return trainer.Augment{}, usage("augmentation %q: want none, simple or paper", name)
}

// resumedRecipe is the recipe of a checkpoint with the number of epochs and the
// patience that the flags state.
func resumedRecipe(c *cli.Context, from *trainer.Checkpoint) (trainer.Recipe, error) {
	var changed []string
	for _, f := range recipeFlags() {
		if name := f.Names()[0]; name != "epochs" && name != "patience" && c.IsSet(name) {
			changed = append(changed, "--"+name)
		}
	}
	again, err := newRecipe(c, from.Net.Graph, c.String("augment"))
	if err != nil {
		return again, err
	}
	r := from.Recipe
	set(c, "epochs", &r.Epochs, c.Int)
	set(c, "patience", &r.Patience, c.Int)
	again.Epochs, again.Patience = r.Epochs, r.Patience
	if len(changed) > 0 && again != r {
		return r, usage("%s: a resumed run keeps its recipe %+v: want the same, or leave these flags out", strings.Join(changed, ", "), from.Recipe)
	}
	if r.Epochs < from.Epoch() {
		return r, usage("--epochs: %d: the checkpoint has done %d: want as many or more", r.Epochs, from.Epoch())
	}
	return r, nil
}
