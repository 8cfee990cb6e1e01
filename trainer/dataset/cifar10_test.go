package dataset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/internal/needs"
	"lowres/network"
)

// Of CIFAR-10.
const (
	cifarRecord  = 1 + 3*cifarPlane
	cifarRecords = 10000
)

// record is one CIFAR-10 record whose planes are filled with one value each.
func record(label, red, green, blue byte) []byte {
	r := make([]byte, cifarRecord)
	r[0] = label
	for i := range cifarPlane {
		r[1+i], r[1+cifarPlane+i], r[1+2*cifarPlane+i] = red, green, blue
	}
	return r
}

func TestRecordsBecomeNHWCPixels(t *testing.T) {
	d := cifar10().empty("x", 0)
	second := record(9, 0, 0, 0)
	second[1+cifarPlane+32*3+5] = 77 // green at y = 3, x = 5
	require.NoError(t, cifar10().appendRecords(d, append(record(4, 1, 2, 3), second...)))
	require.NoError(t, d.Validate())
	require.Equal(t, []uint8{4, 9}, d.Labels)
	require.Equal(t, []uint8{1, 2, 3, 1, 2, 3}, d.Image(0)[:6])
	require.Equal(t, uint8(77), d.Image(1)[(3*32+5)*3+1])
	require.Equal(t, d.Image(1), d.Slice(1, 2).Image(0))
}

func TestWrongFilesAreRefusedWithNameAndOffset(t *testing.T) {
	cases := map[string]struct {
		bytes int
		spoil func(data []byte)
		want  string
	}{
		"a file cut short":  {cifarRecords*cifarRecord - 1, nil, "ends at offset 30729999: want 30730000"},
		"a file too long":   {cifarRecords*cifarRecord + 1, nil, "ends at offset 30730001"},
		"an empty file":     {0, nil, "ends at offset 0"},
		"a label too high":  {cifarRecords * cifarRecord, func(d []byte) { d[3*cifarRecord] = 10 }, "offset 9219: label 10: want 0 to 9"},
		"the 100-class set": {cifarRecords * (cifarRecord + 1), nil, "want 30730000 (10000 records of 3073 bytes)"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			data := make([]byte, k.bytes)
			if k.spoil != nil {
				k.spoil(data)
			}
			require.NoError(t, os.WriteFile(filepath.Join(folder, "data_batch_1.bin"), data, 0o600))
			_, _, err := CIFAR10(folder)
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorContains(t, err, filepath.Join(folder, "data_batch_1.bin"))
			require.ErrorContains(t, err, k.want)
		})
	}
}

func TestMissingFolderSaysWhatIsWanted(t *testing.T) {
	_, _, err := CIFAR10(filepath.Join(t.TempDir(), "nowhere"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "data_batch_1.bin to data_batch_5.bin and test_batch.bin")
}

func TestRecordsOfAnyBytesAreReadOrRefused(t *testing.T) {
	require.ErrorContains(t, cifar10().appendRecords(cifar10().empty("x", 0), make([]byte, cifarRecord+7)), "offset 3073: record of 7 bytes: want 3073")
}

func FuzzRecords(f *testing.F) {
	f.Add(record(1, 2, 3, 4))
	f.Add([]byte{})
	f.Add(make([]byte, 100))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := cifar10().empty("x", 0)
		if cifar10().appendRecords(d, data) == nil {
			require.NoError(t, d.Validate())
			require.Equal(t, len(data)/cifarRecord, d.Len())
		}
	})
}

func TestRealCIFAR10HasSixtyThousandPictures(t *testing.T) {
	train, test, err := CIFAR10(needs.Pictures(t))
	require.NoError(t, err)
	require.NoError(t, train.Validate())
	require.NoError(t, test.Validate())
	require.Equal(t, 50000, train.Len())
	require.Equal(t, 10000, test.Len())
	require.Equal(t, network.Shape{H: 32, W: 32, C: 3}, train.Shape)
	counts := make([]int, 10)
	for _, l := range train.Labels {
		counts[l]++
	}
	require.Equal(t, []int{5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000}, counts)
}
