package main

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lowres/sim/scalesim"
)

// jsonFields are the names of all fields that a value of a type has as JSON, without those
// below the named ones, which have pages of their own.
func jsonFields(t reflect.Type, elsewhere ...string) (names []string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return jsonFields(t.Elem(), elsewhere...)
	case reflect.Struct:
	default:
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		below := jsonFields(f.Type, elsewhere...)
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous && name == "":
			names = append(names, below...)
			continue
		case slices.Contains(elsewhere, name):
			below = nil
		}
		names = append(append(names, name), below...)
	}
	return names
}

func TestTheReferenceNamesEveryFieldOfJSON(t *testing.T) {
	_, reference, ok := strings.Cut(read(t, "../../docs/cli.md"), "\n## JSON\n")
	require.True(t, ok)
	for _, c := range []struct {
		row       string
		result    any
		elsewhere []string
	}{
		{"`train`", trainResult{}, nil},
		{"`quantise`", quantiseResult{}, nil},
		{"`evaluate`", evaluateResult{}, nil},
		{"`study`, `plot`", studyResult{}, []string{"runs"}},
		{"`inspect`", inspectResult{}, nil},
		{"`inspect`, no file", modelResult{}, nil},
		{"`inspect --packings`", packingsResult{}, nil},
		{"`simulate`", simulateResult{}, []string{"report"}},
		{"`simulate --scalesim`", scalesim.Result{}, nil},
		{"`cost`", costResult{}, nil},
		{"`generate`", generateResult{}, nil},
		{"`verify`", verifyResult{}, nil},
		{"`verify --seed`", randomResult{}, nil},
		{"`prove`", proveResult{}, nil},
		{"`calibrate`", calibrateResult{}, nil},
		{"`power`", powerResult{}, nil},
		{"`synth`", synthResult{}, nil},
		{"`estimate`", estimateResult{}, nil},
		{"`bench`", benchResult{}, nil},
		{"`doctor`", doctorResult{}, nil},
		{"`version`", versionResult{}, nil},
	} {
		_, row, ok := strings.Cut(reference, "\n| "+c.row+" | ")
		require.True(t, ok, "%s: want a row of docs/cli.md, section JSON", c.row)
		row, _, _ = strings.Cut(row, "\n")
		for _, name := range jsonFields(reflect.TypeOf(c.result), c.elsewhere...) {
			assert.Regexp(t, regexp.MustCompile(`\b`+name+`\b`), row, c.row)
		}
	}
}
