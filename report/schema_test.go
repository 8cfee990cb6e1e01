package report_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reportSchema is what docs/simulate.schema.json says of report.json.
func reportSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../docs/simulate.schema.json")
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	s, err := c.Compile("schema.json#/$defs/report")
	require.NoError(t, err)
	return s
}

func TestReportsAreAsTheSchemaSays(t *testing.T) {
	schema := reportSchema(t)
	for _, technology := range []string{"", "horowitz45"} {
		s, err := simulate(t, technology)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, s.JSON(&b))
		doc, err := jsonschema.UnmarshalJSON(&b)
		require.NoError(t, err)
		require.NoError(t, schema.Validate(doc), technology)
		doc.(map[string]any)["more"] = 1
		assert.Error(t, schema.Validate(doc), "a field that the schema does not have")
	}
}

// Parquet has the rows of layers.csv.
func TestParquetIsTheCSV(t *testing.T) {
	s, err := simulate(t, "horowitz45")
	require.NoError(t, err)
	var text, file, again bytes.Buffer
	require.NoError(t, s.CSV(&text))
	require.NoError(t, s.Parquet(&file))
	require.NoError(t, s.Parquet(&again))
	assert.Equal(t, file.Bytes(), again.Bytes())
	header, _, _ := strings.Cut(text.String(), "\n")
	f, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	require.NoError(t, err)
	network, ok := f.Lookup("network")
	assert.True(t, ok)
	assert.Equal(t, s.Network, network)
	var names []string
	for _, column := range f.Schema().Fields() {
		names = append(names, column.Name())
	}
	assert.Equal(t, header, strings.Join(names, ","))
	type layer struct {
		Layer  string  `parquet:"layer"`
		Cycles int64   `parquet:"cycles"`
		Array  float64 `parquet:"energy_array_pj,optional"`
		Energy float64 `parquet:"energy_typical_pj,optional"`
	}
	rows, err := parquet.Read[layer](bytes.NewReader(file.Bytes()), int64(file.Len()))
	require.NoError(t, err)
	require.Len(t, rows, len(s.Layers))
	for i, r := range rows {
		assert.Equal(t, s.Layers[i].Layer, r.Layer)
		assert.Equal(t, s.Layers[i].Cycles, r.Cycles)
		assert.InEpsilon(t, s.Layers[i].Energy.TypicalPJ, r.Energy, 1e-12)
		assert.Positive(t, r.Array)
		assert.Less(t, r.Array, r.Energy)
	}
}
