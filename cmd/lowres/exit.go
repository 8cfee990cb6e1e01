package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"lowres/network"
	"lowres/quant"
	"lowres/rtlgen/estimate"
	"lowres/sim/arch"
	"lowres/sim/energy"
	cells "lowres/sim/energy/calibrate"
	"lowres/sim/energy/liberty"
	"lowres/sim/mapping"
	"lowres/sim/program"
	"lowres/sim/scalesim"
	"lowres/trainer"
	"lowres/trainer/dataset"
	"lowres/trainer/study"
	"lowres/verify"
)

// The exit codes. docs/cli.md lists them for users.
const (
	exitOK          = 0
	exitFailure     = 1   // something outside the command's input went wrong
	exitInput       = 2   // a wrong flag, argument or file
	exitMismatch    = 10  // two engines that must agree do not
	exitInterrupted = 130 // Ctrl-C
)

// errUsage is a command line that says something lowres cannot do.
var errUsage = errors.New("wrong usage")

// usageError is an error that is also errUsage, without saying so in its text.
type usageError struct{ error }

func (u usageError) Unwrap() []error { return []error{errUsage, u.error} }

// usage is an error about the command line; the format says what, which rule, and
// what to try.
func usage(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

// inputErrors mean that a file or value which the user gave is at fault.
var inputErrors = []error{
	errUsage, fs.ErrNotExist, quant.ErrLevels, network.ErrShape, network.ErrNetwork, network.ErrFormat,
	network.ErrUnsupported, arch.ErrSpec, mapping.ErrUnsupported, mapping.ErrFit, program.ErrProgram, trainer.ErrCheckpoint,
	trainer.ErrHistory, trainer.ErrUnsupported, dataset.ErrFormat, study.ErrGrid, study.ErrManifest, scalesim.ErrFile,
	energy.ErrTechnology, estimate.ErrForm, liberty.ErrLiberty, cells.ErrStreams,
}

// exitCode is what the process ends with.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, verify.ErrMismatch):
		return exitMismatch
	}
	for _, target := range inputErrors {
		if errors.Is(err, target) {
			return exitInput
		}
	}
	return exitFailure
}

// message is the text of an error for people; to them a cancelled context is an
// interruption.
func message(err error) string {
	if !errors.Is(err, context.Canceled) {
		return err.Error()
	}
	return strings.ReplaceAll(err.Error(), context.Canceled.Error(), "interrupted")
}
