package registers

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

func TestTheRegisterMapIsThatOfTheDocumentation(t *testing.T) {
	page := text(t, "../docs/register-map.md")
	row := regexp.MustCompile(`(?m)^\| (0x[0-9A-F]{2}) \| ([A-Z0-9_]+) \| (RO|RW|WO) `)
	var want, got []string
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		want = append(want, strings.Join(m[1:], " "))
	}
	for _, r := range Map() {
		got = append(got, fmt.Sprintf("0x%02X %s %s", r.Offset, r.Name, r.Access))
	}
	require.Equal(t, want, got)
	for i, name := range Counters() {
		require.Contains(t, page, fmt.Sprintf("| %d | %s |", i, name))
	}
	for _, r := range Map() {
		if r.Name == "STATUS" {
			for _, f := range r.Fields {
				require.Contains(t, page, fmt.Sprintf("| %d | %s |", f.Low, strings.ToLower(strings.ReplaceAll(f.Name, "_", " "))))
			}
		}
	}
	axi := text(t, "../rtlgen/testdata/tiny/tiny_axi.v")
	require.Contains(t, axi, fmt.Sprintf(".Counters(%d)", len(Counters())))
}

func TestTheBitsAreThoseOfTheMap(t *testing.T) {
	bits := map[string]map[string]uint32{
		"CONTROL": {"START": Start, "CLEAR": Clear},
		"STATUS": {"BUSY": Busy, "DONE": Done, "READ_ERROR": ReadError, "WRITE_ERROR": WriteError,
			"BAD_INSTRUCTION": BadInstruction, "START_REFUSED": StartRefused, "WRITE_REFUSED": WriteRefused},
	}
	for _, r := range Map() {
		for _, f := range r.Fields {
			if of, ok := bits[r.Name]; ok {
				require.Equal(t, f.Mask(), fmt.Sprintf("0x%08X", of[f.Name]), "%s.%s", r.Name, f.Name)
			}
			if r.Name == "PROGRAM_ADDRESS" && f.Name == "ENGINE" {
				require.Equal(t, f.Low, ProgramEngineShift)
			}
		}
	}
}
