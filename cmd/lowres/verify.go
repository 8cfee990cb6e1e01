package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"lowres/internal/atomicfile"
	"lowres/report"
	"lowres/trainer/dataset"
	"lowres/verify"
	"lowres/verify/random"
)

// verifyResult is the JSON of lowres verify, and without the times of the
// simulators the verification.json of a run folder.
type verifyResult struct {
	identity
	Pictures     pictureRange   `json:"pictures"`
	Agree        bool           `json:"agree"`
	Mismatch     string         `json:"mismatch,omitempty"` // the first in time, in one sentence
	Batch        int            `json:"batch"`              // pictures of a run
	Cycles       int64          `json:"cycles"`             // of a run
	Instructions int            `json:"instructions"`       // of a run
	Beats        int            `json:"beats_written"`      // of a run
	Values       int            `json:"values_compared"`    // of all pictures
	Simulators   []verifyEngine `json:"simulators"`
}

// verifyEngine is an RTL simulator and what it took.
type verifyEngine struct {
	Name         string  `json:"name"`
	Version      string  `json:"version"`
	BuildSeconds float64 `json:"build_seconds,omitempty"` // 0 if the build was in the cache
	RunSeconds   float64 `json:"run_seconds,omitempty"`
}

// pictureRange is a run of pictures of a set.
type pictureRange struct {
	Set   string `json:"set"`
	First int    `json:"first"`
	Count int    `json:"count"`
}

func verifyCommand(out *console) *cli.Command {
	return &cli.Command{
		Name: "verify", Category: groupHardware, Usage: "run the Verilog in Verilator and Icarus, and compare bits and cycles",
		UsageText: "lowres verify --design examples/small.yaml --images 10 -o run cvnn1.lrn",
		Description: "Compares every value written to memory, the cycle in which every instruction starts and ends,\n" +
			"and every counter with the simulator, and the values with the integer network. If they do not agree,\n" +
			"exit code 10 and one sentence about the first difference in time. With --output the folder keeps\n" +
			"manifest.json, report.json and layers.csv (of the first picture), verification.json, rtl/, tb/ and\n" +
			"logs/, and after a mismatch the waveform around it; make -C FOLDER/tb runs it without lowres.\n\n" +
			"lowres verify --seed 1-64 draws designs and networks itself: a seed is a design and --cases networks with pictures,\n" +
			"memory latencies and stalls. Verilator runs all of them and Icarus every fifth. --shrink reduces the\n" +
			"first case that fails, and --output then keeps it.",
		Flags: []cli.Flag{
			designFlag(), dataFlag(),
			&cli.IntFlag{Name: "images", Value: 10, Usage: "pictures of the test set to run"},
			&cli.IntFlag{Name: "image", Usage: "first of them", DefaultText: "0"},
			batchFlag(),
			&cli.StringFlag{Name: "simulators", Usage: "verilator, icarus, or both with a comma between", DefaultText: "both"},
			&cli.IntFlag{Name: "stress", Usage: "percent of cycles in which memory and host hesitate at random; then values must agree, not cycles", DefaultText: "0"},
			&cli.StringFlag{Name: "seed", Value: "1", Usage: "of --stress; without a network a seed, or FIRST-LAST"},
			&cli.IntFlag{Name: "cases", Value: random.DefaultCases, Usage: "of each seed, without a network"},
			&cli.IntFlag{Name: "case", Usage: "only this one of them", DefaultText: "all"},
			&cli.BoolFlag{Name: "shrink", Usage: "reduce the first of them that fails", DisableDefaultText: true},
			&cli.IntFlag{Name: "tries", Value: random.DefaultTries, Usage: "cases that --shrink runs at most"},
			&cli.StringFlag{Name: "junit", Usage: "write a report in JUnit's XML to this file", DefaultText: "none"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "run folder", DefaultText: "none is kept"},
			goalFlag(),
			jsonFlag(),
		},
		Action: func(c *cli.Context) error {
			if err := checkVerifyFlags(c); err != nil {
				return err
			}
			if isRandom(c) {
				return verifyRandom(c, out)
			}
			return verifyNetwork(c, out)
		},
	}
}

// isRandom reports whether designs and networks are to be drawn.
func isRandom(c *cli.Context) bool { return c.NArg() == 0 && !c.IsSet("design") && c.IsSet("seed") }

// checkVerifyFlags refuses flags that would not be used.
func checkVerifyFlags(c *cli.Context) error {
	unused, why := []string{"cases", "case", "shrink", "tries"}, "for random networks alone, without a network and --design"
	if isRandom(c) {
		unused, why = []string{"data", "images", "image", "batch", "stress", "goal"}, "for a network: name it, and its --design"
		if c.IsSet("tries") && !c.Bool("shrink") {
			return usage("--tries: want --shrink with it")
		}
		if c.IsSet("output") && !c.Bool("shrink") {
			return usage("--output: want --shrink with it: the folder keeps the reduced case")
		}
	}
	for _, name := range unused {
		if c.IsSet(name) {
			return usage("--%s: %s", name, why)
		}
	}
	return nil
}

