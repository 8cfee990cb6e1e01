package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/network"
	"lowres/quant"
	"lowres/trainer"
)

// levelsFlag says how many levels the weights have, see network.ParseLevels.
func levelsFlag() cli.Flag {
	return &cli.StringFlag{Name: "nvalues", Aliases: []string{"n"}, Value: "3",
		Usage: "levels of a weight: 2, 3, 4, 5, 8, 9, 16 or 17; 0 for float32; as -2/-1/0/1/2; by layer as 17,3,3,5 or 3,first=17,fc2=5"}
}

// setLevels gives a new run the levels that the flag states: one set for all, or a start of its own.
func setLevels(c *cli.Context, config *trainer.Config) error {
	levels, err := network.ParseLevels(config.Graph, c.String("nvalues"))
	if err != nil {
		return fmt.Errorf("--nvalues: %w", err)
	}
	config.Start = trainer.Initialise(config.Graph, quant.Levels{}, config.Recipe.Seed)
	return config.Start.SetLevels(levels)
}

// checkLevels wants the levels that the flag states, if it was given, to be those of net.
func checkLevels(c *cli.Context, net *network.Float, from string) error {
	if !c.IsSet("nvalues") {
		return nil
	}
	levels, err := network.ParseLevels(net.Graph, c.String("nvalues"))
	if err != nil {
		return fmt.Errorf("--nvalues: %w", err)
	}
	if !slices.EqualFunc(levels, net.Levels, quant.Levels.Equal) {
		return usage("train: --nvalues: %s: %s holds a network with %s", c.String("nvalues"), from, levelsText(net))
	}
	return nil
}

// levelsOf lists the level sets of the layers that may have them.
func levelsOf(net *network.Float) (sets []quant.Levels) {
	for i := range net.Levels {
		if net.Graph.Layers[i].HasLevels() {
			sets = append(sets, net.Levels[i])
		}
	}
	return sets
}

// nvalues is the number of levels of all layers; 0 for float32, or if they differ.
func nvalues(net *network.Float) int {
	sets := levelsOf(net)
	if len(slices.CompactFunc(slices.Clone(sets), quant.Levels.Equal)) != 1 {
		return 0
	}
	return sets[0].N()
}

// levelNames names the set of every layer that may have one: "N=3", "[-4 -1 0 1 4]", "float32".
func levelNames(net *network.Float) (names []string) {
	for _, l := range levelsOf(net) {
		names = append(names, l.String())
	}
	return names
}

// levelsText is the set of all layers, or the list of them if they differ.
func levelsText(net *network.Float) string {
	names := levelNames(net)
	if one := slices.Compact(slices.Clone(names)); len(one) == 1 {
		return one[0]
	}
	return strings.Join(names, ", ")
}
