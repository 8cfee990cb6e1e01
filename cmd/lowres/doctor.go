package main

import (
	"github.com/urfave/cli/v2"

	"lowres/verify"
)

// doctorResult is the JSON of lowres doctor.
type doctorResult struct {
	Tools []doctorTool `json:"tools"`
}

type doctorTool struct {
	Name    string `json:"name"`
	Found   bool   `json:"found"`
	Version string `json:"version,omitempty"`
	Package string `json:"package"`
	Use     string `json:"use"`
}

func doctorCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "doctor", Category: groupOther, Usage: "say which external tools are here, and in which version",
		UsageText:   "lowres doctor",
		Description: "Exits with 1 if a tool is missing, and says how to install it.",
		Flags:       []cli.Flag{jsonFlag()},
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return doctor(out, verify.FindTools(c.Context), c.Bool("json"))
		},
	}
}

// doctor prints the tools and returns verify.ErrTool if one is missing that is not optional.
func doctor(out *console, tools verify.Tools, asJSON bool) error {
	var result doctorResult
	var names []string
	for _, t := range tools {
		result.Tools = append(result.Tools, doctorTool{t.Name, t.Found(), t.Version, t.Package, t.Use})
		if !t.Optional {
			names = append(names, t.Name)
		}
	}
	if asJSON {
		if err := out.json(result); err != nil {
			return err
		}
	} else {
		out.printf("%s", tools.Table())
	}
	return tools.Need(names...)
}
