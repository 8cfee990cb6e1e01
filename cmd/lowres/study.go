package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/report"
	"lowres/trainer"
	"lowres/trainer/study"
)

// studyResult is the JSON of lowres study and lowres plot.
type studyResult struct {
	Folder   string   `json:"folder"`
	Complete bool     `json:"complete"`
	Figures  []string `json:"figures"` // names in figures/, without ending
	*study.Summary
}

func studyCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "study", Category: groupNetwork, Usage: "train a grid of networks, N and seeds, and draw the curves",
		UsageText: "lowres study --models fcnn1,cvnn1 --nvalues 0,2,3,5 --data builtin --epochs 10 -o study",
		Description: "Trains every combination, one run after the other, and writes the curves of cost and accuracy\n" +
			"(CSV, SVG) for each model and augmentation, and a summary (CSV, JSON). It may be stopped at any\n" +
			"moment, by Ctrl-C (exit code 130) or a kill: the same command goes on, to the same bytes as a study\n" +
			"that was never stopped. Lists may grow between commands; see docs/study.md.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "models", Usage: "built-in models or YAML files, with commas between"},
			&cli.StringFlag{Name: "nvalues", Aliases: []string{"n"}, Value: "0,2,3,4,5,8,9,16,17", Usage: "levels of a weight, 0 for float32, with commas between; by layer with colons: 17:3:3:5, 3:first=17:last=17, -2/0/2"},
			&cli.StringFlag{Name: "seeds", Value: "1", Usage: "of weights, order and distortion, with commas between"},
			&cli.StringFlag{Name: "augmentations", Value: "none", Usage: "none; simple: shift, mirror; paper: and zoom, rotate; with commas between"},
			dataFlag(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "folder of the study, new or begun"},
			&cli.Float64Flag{Name: "reach", Value: 50, Usage: "test accuracy in percent whose first epoch the summary names"},
			&cli.IntFlag{Name: "train-images", Usage: "train on the first so many pictures only", DefaultText: "all"},
			&cli.IntFlag{Name: "test-images", Usage: "test on the first so many pictures only", DefaultText: "all"},
			&cli.IntFlag{Name: "workers", Usage: "goroutines; changes the speed, not the result", DefaultText: "one a core"},
			jsonFlag(),
		}, studyRecipeFlags()...),
		Action: func(c *cli.Context) error { return runStudy(c, out) },
	}
}

// studyRecipeFlags are the flags of a recipe that a study does not vary.
func studyRecipeFlags() []cli.Flag {
	return slices.DeleteFunc(recipeFlags(), func(f cli.Flag) bool {
		name := f.Names()[0]
		return name == "augment" || name == "seed"
	})
}

// runStudy runs the verb.
func runStudy(c *cli.Context, out *console) error {
	if err := noArguments(c); err != nil {
		return err
	}
	config, err := studyConfig(c, out)
	if err != nil {
		return err
	}
	p := newStudyProgress(out)
	config.Report = p.report
	results, err := study.Train(c.Context, config)
	p.end()
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w; give the same command to go on; lowres plot %s draws what there is", err, config.Folder)
	}
	if err != nil {
		return err
	}
	return printStudy(c, out, config.Folder, results)
}

// studyConfig turns the flags into a study. The pictures, which take longest, come last.
func studyConfig(c *cli.Context, out *console) (config study.Config, err error) {
	if config.Folder, err = need(c, "output", "the folder of the study"); err != nil {
		return config, err
	}
	if config.Reach = c.Float64("reach") / 100; !(config.Reach > 0 && config.Reach <= 1) {
		return config, usage("--reach: %v: want above 0 to 100 percent", c.Float64("reach"))
	}
	config.Workers = c.Int("workers")
	names, err := studyGrid(c, &config.Grid)
	if err != nil {
		return config, err
	}
	if _, err := config.Grid.Runs(); err != nil {
		return config, err
	}
	if config.Train, config.Test, err = openData(c, c.Int("train-images"), c.Int("test-images")); err != nil {
		return config, err
	}
	for i, g := range config.Grid.Models {
		if config.Grid.Models[i], err = fitModel(names[i], g, config.Train, out); err != nil {
			return config, err
		}
	}
	return config, nil
}

// studyGrid reads the grid, and the names by which its models were given.
func studyGrid(c *cli.Context, g *study.Grid) (names []string, err error) {
	if _, err := need(c, "models", "built-in models or YAML files, with commas between"); err != nil {
		return nil, err
	}
	if names, err = list(c, "models", text); err != nil {
		return nil, err
	}
	for _, name := range names {
		model, err := openModel(name)
		if err != nil {
			return nil, err
		}
		g.Models = append(g.Models, model)
	}
	if err := studyLists(c, g); err != nil {
		return nil, err
	}
	g.Recipe, err = studyRecipe(c, g)
	return names, err
}

// studyLists reads the lists of a grid.
func studyLists(c *cli.Context, g *study.Grid) (err error) {
	if g.NValues, err = list(c, "nvalues", text); err != nil {
		return err
	}
	g.Seeds, err = list(c, "seeds", func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
	if err != nil {
		return err
	}
	g.Augmentations, err = list(c, "augmentations", text)
	return err
}

// text is a value of a list as it stands.
func text(s string) (string, error) { return s, nil }

// list reads the values of a flag that stand between commas.
func list[T any](c *cli.Context, flag string, parse func(string) (T, error)) (values []T, err error) {
	for _, field := range strings.Split(c.String(flag), ",") {
		v, err := parse(strings.TrimSpace(field))
		if err != nil {
			return nil, usage("--%s: %q: want whole numbers with commas between", flag, field)
		}
		values = append(values, v)
	}
	return values, nil
}

// studyRecipe is the recipe of the flags for every model and augmentation.
func studyRecipe(c *cli.Context, g *study.Grid) (func(*network.Graph, string) trainer.Recipe, error) {
	type place struct{ model, augmentation string }
	recipes := map[place]trainer.Recipe{}
	for _, model := range g.Models {
		for _, name := range g.Augmentations {
			r, err := newRecipe(c, model, name)
			if err != nil {
				return nil, err
			}
			recipes[place{model.Name, name}] = r
		}
	}
	return func(model *network.Graph, name string) trainer.Recipe { return recipes[place{model.Name, name}] }, nil
}

// printStudy prints the summary of a study.
func printStudy(c *cli.Context, out *console, folder string, results *study.Results) error {
	summary := results.Summary()
	r := studyResult{Folder: folder, Complete: results.Complete(), Figures: []string{}, Summary: summary}
	for _, f := range results.Figures() {
		r.Figures = append(r.Figures, f.Name())
	}
	if c.Bool("json") {
		return out.json(r)
	}
	header, rows := summary.Table()
	if err := report.WriteTable(out.out, header, rows, nil); err != nil {
		return err
	}
	out.printf("wrote %s/summary.csv, %[1]s/summary.json and %s in %[1]s/figures\n", folder, counted(len(r.Figures), "figure"))
	return nil
}
