package dataset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormatsAreRecognisedByTheirFiles(t *testing.T) {
	cases := map[string]struct {
		files  []string
		prefix string
		path   string
		want   Format
	}{
		"CIFAR-10, even with a file only": {[]string{"data_batch_3.bin"}, "", "", FormatCIFAR10},
		"CIFAR-100":                       {[]string{"train.bin", "test.bin", "fine_label_names.txt"}, "", "", FormatCIFAR100},
		"CIFAR-100 with coarse classes":   {[]string{"train.bin", "test.bin"}, "coarse:", "", FormatCIFAR100Coarse},
		"MNIST":                           {[]string{"t10k-labels-idx1-ubyte.gz"}, "", "", FormatIDX},
		"an NPZ file":                     {[]string{"digits.NPZ"}, "", "digits.NPZ", FormatNPZ},
		"folders of pictures":             {[]string{"train/a/x.png", "test/a/y.png"}, "", "", FormatPictures},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			files := map[string][]byte{}
			for _, f := range k.files {
				files[f] = nil
			}
			got, err := Recognise(k.prefix + filepath.Join(writeFiles(t, files), k.path))
			require.NoError(t, err)
			require.Equal(t, k.want, got)
		})
	}
}

func TestWhatIsNotRecognisedSaysWhatIsAccepted(t *testing.T) {
	folder := writeFiles(t, map[string][]byte{"x.csv": nil})
	for _, path := range []string{folder, filepath.Join(folder, "x.csv")} {
		_, _, err := Load(path)
		require.ErrorIs(t, err, ErrFormat)
		require.ErrorContains(t, err, path+": not recognised")
		require.ErrorContains(t, err, Accepted)
	}
	_, _, err := Load(filepath.Join(folder, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, Accepted)
	_, _, err = Load("coarse:" + folder)
	require.ErrorContains(t, err, "not CIFAR-100, which alone has coarse classes")
}

func TestAnErrorSaysWhatTheFilesWereReadAs(t *testing.T) {
	_, _, err := Load(writeFiles(t, map[string][]byte{"test.bin": nil}))
	require.ErrorContains(t, err, "read as CIFAR-100")
	require.ErrorContains(t, err, "train.bin")
}
