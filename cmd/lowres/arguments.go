package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// orderArguments puts the flags of a verb before its other arguments: the command
// line library takes everything behind the first argument for arguments. What
// follows "--" stays as it is. It returns errUsage for a flag that the verb does
// not have.
func orderArguments(app *cli.App, args []string) ([]string, error) {
	if len(args) < 2 {
		return args, nil
	}
	i := slices.IndexFunc(app.Commands, func(v *cli.Command) bool { return v.HasName(args[1]) })
	if i < 0 {
		return args, nil
	}
	verb, rest := app.Commands[i], args[2:]
	flags, others := args[:2:2], []string(nil)
	for len(rest) > 0 {
		a := rest[0]
		if a == "--" {
			others = append(others, rest[1:]...)
			break
		}
		n, err := flagLength(verb, a)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			others, rest = append(others, a), rest[1:]
			continue
		}
		n = min(n, len(rest)) // a value that is missing is for the library to report
		flags, rest = append(flags, rest[:n]...), rest[n:]
	}
	if len(others) == 0 || slices.ContainsFunc(flags[2:], isHelp) { // the library would look for help on the argument
		return flags, nil
	}
	return append(append(flags, "--"), others...), nil
}

// flagLength is how many arguments a flag takes, itself included, and 0 for an
// argument that is no flag.
func flagLength(verb *cli.Command, argument string) (int, error) {
	if len(argument) < 2 || argument[0] != '-' {
		return 0, nil
	}
	if isHelp(argument) {
		return 1, nil
	}
	name, _, hasValue := strings.Cut(strings.TrimLeft(argument, "-"), "=")
	for _, f := range verb.Flags {
		if !slices.Contains(f.Names(), name) {
			continue
		}
		if _, isSwitch := f.(*cli.BoolFlag); isSwitch || hasValue {
			return 1, nil
		}
		return 2, nil
	}
	return 0, usage("%s: unknown flag %q: want one of %s", verb.Name, argument, strings.Join(flagNames(verb), ", "))
}

func isHelp(argument string) bool {
	return slices.Contains([]string{"-h", "-help", "--h", "--help"}, argument)
}
