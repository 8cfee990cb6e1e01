package dataset

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lowres/network"
)

const (
	maxClasses = 256 // a label is a byte
	pictureDir = "train/CLASS/*.png or *.jpg and test/CLASS/*.png or *.jpg"
)

// Pictures reads folder/train/CLASS/* and folder/test/CLASS/*: a folder for every class, PNG and JPEG files
// in it. The classes are the folders of train in alphabetical order; pictures come class after class, each in
// alphabetical order of its file names. Names that begin with a dot are passed over.
//
// The first picture sets the size of all, and whether they are grey (one channel) or coloured (red, green,
// blue; transparency is dropped). It returns ErrFormat, with the file, for a picture that differs or is
// damaged.
func Pictures(folder string) (train, test *Dataset, err error) {
	classes, err := visible(filepath.Join(folder, "train"), true)
	if err != nil {
		return nil, nil, err
	}
	if n := len(classes); n < 1 || n > maxClasses {
		return nil, nil, fmt.Errorf("%w: %s: %d folders: want 1 to %d, one for every class", ErrFormat, filepath.Join(folder, "train"), n, maxClasses)
	}
	train = &Dataset{Name: "pictures-train", Classes: classes}
	if err := train.appendClasses(filepath.Join(folder, "train")); err != nil {
		return nil, nil, err
	}
	test = &Dataset{Name: "pictures-test", Classes: classes, Shape: train.Shape}
	if err := test.appendClasses(filepath.Join(folder, "test")); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// isPictures reports whether folder has the two folders of a set of pictures.
func isPictures(folder string) bool {
	for _, part := range []string{"train", "test"} {
		if info, err := os.Stat(filepath.Join(folder, part)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// visible lists the folders, or the files, in a folder by name. Anything else there is an error.
func visible(folder string, folders bool) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("pictures: %w; want %s", err, pictureDir)
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := os.Stat(filepath.Join(folder, e.Name())) // follows links
		if err != nil {
			return nil, fmt.Errorf("pictures: %w", err)
		}
		if info.IsDir() != folders {
			return nil, fmt.Errorf("%w: %s: out of place: want %s", ErrFormat, filepath.Join(folder, e.Name()), pictureDir)
		}
		names = append(names, e.Name())
	}
	return names, nil
}

// appendClasses adds the pictures of all classes below folder.
func (d *Dataset) appendClasses(folder string) error {
	classes, err := visible(folder, true)
	if err != nil {
		return err
	}
	for _, class := range classes {
		label := slices.Index(d.Classes, class)
		if label < 0 {
			return fmt.Errorf("%w: %s: no class of this name for training: want one of %v", ErrFormat, filepath.Join(folder, class), d.Classes)
		}
		files, err := visible(filepath.Join(folder, class), false)
		if err != nil {
			return err
		}
		for _, name := range files {
			if err := d.appendFile(filepath.Join(folder, class, name), uint8(label)); err != nil {
				return err
			}
		}
	}
	if d.Len() == 0 {
		return fmt.Errorf("%w: %s: no pictures: want %s", ErrFormat, folder, pictureDir)
	}
	return nil
}

// appendFile adds the picture in a file.
func (d *Dataset) appendFile(path string, label uint8) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("pictures: %w", err)
	}
	defer f.Close()
	if err := d.appendPicture(f, strings.ToLower(filepath.Ext(path)), label); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrFormat, path, err)
	}
	return nil
}

// appendPicture adds one picture. Its size is checked before memory is taken for it.
func (d *Dataset) appendPicture(r io.ReadSeeker, ending string, label uint8) error {
	var config func(io.Reader) (image.Config, error)
	var decode func(io.Reader) (image.Image, error)
	switch ending {
	case ".png":
		config, decode = png.DecodeConfig, png.Decode
	case ".jpg", ".jpeg":
		config, decode = jpeg.DecodeConfig, jpeg.Decode
	default:
		return fmt.Errorf("ending %q: want .png, .jpg or .jpeg", ending)
	}
	c, err := config(r)
	if err != nil {
		return at(r, err)
	}
	if err := d.checkPicture(c); err != nil {
		return err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	p, err := decode(r)
	if err != nil {
		return at(r, err)
	}
	d.appendPixels(p)
	d.Labels = append(d.Labels, label)
	return nil
}

// at says up to which offset a file was read before an error.
func at(r io.Seeker, err error) error {
	if offset, seekErr := r.Seek(0, io.SeekCurrent); seekErr == nil {
		return fmt.Errorf("read up to offset %d: %w", offset, cut(err))
	}
	return err
}

// checkPicture compares a picture with the first one, or makes it the first.
func (d *Dataset) checkPicture(c image.Config) error {
	s := network.Shape{H: c.Height, W: c.Width, C: 3}
	if c.ColorModel == color.GrayModel || c.ColorModel == color.Gray16Model {
		s.C = 1
	}
	if s.H < 1 || s.W < 1 || s.H > network.MaxExtent || s.W > network.MaxExtent {
		return fmt.Errorf("a picture of %v: want 1x1 to %dx%[2]d", s, network.MaxExtent)
	}
	if d.Shape == (network.Shape{}) {
		d.Shape = s
	}
	if s != d.Shape {
		return fmt.Errorf("a picture of %v: want %v, as the first one", s, d.Shape)
	}
	if len(d.Images) > maxBytes-s.Size() {
		return fmt.Errorf("picture %d of %v: want at most %d bytes in all", d.Len()+1, s, maxBytes)
	}
	return nil
}

// appendPixels adds the pixels of a picture as NHWC bytes.
func (d *Dataset) appendPixels(p image.Image) {
	b := p.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if d.Shape.C == 1 {
				d.Images = append(d.Images, color.GrayModel.Convert(p.At(x, y)).(color.Gray).Y)
				continue
			}
			k := color.NRGBAModel.Convert(p.At(x, y)).(color.NRGBA)
			d.Images = append(d.Images, k.R, k.G, k.B)
		}
	}
}
