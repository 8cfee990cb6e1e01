// Package doctable writes measured tables into pages of the documentation.
//
// A page says where a table stands, and which command writes it, with two lines:
//
//	<!-- table: make qor -->
//	<!-- end of table -->
package doctable

import (
	"fmt"
	"os"
	"strings"

	"lowres/internal/atomicfile"
)

// end is the line after every table.
const end = "<!-- end of table -->\n"

// Replace puts table, whole lines of Markdown, between the lines of page that name command
// and end the table, in place of what stands there. All else of the page stays, and a page
// without both lines stays as it is: the error names the line that is missing.
func Replace(page, command, table string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	begin := fmt.Sprintf("<!-- table: %s -->\n", command)
	before, rest, ok := strings.Cut(string(text), begin)
	if !ok {
		return missing(page, begin)
	}
	old, after, ok := strings.Cut(rest, end)
	if !ok || strings.Contains(old, "<!-- table: ") {
		return missing(page, end)
	}
	return atomicfile.WriteBytes(page, []byte(before+begin+table+end+after))
}

// missing says which line a page lacks.
func missing(page, line string) error {
	return fmt.Errorf("%s: no line %s for the table; write it where the table belongs", page, strings.TrimSpace(line))
}
