package trainer

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHistoryIsReadAsItWasWritten(t *testing.T) {
	want := []Epoch{{1, 2.25, 0.125, 2.5, 0.25}, {2, 1.5, 0.5, 1.75, 0.625}}
	var text bytes.Buffer
	require.NoError(t, WriteCSV(&text, want))
	got, err := ReadCSV(&text)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestWrongHistoriesAreRefusedWithTheirLine(t *testing.T) {
	const header = "epoch,train_cost,train_accuracy,test_cost,test_accuracy\n"
	for name, k := range map[string]struct{ text, want string }{
		"nothing":                 {"", "line 1"},
		"other columns":           {"a,b\n", "line 1"},
		"a line cut short":        {header + "1,2,3\n", "line 2"},
		"an epoch left out":       {header + "1,1,1,1,1\n3,1,1,1,1\n", `line 3: epoch "3": want 2`},
		"a number that is none":   {header + "1,1,x,1,1\n", `line 2: train_accuracy: "x"`},
		"a number without an end": {header + "1,Inf,1,1,1\n", "finite"},
	} {
		_, err := ReadCSV(strings.NewReader(k.text))
		require.ErrorIs(t, err, ErrHistory, name)
		require.ErrorContains(t, err, k.want, name)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("epoch,train_cost,train_accuracy,test_cost,test_accuracy\n1,2.250000,0.125000,2.500000,0.250000\n")
	f.Fuzz(func(t *testing.T, text string) {
		epochs, err := ReadCSV(strings.NewReader(text))
		if err != nil {
			return
		}
		var again bytes.Buffer
		require.NoError(t, WriteCSV(&again, epochs))
		_, err = ReadCSV(&again)
		require.NoError(t, err)
	})
}
