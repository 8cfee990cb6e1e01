package dataset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Format is what a folder or file of pictures is.
type Format string

// The formats that Load reads.
const (
	FormatCIFAR10        Format = "CIFAR-10"
	FormatCIFAR100       Format = "CIFAR-100"
	FormatCIFAR100Coarse Format = "CIFAR-100, coarse classes"
	FormatIDX            Format = "IDX"
	FormatNPZ            Format = "NPZ"
	FormatPictures       Format = "pictures"
)

// coarsePrefix before a folder of CIFAR-100 asks for its coarse classes.
const coarsePrefix = "coarse:"

// Accepted says what Load reads, a line for each format.
const Accepted = `the folder of the CIFAR-10 binary files (data_batch_1.bin … test_batch.bin)
the folder of the CIFAR-100 binary files (train.bin, test.bin); coarse:FOLDER for its 20 coarse classes
a folder of IDX files, as of MNIST (` + idxWant + `)
a folder of pictures (` + pictureDir + `, all of one size)
an NPZ file (x_train, y_train, x_test, y_test; uint8 pictures)`

// Load reads the training and test pictures from a folder or file in any format of Accepted; the names of
// the sets begin with the format. A path "coarse:FOLDER" is CIFAR-100 with its 20 coarse classes. It returns
// ErrFormat for what it does not recognise, saying what it accepts, and for a damaged file, with its name
// and the offset.
func Load(path string) (train, test *Dataset, err error) {
	format, err := Recognise(path)
	if err != nil {
		return nil, nil, err
	}
	path = strings.TrimPrefix(path, coarsePrefix)
	switch format {
	case FormatCIFAR10:
		train, test, err = CIFAR10(path)
	case FormatCIFAR100, FormatCIFAR100Coarse:
		train, test, err = CIFAR100(path, format == FormatCIFAR100Coarse)
	case FormatIDX:
		train, test, err = IDX(path)
	case FormatNPZ:
		train, test, err = NPZ(path)
	default:
		train, test, err = Pictures(path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read as %s: %w", format, err)
	}
	return train, test, errors.Join(train.Validate(), test.Validate())
}

// Recognise says which format a folder or file has, by the names of the files in it. It returns ErrFormat,
// with what is accepted, if that is none.
func Recognise(path string) (Format, error) {
	folder, coarse := strings.CutPrefix(path, coarsePrefix)
	info, err := os.Stat(folder)
	if err != nil {
		return "", fmt.Errorf("pictures: %w: want one of\n%s", err, Accepted)
	}
	switch {
	case coarse && info.IsDir() && cifar100(true).in(folder):
		return FormatCIFAR100Coarse, nil
	case coarse:
		return "", fmt.Errorf("%w: %s: not CIFAR-100, which alone has coarse classes: want %s", ErrFormat, folder, cifar100(true).files())
	case !info.IsDir() && strings.EqualFold(filepath.Ext(folder), ".npz"):
		return FormatNPZ, nil
	case !info.IsDir():
	case cifar10().in(folder):
		return FormatCIFAR10, nil
	case cifar100(false).in(folder):
		return FormatCIFAR100, nil
	case isIDX(folder):
		return FormatIDX, nil
	case isPictures(folder):
		return FormatPictures, nil
	}
	return "", fmt.Errorf("%w: %s: not recognised: want one of\n%s", ErrFormat, folder, Accepted)
}
