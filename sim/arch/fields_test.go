package arch

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// docs/design.md has a row for every field of a design, with its default.
func TestThePageOfTheDesignFileHasEveryFieldAndItsDefault(t *testing.T) {
	page, err := os.ReadFile("../../docs/design.md")
	require.NoError(t, err)
	rows := map[string][]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| `") && len(cells) == 4 {
			rows[strings.Trim(cells[0], "| `")] = cells
		}
	}
	fields := fieldsOf(reflect.ValueOf(DefaultSpec()), "")
	fields["levels"] = "—" // must be stated
	for field, value := range fields {
		require.Contains(t, rows, field)
		require.Equal(t, value, rows[field][2], field)
	}
	require.Len(t, rows, len(fields))
}

// fieldsOf lists the fields of a design by their path in the file.
func fieldsOf(v reflect.Value, path string) map[string]string {
	if v.Kind() != reflect.Struct {
		return map[string]string{path: fmt.Sprint(v.Interface())}
	}
	all := map[string]string{}
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		for f, value := range fieldsOf(v.Field(i), strings.TrimPrefix(path+"."+key, ".")) {
			all[f] = value
		}
	}
	return all
}
