package network

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"lowres/internal/strictyaml"
)

//go:embed models/*.yaml
var models embed.FS

// ModelNames lists the built-in models in alphabetical order.
func ModelNames() []string {
	entries, err := fs.ReadDir(models, "models")
	if err != nil {
		panic(err) // the folder is embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	slices.Sort(names) // "cvnn1" before "cvnn1-5x5", unlike the file names
	return names
}

// Model returns a built-in model, a fresh copy each time.
func Model(name string) (*Graph, error) {
	text, err := models.ReadFile("models/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("model %q: want one of %s", name, strings.Join(ModelNames(), ", "))
	}
	return ParseModel(name, text)
}

// modelFile is the YAML form of a Graph.
type modelFile struct {
	Input  []int   `yaml:"input"`
	Layers []Layer `yaml:"layers"`
}

// ParseModel reads a model from YAML: its input as [height, width, channels] and
// its layers in order. Unknown and repeated keys are errors with line and excerpt,
// a second document is one too, and a graph at fault is reported as by Resolve.
func ParseModel(name string, text []byte) (*Graph, error) {
	var f modelFile
	if err := strictyaml.Decode(text, &f); err != nil {
		return nil, fmt.Errorf("model %s: %w", name, err)
	}
	if len(f.Input) != 3 {
		return nil, fmt.Errorf("model %s: %w: input: %v: want [height, width, channels]", name, ErrShape, f.Input)
	}
	g := &Graph{Name: name, Input: Shape{f.Input[0], f.Input[1], f.Input[2]}, Layers: f.Layers}
	if err := g.Resolve(); err != nil {
		return nil, fmt.Errorf("model %s: %w", name, err)
	}
	return g, nil
}
