package main

import (
	"runtime"

	"github.com/urfave/cli/v2"

	"lowres/version"
)

// versionResult is the JSON of lowres version.
type versionResult struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}

func versionCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "version", Category: groupOther, Usage: "print the version",
		UsageText: "lowres version",
		Flags:     []cli.Flag{jsonFlag()},
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			if c.Bool("json") {
				return out.json(versionResult{version.Text, runtime.Version()})
			}
			out.printf("lowres %s\n", version.Text)
			return nil
		},
	}
}
