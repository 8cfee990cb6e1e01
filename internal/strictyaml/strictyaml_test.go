package strictyaml

import (
	"testing"

	"github.com/stretchr/testify/require"
)

type inner struct {
	Lanes int    `yaml:"lanes"`
	Mode  string `yaml:"mode"`
}

type document struct {
	Name   string  `yaml:"name"`
	Rate   float64 `yaml:"rate"`
	On     bool    `yaml:"on"`
	Levels []int   `yaml:"levels"`
	Array  inner   `yaml:"array"`
	More   []inner `yaml:"more"`
	Maybe  *inner  `yaml:"maybe"`
}

func TestASoundDocumentFillsTheFieldsItNames(t *testing.T) {
	d := document{Rate: 7, Array: inner{Mode: "kept"}}
	text := "name: x\non: true\nlevels: [2, 3]\narray: {lanes: 4}\nmore:\n  - lanes: 1\n    mode: a\nmaybe:\n  lanes: 9\n"
	require.NoError(t, Decode([]byte(text), &d))
	require.Equal(t, document{Name: "x", Rate: 7, On: true, Levels: []int{2, 3},
		Array: inner{4, "kept"}, More: []inner{{1, "a"}}, Maybe: &inner{Lanes: 9}}, d)
}

func TestAnEmptyDocumentChangesNothing(t *testing.T) {
	d := document{Name: "kept"}
	require.NoError(t, Decode([]byte("# nothing\n"), &d))
	require.Equal(t, "kept", d.Name)
}

func TestEveryFaultIsReportedAtOnceWithItsLine(t *testing.T) {
	text := "nam: x\nlevels: [2, 1.5]\narray: {lanes: \"4\", depth: 1}\non: 1\nrate: fast\nname:\n"
	err := Decode([]byte(text), &document{})
	require.ErrorContains(t, err, "line 1: nam: unknown key: want name, rate, on, levels, array, more, maybe\n\t| nam: x")
	require.ErrorContains(t, err, "line 2: levels[1]: 1.5: want a whole number")
	require.ErrorContains(t, err, "line 3: array.lanes: \"4\": want a whole number")
	require.ErrorContains(t, err, "line 3: array.depth: unknown key: want lanes, mode")
	require.ErrorContains(t, err, "line 4: on: 1: want true or false")
	require.ErrorContains(t, err, "line 5: rate: fast: want a number")
	require.ErrorContains(t, err, "line 6: name: nothing: want text")
}

func TestWhatIsNotPlainYAMLIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"a second document":           "name: x\n---\nname: y\n",
		"a repeated key":              "name: x\nname: y\n",
		"a list for keys":             "[1, 2]\n",
		"a value for a list":          "levels: 3\n",
		"an anchor":                   "name: &a x\n",
		"an alias":                    "array: &a {lanes: 1}\nmaybe: *a\n",
		"a tag":                       "name: !x y\n",
		"a tag the library dies on":   "levels: !0\n 1\n",
		"a tab for indentation":       "array:\n\tlanes: 1\n",
		"a number beyond any int":     "array: {lanes: 99999999999999999999}\n",
		"a fraction that looks whole": "array: {lanes: 4.0}\n",
	} {
		t.Run(name, func(t *testing.T) { require.Error(t, Decode([]byte(text), &document{})) })
	}
}

func FuzzDecodeNeverPanics(f *testing.F) {
	f.Add([]byte("name: x\nlevels: [2, 3]\narray: {lanes: 4}\n"))
	f.Add([]byte("levels: !0\n 1\n"))
	f.Add([]byte("? a\n: b\n<<: *x\n"))
	f.Fuzz(func(t *testing.T, text []byte) { _ = Decode(text, &document{}) })
}

func TestADocumentOfOneKeyIsRead(t *testing.T) {
	d := document{}
	require.NoError(t, Decode([]byte("name: x\n"), &d))
	require.Equal(t, "x", d.Name)
}
