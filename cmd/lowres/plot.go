package main

import (
	"github.com/urfave/cli/v2"

	"lowres/trainer/study"
)

func plotCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "plot", Category: groupNetwork, Usage: "draw the curves of a study again, finished or not",
		UsageText:   "lowres plot study",
		Description: "Writes the figures and the summary of a study from its histories, as lowres study does at its end.",
		Flags:       []cli.Flag{jsonFlag()},
		Action:      func(c *cli.Context) error { return plotStudy(c, out) },
	}
}

// plotStudy runs the verb.
func plotStudy(c *cli.Context, out *console) error {
	folder, err := oneArgument(c, "the folder of a study")
	if err != nil {
		return err
	}
	results, err := study.Load(folder)
	if err != nil {
		return err
	}
	if err := results.Write(folder); err != nil {
		return err
	}
	return printStudy(c, out, folder, results)
}