// verification is a run of lowres verify.
type verification struct {
	*job
	set      *dataset.Dataset
	pictures pictureRange
	options  verify.Options
	folder   runFolder // "" for none
}

// verifyNetwork runs the verb.
func verifyNetwork(c *cli.Context, out *console) error {
	v, err := newVerification(c)
	if err != nil {
		return err
	}
	m, err := v.manifest(c)
	if err != nil {
		return err
	}
	if err := v.prepare(m); err != nil {
		return err
	}
	result, err := v.run(c, out)
	if result == nil {
		return err
	}
	if keeping := v.keep(m, result); keeping != nil {
		return keeping
	}
	if writing := errors.Join(writeJUnit(c, result.suites()), result.print(c, out)); writing != nil {
		return writing
	}
	return err
}

// writeJUnit writes the report that --junit asks for.
func writeJUnit(c *cli.Context, suites []verify.Suite) error {
	path := c.String("junit")
	if path == "" {
		return nil
	}
	return atomicfile.Write(path, func(w io.Writer) error { return verify.WriteJUnit(w, suites) })
}

// suites is a suite for each simulator with a test for each picture. After the first
// difference in time nothing is known of what comes later.
func (r *verifyResult) suites() (suites []verify.Suite) {
	for _, e := range r.Simulators {
		s := verify.Suite{Name: fmt.Sprintf("%s on %s in %s", r.Network, r.Design, e.Name)}
		for i := range r.Pictures.Count {
			took := time.Duration(e.RunSeconds / float64(r.Pictures.Count) * float64(time.Second))
			s.Tests = append(s.Tests, verify.Test{Name: fmt.Sprintf("picture %d of %s", r.Pictures.First+i, r.Pictures.Set), Class: e.Name, Took: took})
		}
		suites = append(suites, s)
	}
	if !r.Agree {
		suites = append(suites, verify.Suite{Name: fmt.Sprintf("%s on %s", r.Network, r.Design),
			Tests: []verify.Test{{Name: "bits and cycles", Class: "lowres", Failure: r.Mismatch}}})
	}
	return suites
}

// newVerification turns the flags into what to verify.
func newVerification(c *cli.Context) (v *verification, err error) {
	v = &verification{folder: runFolder(c.String("output"))}
	if v.options.Simulators, err = simulators(c.String("simulators")); err != nil {
		return nil, err
	}
	seed, err := strconv.ParseUint(c.String("seed"), 10, 64)
	if err != nil {
		return nil, usage("--seed: %q: want a number", c.String("seed"))
	}
	if p := c.Int("stress"); p < 0 || p > 99 {
		return nil, usage("--stress: %d: want 0 to 99 percent", p)
	} else if p > 0 {
		v.options.Stress = &verify.Stress{Seed: uint32(seed), Percent: p, Garbage: true}
	}
	if v.job, err = openJob(c); err != nil {
		return nil, err
	}
	if v.set, err = v.testSet(c); err != nil {
		return nil, err
	}
	v.pictures = pictureRange{v.set.Name, c.Int("image"), c.Int("images")}
	batch := v.program.Pictures()
	if !c.IsSet("images") && batch > 1 {
		v.pictures.Count = batch
	}
	if v.pictures.Count%batch != 0 {
		return nil, usage("--images: %d: want a multiple of the %d of --batch", v.pictures.Count, batch)
	}
	if p := v.pictures; p.First < 0 || p.Count < 1 || p.First+p.Count > v.set.Len() {
		return nil, usage("--image %d, --images %d: want one picture or more, within 0 to %d of %s", p.First, p.Count, v.set.Len()-1, p.Set)
	}
	for i := 0; i < v.pictures.Count; i += batch {
		v.options.Images = append(v.options.Images, v.job.pictures(v.set, v.pictures.First+i))
	}
	v.options.Design, v.options.Network, v.options.Program = v.design, v.network, v.program
	v.options.Jobs, v.options.Tools = runtime.GOMAXPROCS(0), verify.FindTools(c.Context)
	return v, nil
}

// simulators reads a list of RTL simulators; none stands for all.
func simulators(list string) (s []verify.Simulator, err error) {
	known := verify.Simulators()
	if list == "" {
		return known, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		if !slices.Contains(known, verify.Simulator(name)) {
			return nil, usage("--simulators: %q: want %s, %s, or %s,%s", name, known[0], known[1], known[0], known[1])
		}
		s = append(s, verify.Simulator(name))
	}
	return s, nil
}

