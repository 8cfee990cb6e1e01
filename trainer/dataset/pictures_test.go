package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"lowres/network"
)

// picture is a picture of one colour.
func picture(w, h int, k color.Color) image.Image {
	p := image.NewNRGBA(image.Rect(3, 5, 3+w, 5+h)) // a corner that is not 0, 0
	for y := range h {
		for x := range w {
			p.Set(3+x, 5+y, k)
		}
	}
	return p
}

func pngFile(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, p))
	return b.Bytes()
}

func jpegFile(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, p, nil))
	return b.Bytes()
}

var red, blue = color.NRGBA{200, 10, 20, 255}, color.NRGBA{10, 20, 200, 255}

// zoo is a folder of pictures of 4×2 in the classes ape and bee, with some files changed.
func zoo(t testing.TB, change map[string][]byte) string {
	files := map[string][]byte{
		"train/bee/2.png": pngFile(t, picture(4, 2, blue)), "train/bee/10.PNG": pngFile(t, picture(4, 2, red)),
		"train/ape/z.png": pngFile(t, picture(4, 2, red)), "train/.hidden": nil, "notes.txt": nil,
		"test/bee/1.png": pngFile(t, picture(4, 2, blue)),
	}
	maps.Copy(files, change)
	return writeFiles(t, files)
}

func TestFoldersOfPicturesBecomeSets(t *testing.T) {
	train, test, err := Load(zoo(t, nil))
	require.NoError(t, err)
	require.Equal(t, "pictures-train", train.Name)
	require.Equal(t, network.Shape{H: 2, W: 4, C: 3}, train.Shape)
	require.Equal(t, []string{"ape", "bee"}, train.Classes)
	require.Equal(t, []uint8{0, 1, 1}, train.Labels)
	require.Equal(t, []uint8{200, 10, 20, 200, 10, 20}, train.Image(1)[:6], "10.PNG comes before 2.png")
	require.Equal(t, []uint8{10, 20, 200}, train.Image(2)[:3])
	require.Equal(t, []uint8{1}, test.Labels)
}

func TestGreyPicturesHaveOneChannel(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 4, 2))
	grey.SetGray(1, 0, color.Gray{77})
	train, _, err := Load(writeFiles(t, map[string][]byte{"train/a/1.png": pngFile(t, grey), "test/a/1.jpeg": jpegFile(t, grey)}))
	require.NoError(t, err)
	require.Equal(t, network.Shape{H: 2, W: 4, C: 1}, train.Shape)
	require.Equal(t, []uint8{0, 77, 0, 0}, train.Image(0)[:4])
}

func TestWrongPicturesAreRefusedWithTheirName(t *testing.T) {
	whole := pngFile(t, picture(4, 2, red))
	grey := pngFile(t, image.NewGray(image.Rect(0, 0, 4, 2)))
	cases := map[string]struct {
		file string
		data []byte
		want string
	}{
		"another size":                {"train/bee/3.png", pngFile(t, picture(2, 4, red)), "a picture of 4x2x3: want 2x4x3"},
		"another size for the test":   {"test/ape/3.png", pngFile(t, picture(2, 4, red)), "a picture of 4x2x3: want 2x4x3"},
		"grey among coloured":         {"train/bee/3.png", grey, "a picture of 2x4x1: want 2x4x3"},
		"a file cut short":            {"train/bee/3.png", whole[:len(whole)-14], "read up to offset"},
		"an empty file":               {"train/bee/3.jpg", nil, "read up to offset 0: the file is truncated"},
		"a PNG called JPEG":           {"train/bee/3.jpg", whole, "read up to offset"},
		"another kind of file":        {"train/bee/3.gif", whole, `ending ".gif": want .png, .jpg or .jpeg`},
		"a file where a class is due": {"train/3.png", whole, "out of place"},
		"a folder inside a class":     {"train/bee/x/3.png", whole, "out of place"},
		"a class without training":    {"test/cow/3.png", whole, "no class of this name for training: want one of [ape bee]"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := Load(zoo(t, map[string][]byte{k.file: k.data}))
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorContains(t, err, k.want)
		})
	}
}

func TestASetWithoutPicturesIsRefused(t *testing.T) {
	_, _, err := Load(writeFiles(t, map[string][]byte{"train/.x": nil, "test/.x": nil}))
	require.ErrorContains(t, err, "0 folders: want 1 to 256")
	_, _, err = Load(writeFiles(t, map[string][]byte{"train/a/.x": nil, "test/a/.x": nil}))
	require.ErrorContains(t, err, "no pictures")
}

func FuzzPicture(f *testing.F) {
	f.Add(pngFile(f, picture(4, 2, red)), false)
	f.Add(jpegFile(f, picture(4, 2, red)), true)
	f.Fuzz(func(t *testing.T, data []byte, isJPEG bool) {
		ending := ".png"
		if isJPEG {
			ending = ".jpg"
		}
		d := Dataset{Classes: []string{"a"}, Shape: network.Shape{H: 2, W: 4, C: 3}}
		if d.appendPicture(bytes.NewReader(data), ending, 0) == nil {
			require.NoError(t, d.Validate())
		}
	})
}
