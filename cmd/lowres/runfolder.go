package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lowres/internal/atomicfile"
	"lowres/report"
	"lowres/version"
)

// manifestName marks a folder as a run folder of lowres.
const manifestName = "manifest.json"

// toolName is how lowres signs a manifest.
const toolName = "lowres " + version.Text

// runFolder is a folder that receives what a run leaves: the emitted Verilog and
// testbench, the logs, and results. The same run gives the same bytes.
type runFolder string

// runParts are what a run puts into its folder, beside the manifest. runs/ holds
// what the simulators work with while they run.
var runParts = []string{"rtl", "tb", "runs", "logs", "report.json", "layers.csv", "verification.json", "mismatch.vcd", "mismatch.gtkw"}

// prepare makes the folder, or empties that of an earlier run, and marks it with
// the manifest as it is known before the run.
func (f runFolder) prepare(m *report.Manifest) error {
	entries, err := os.ReadDir(string(f))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usage("--output: %w: want a folder, or a name for a new one", err)
	}
	if len(entries) > 0 && !f.isRun() {
		return usage("--output: %s holds files, and no %s of an earlier run: want an empty folder, or a name for a new one", f, manifestName)
	}
	for _, part := range runParts {
		if err := os.RemoveAll(f.path(part)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(string(f), 0o777); err != nil {
		return err
	}
	return f.write(manifestName, m.JSON)
}

// isRun reports whether the folder is that of an earlier run.
func (f runFolder) isRun() bool {
	text, err := os.ReadFile(f.path(manifestName))
	var m report.Manifest
	return err == nil && json.Unmarshal(text, &m) == nil && strings.HasPrefix(m.Tool, "lowres ")
}

func (f runFolder) path(name string) string {
	return filepath.Join(string(f), filepath.FromSlash(name))
}

// write writes a file that a report prints.
func (f runFolder) write(name string, print func(io.Writer) error) error {
	var text bytes.Buffer
	if err := print(&text); err != nil {
		return err
	}
	return atomicfile.WriteBytes(f.path(name), text.Bytes())
}

// keepLogs moves the logs of the simulators to logs/ and removes their working
// folders.
func (f runFolder) keepLogs() error {
	logs, err := filepath.Glob(f.path("runs/*/run.log"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.path("logs"), 0o777); err != nil {
		return err
	}
	for _, log := range logs {
		name := filepath.Base(filepath.Dir(log)) + ".log"
		if err := os.Rename(log, f.path("logs/"+name)); err != nil {
			return err
		}
	}
	return os.RemoveAll(f.path("runs"))
}

// finish completes the manifest with every file of the folder but the logs, whose
// number follows the cores of the machine.
func (f runFolder) finish(m *report.Manifest) error {
	err := filepath.WalkDir(string(f), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(string(f), path)
		if err != nil || name == manifestName || strings.HasPrefix(name, "logs") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return m.Output(filepath.ToSlash(name), text)
	})
	if err != nil {
		return err
	}
	return f.write(manifestName, m.JSON)
}