// manifest records what goes in.
func (v *verification) manifest(c *cli.Context) (*report.Manifest, error) {
	command := []string{"verify",
		fmt.Sprintf("--image=%d", v.pictures.First), fmt.Sprintf("--images=%d", v.pictures.Count),
		fmt.Sprintf("--stress=%d", c.Int("stress")), "--seed=" + c.String("seed")}
	if c.IsSet("goal") {
		command = append(command, "--goal="+c.String("goal"))
	}
	if batch := v.program.Pictures(); batch > 1 {
		command = append(command, fmt.Sprintf("--batch=%d", batch))
	}
	m := report.NewManifest(toolName, command)
	design, err := v.design.YAML()
	if err != nil {
		return nil, err
	}
	var pixels []byte
	for i := range v.pictures.Count {
		pixels = append(pixels, v.set.Image(v.pictures.First+i)...)
	}
	return m, errors.Join(m.Input("design", design), m.Input("network", v.file), m.Input("pictures", pixels))
}

// prepare readies the run folder.
func (v *verification) prepare(m *report.Manifest) error {
	if v.folder == "" {
		return nil
	}
	if err := v.folder.prepare(m); err != nil {
		return err
	}
	v.options.WorkDir = string(v.folder)
	_, v.options.Wave = v.options.Tools.Get("iverilog")
	if err := verify.Emit(string(v.folder), v.design, v.program, v.options.Images); err != nil {
		return err
	}
	emitted := *m
	return v.folder.finish(&emitted) // a run that is stopped leaves a folder that the next one knows
}

// run verifies. It returns a result for engines that agree, and one with the
// error for engines that do not.
func (v *verification) run(c *cli.Context, out *console) (*verifyResult, error) {
	var names []string
	for _, s := range v.options.Simulators {
		names = append(names, string(s))
	}
	done := out.busy(fmt.Sprintf("running %s in %s; the first build of a design takes a while",
		counted(v.pictures.Count, "picture"), strings.Join(names, " and ")))
	r, err := verify.Run(c.Context, v.options)
	done()
	if err != nil && !errors.Is(err, verify.ErrMismatch) {
		return nil, err
	}
	who, failed := v.identity()
	if failed != nil {
		return nil, failed
	}
	result := &verifyResult{identity: who, Pictures: v.pictures, Batch: v.program.Pictures(), Agree: err == nil}
	if mismatch := (*verify.Mismatch)(nil); errors.As(err, &mismatch) {
		timeless := *mismatch
		timeless.Wave = "" // a path of this machine
		result.Mismatch = timeless.Error()
		return result, err
	}
	result.Cycles, result.Instructions, result.Beats, result.Values = r.Cycles, r.Instructions, r.Beats, r.Values
	for _, s := range r.Runs {
		e := verifyEngine{Name: string(s.Simulator), Version: v.version(s.Simulator), RunSeconds: s.Run.Seconds()}
		if !s.Cached {
			e.BuildSeconds = s.Build.Seconds()
		}
		result.Simulators = append(result.Simulators, e)
	}
	return result, nil
}

// version is that of the tool behind a simulator.
func (v *verification) version(s verify.Simulator) string {
	name := string(s)
	if s == verify.Icarus {
		name = "iverilog"
	}
	t, _ := v.options.Tools.Get(name)
	return t.Version
}

// keep writes the results to the run folder.
func (v *verification) keep(m *report.Manifest, r *verifyResult) error {
	if v.folder == "" {
		return nil
	}
	if err := v.folder.keepLogs(); err != nil {
		return err
	}
	timeless := *r
	timeless.Simulators = slices.Clone(r.Simulators)
	for i := range timeless.Simulators {
		timeless.Simulators[i].BuildSeconds, timeless.Simulators[i].RunSeconds = 0, 0
	}
	err := v.folder.write("verification.json", func(w io.Writer) error { return (&console{out: w}).json(timeless) })
	if err != nil || !r.Agree {
		return err
	}
	s, err := v.exact(v.set, v.pictures.First)
	if err != nil {
		return err
	}
	err = errors.Join(v.folder.write("report.json", s.Report.JSON), v.folder.write("layers.csv", s.Report.CSV))
	if err != nil {
		return err
	}
	return v.folder.finish(m)
}

// print prints the result; a mismatch alone is for the caller, who has the error.
func (r *verifyResult) print(c *cli.Context, out *console) error {
	if c.Bool("json") {
		return out.json(r)
	}
	if !r.Agree {
		return nil
	}
	var rows [][]string
	for _, e := range r.Simulators {
		build := "cached"
		if e.BuildSeconds > 0 {
			build = fmt.Sprintf("%.1f s", e.BuildSeconds)
		}
		rows = append(rows, []string{e.Name, e.Version, fmt.Sprint(r.Pictures.Count), build, fmt.Sprintf("%.1f s", e.RunSeconds), "agrees"})
	}
	if err := report.WriteTable(out.out, []string{"simulator", "version", "pictures", "build", "run", "bits and cycles"}, rows, nil); err != nil {
		return err
	}
	of := "a picture"
	if r.Batch > 1 {
		of = fmt.Sprintf("for %d pictures", r.Batch)
	}
	out.printf("%s cycles and %d instructions %s; %s values equal the integer network's\n",
		grouped(r.Cycles), r.Instructions, of, grouped(r.Values))
	return nil
}
