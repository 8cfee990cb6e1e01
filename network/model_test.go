package network

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The counts that the paper states, and those that its layers give.
func TestBuiltInModelsHaveThePapersParameterCounts(t *testing.T) {
	counts := map[string]int{"cvnn1": 896522, "cvnn2": 8776330, "vit1": 4766282, "vit2": 10573770,
		"fcnn1":      (3072+1)*256 + (256+1)*128 + (128+1)*10,
		"fcnn2":      (3072+1)*1024 + (1024+1)*512 + (512+1)*256 + (256+1)*10,
		"cvnn1-5x5":  (25*3+1)*64 + (25*64+1)*128 + (25*128+1)*256 + (16*256+1)*128 + (128+1)*10,
		"cvnn2-5x5":  (25*3+1)*128 + (25*128+1)*(128+256) + (25*256+1)*(256+512) + (25*512+1)*512 + (16*512+1)*512 + (512+1)*10,
		"cvnn-small": (9*3+1)*16 + (9*16+1)*32 + (9*32+1)*32 + (16*32+1)*10}
	for _, name := range ModelNames() {
		g, err := Model(name)
		require.NoError(t, err)
		require.Equal(t, counts[name], g.Parameters(), name)
	}
	require.Len(t, counts, len(ModelNames()))
}

// The layers of the paper, in order: kind, outputs, window, activation.
func TestBuiltInModelsAreThePapersLayers(t *testing.T) {
	vit := func(blocks int, head string) string {
		return "patches64/4 " + strings.Repeat("attention:4 feedforward ", blocks) + "layernorm dropout " + head
	}
	for name, want := range map[string]string{
		"fcnn1":     "dense256relu dense128relu dense10",
		"fcnn2":     "dense1024relu dense512relu dense256relu dense10",
		"cvnn1":     "conv64/3relu maxpool/2 conv128/3relu maxpool/2 conv256/3relu maxpool/2 dense128relu dense10",
		"cvnn1-5x5": "conv64/5relu maxpool/2 conv128/5relu maxpool/2 conv256/5relu maxpool/2 dense128relu dense10",
		"cvnn2": "conv128/3relu conv128/3relu maxpool/2 conv256/3relu conv256/3relu maxpool/2 " +
			"conv512/3relu conv512/3relu maxpool/2 dense512relu dense10",
		"cvnn2-5x5": "conv128/5relu conv128/5relu maxpool/2 conv256/5relu conv256/5relu maxpool/2 " +
			"conv512/5relu conv512/5relu maxpool/2 dense512relu dense10",
		"vit1": vit(2, "dense1024gelu dense512gelu dense10"),
		"vit2": vit(4, "dense2048gelu dense1024gelu dense10"),
	} {
		g, err := Model(name)
		require.NoError(t, err)
		var layers []string
		for i := range g.Layers {
			layers = append(layers, layerText(t, &g.Layers[i]))
		}
		require.Equal(t, want, strings.Join(layers, " "), name)
	}
}

// layerText writes a layer in a few letters. Convolutions keep the size.
func layerText(t *testing.T, l *Layer) string {
	text := string(l.Kind)
	if l.Out > 0 {
		text += fmt.Sprint(l.Out)
	}
	if l.Kernel > 0 {
		text += fmt.Sprintf("/%d", l.Kernel)
	}
	if l.Heads > 0 {
		text += fmt.Sprintf(":%d", l.Heads)
	}
	if l.ReLU {
		text += "relu"
	}
	if l.GELU {
		text += "gelu"
	}
	if l.Kind == Conv {
		require.Equal(t, [2]int{l.InShape.H, l.InShape.W}, [2]int{l.OutShape.H, l.OutShape.W}, l.Name)
	}
	return text
}

func TestEveryBuiltInModelResolvesToTenClasses(t *testing.T) {
	for _, name := range ModelNames() {
		g, err := Model(name)
		require.NoError(t, err)
		require.Equal(t, Shape{1, 1, 10}, g.Output(), name)
	}
}

func TestAnUnknownModelIsAnErrorThatListsThem(t *testing.T) {
	for _, name := range []string{"", "cvnn9", "../model"} {
		_, err := Model(name)
		require.ErrorContains(t, err, "want one of cvnn-small, cvnn1, cvnn1-5x5")
	}
}

func TestParseModelIsStrict(t *testing.T) {
	const layers = "layers: [{name: fc, kind: dense, out: 10}]\n"
	for name, c := range map[string]struct{ text, want string }{
		"an empty file":                 {"", "want [height, width, channels]"},
		"an unknown key":                {"input: [1, 1, 1]\nsize: 3\n" + layers, "line 2: size: unknown key: want input, layers"},
		"an unknown key of a layer":     {"input: [1, 1, 1]\nlayers: [{name: fc, kind: dense, out: 10, bias: 1}]", "layers[0].bias: unknown key: want name, kind, out"},
		"a repeated key":                {"input: [1, 1, 1]\ninput: [1, 1, 1]\n" + layers, `mapping key "input" already defined`},
		"a word for a number":           {"input: [1, 1, one]\n" + layers, "line 1: input[2]: one: want a whole number"},
		"a fraction for a whole":        {"input: [1, 1, 1]\nlayers: [{name: fc, kind: dense, out: 1.5}]", "layers[0].out: 1.5: want a whole number"},
		"two numbers for the input":     {"input: [1, 1]\n" + layers, "input: [1 1]: want [height, width, channels]"},
		"a number too large for an int": {"input: [1, 1, 99999999999999999999]\n" + layers, "model m"},
		"a second document":             {"input: [1, 1, 1]\n" + layers + "---\ninput: [2, 2, 2]\n", "number 2: want one YAML document"},
		"text that is no YAML":          {"input: [1, 1", "model m"},
		"a list instead of a mapping":   {"- 1\n", "model m"},
	} {
		_, err := ParseModel("m", []byte(c.text))
		require.ErrorContains(t, err, c.want, name)
	}
}

func FuzzParseModel(f *testing.F) {
	for _, name := range ModelNames() {
		text, err := models.ReadFile("models/" + name + ".yaml")
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte("input: [1, 1, 1]\nlayers: [{name: p, kind: maxpool, kernel: 2}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		g, err := ParseModel("fuzz", text)
		if err != nil {
			require.Nil(t, g)
			return
		}
		require.NoError(t, g.Resolve())
		require.Positive(t, g.Output().Size())
		require.GreaterOrEqual(t, g.Parameters(), 0)
	})
}
