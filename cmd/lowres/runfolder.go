package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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
	if foreign, err := f.foreign(); err != nil || len(foreign) > 0 {
		return errors.Join(err, usage("--output: %s: the run before did not write it, and a new one would remove it: move it, or name another folder",
			strings.Join(foreign, ", ")))
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

// byHand are what the Makefile of tb/ makes there.
var byHand = regexp.MustCompile(`^tb/(build/.*|vectors/[a-z]+\.log|wave\.vcd)$`)

// foreign lists the files in the folders of an earlier run's sources that it did not write.
func (f runFolder) foreign() (names []string, err error) {
	text, err := os.ReadFile(f.path(manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var m report.Manifest
	if err := errors.Join(err, json.Unmarshal(text, &m)); err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, o := range m.Outputs {
		known[o.Name] = true
	}
	err = f.files(func(path, name string) error {
		inSources := strings.HasPrefix(name, "rtl/") || strings.HasPrefix(name, "tb/")
		if inSources && !known[name] && !byHand.MatchString(name) {
			names = append(names, path)
		}
		return nil
	})
	return names, err
}

// files visits every file of the parts of a run.
func (f runFolder) files(visit func(path, name string) error) error {
	for _, part := range runParts {
		err := filepath.WalkDir(f.path(part), func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || e.IsDir() {
				return err
			}
			name, err := filepath.Rel(string(f), path)
			return errors.Join(err, visit(path, filepath.ToSlash(name)))
		})
		if err != nil {
			return err
		}
	}
	return nil
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
	err := f.files(func(path, name string) error {
		if strings.HasPrefix(name, "logs/") || strings.HasPrefix(name, "runs/") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return m.Output(name, text)
	})
	if err != nil {
		return err
	}
	return f.write(manifestName, m.JSON)
}
