package network

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuiltInModelsHaveThePapersParameterCounts(t *testing.T) {
	for name, want := range map[string]int{"cvnn1": 896522, "cvnn2": 8776330, "vit1": 4766282, "vit2": 10573770} {
		g, err := Model(name)
		require.NoError(t, err)
		require.Equal(t, want, g.Parameters(), name)
	}
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
