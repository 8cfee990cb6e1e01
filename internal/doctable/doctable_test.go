package doctable

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// twoTables is a page on which a table follows another.
const twoTables = `# Figures
<!-- table: make one -->
| 1 |
<!-- end of table -->
between
<!-- table: make two -->
<!-- end of table -->
after
`

// written is a page with this text.
func written(t *testing.T, text string) string {
	page := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(page, []byte(text), 0o600))
	return page
}

func read(t *testing.T, page string) string {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	return string(text)
}

func TestOnlyTheTableOfTheCommandIsReplaced(t *testing.T) {
	page := written(t, twoTables)
	require.NoError(t, Replace(page, "make two", "| a |\n| b |\n"))
	require.NoError(t, Replace(page, "make one", "| 2 |\n"))
	require.Equal(t, `# Figures
<!-- table: make one -->
| 2 |
<!-- end of table -->
between
<!-- table: make two -->
| a |
| b |
<!-- end of table -->
after
`, read(t, page))
}

func TestAPageWithoutALineIsNamedAndStays(t *testing.T) {
	for name, c := range map[string]struct{ text, line string }{
		"no table of the command":          {"<!-- table: make all -->\n<!-- end of table -->\n", "<!-- table: make one -->"},
		"a table that does not end":        {"<!-- table: make one -->\n| 1 |\n", "<!-- end of table -->"},
		"another table begins before that": {"<!-- table: make one -->\n" + twoTables, "<!-- end of table -->"},
	} {
		t.Run(name, func(t *testing.T) {
			page := written(t, c.text)
			require.EqualError(t, Replace(page, "make one", "| 2 |\n"),
				page+": no line "+c.line+" for the table; write it where the table belongs")
			require.Equal(t, c.text, read(t, page))
		})
	}
}

func TestAPageThatIsNotThereIsNamed(t *testing.T) {
	page := filepath.Join(t.TempDir(), "none.md")
	require.ErrorContains(t, Replace(page, "make one", ""), page)
}
