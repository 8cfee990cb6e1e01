package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lowres/version"
)

// The groups of verbs, in the order in which they are listed.
const (
	groupNetwork  = "Networks"
	groupHardware = "Hardware"
	groupOther    = "Around it"
)

// commands lists the verbs in the order in which one uses them.
func commands(c *console) []*cli.Command {
	return []*cli.Command{
		trainCommand(c), quantiseCommand(c), evaluateCommand(c), inspectCommand(c), studyCommand(c), plotCommand(c),
		simulateCommand(c), costCommand(c), generateCommand(c), verifyCommand(c), proveCommand(c), synthCommand(c), estimateCommand(c), calibrateCommand(c), powerCommand(c),
		benchCommand(c), doctorCommand(c), versionCommand(c),
	}
}

// run is the whole command: it returns the exit code.
func run(ctx context.Context, c *console, args []string) int {
	out := &checkedWriter{Writer: c.out}
	c = &console{out, c.err}
	app := newApp(c)
	args, err := orderArguments(app, args)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	if err == nil && out.err != nil {
		err = fmt.Errorf("standard output: %w", out.err)
	}
	if err != nil {
		c.notef("lowres: %s\n", message(err))
	}
	return exitCode(err)
}

// newApp is the command line without any state.
func newApp(c *console) *cli.App {
	verbs := commands(c)
	for _, v := range verbs {
		v.HideHelpCommand = true
		v.OnUsageError = func(_ *cli.Context, err error, _ bool) error {
			return usage("%s: %w; lowres help %[1]s lists the flags", v.Name, err)
		}
	}
	return &cli.App{
		Name:                  "lowres",
		Version:               version.Text,
		Writer:                c.out,
		ErrWriter:             c.err,
		Commands:              verbs,
		CustomAppHelpTemplate: overview(verbs),
		ExitErrHandler:        func(*cli.Context, error) {}, // run decides
		OnUsageError: func(_ *cli.Context, err error, _ bool) error {
			return usage("%w; lowres help lists the verbs", err)
		},
		Action: func(ctx *cli.Context) error {
			if ctx.Args().Present() {
				return usage("%q: want one of %s", ctx.Args().First(), strings.Join(verbNames(verbs), ", "))
			}
			return cli.ShowAppHelp(ctx)
		},
	}
}

func verbNames(verbs []*cli.Command) []string {
	var names []string
	for _, v := range verbs {
		names = append(names, v.Name)
	}
	return names
}

// overview is the text of lowres help: every verb with what it does and an example.
func overview(verbs []*cli.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "lowres %s: networks whose weights take N integer levels, and the hardware that runs them.\n\n", version.Text)
	b.WriteString("Usage: lowres VERB [flags] [arguments], in any order; lowres help VERB lists a verb's flags.\n")
	for _, group := range []string{groupNetwork, groupHardware, groupOther} {
		fmt.Fprintf(&b, "\n%s\n", group)
		for _, v := range verbs {
			if v.Category == group {
				fmt.Fprintf(&b, "  %-10s %s\n             %s\n", v.Name, v.Usage, example(v))
			}
		}
	}
	b.WriteString("\nResults go to standard output, progress to standard error; --json gives results for machines.\n")
	b.WriteString("Exit codes: 0 done, 1 failure, 2 wrong flag or input, 10 mismatch, 130 interrupted.\n")
	return b.String()
}

// example is the first line of a verb's usage text.
func example(v *cli.Command) string {
	line, _, _ := strings.Cut(v.UsageText, "\n")
	return line
}

// jsonFlag is on every verb that prints results.
func jsonFlag() cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print the result as JSON, see docs/cli.md", DisableDefaultText: true}
}

// oneArgument is the only positional argument of a verb.
func oneArgument(c *cli.Context, name string) (string, error) {
	if c.NArg() != 1 {
		return "", usage("%s: %d arguments%s: want one, %s", c.Command.Name, c.NArg(), quoted(c.Args().Slice()), name)
	}
	return c.Args().First(), nil
}

// noArguments refuses positional arguments.
func noArguments(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage("%s:%s: want flags only; lowres help %[1]s lists them", c.Command.Name, quoted(c.Args().Slice()))
	}
	return nil
}

// need is the value of a flag that a verb cannot do without; want says what it is.
func need(c *cli.Context, flag, want string) (string, error) {
	if v := c.String(flag); v != "" {
		return v, nil
	}
	return "", usage("%s: --%s: none given: want %s", c.Command.Name, flag, want)
}

// quoted lists arguments for an error, with a space before each.
func quoted(args []string) string {
	var b strings.Builder
	for _, a := range args {
		fmt.Fprintf(&b, " %q", a)
	}
	return b.String()
}

// flagNames lists the long names of a verb's flags in alphabetical order.
func flagNames(v *cli.Command) []string {
	var names []string
	for _, f := range v.Flags {
		names = append(names, "--"+f.Names()[0])
	}
	slices.Sort(names)
	return names
}
