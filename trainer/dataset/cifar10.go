package dataset

import (
	"fmt"
	"os"
	"path/filepath"

	"lowres/network"
)

// The binary version of CIFAR-10: records of one label byte and 3×32×32 pixel bytes, red plane first.
// Source: https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
const (
	cifarSide    = 32
	cifarPlane   = cifarSide * cifarSide
	cifarRecord  = 1 + 3*cifarPlane
	cifarRecords = 10000
)

var (
	cifarClasses = [...]string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
	cifarTrain   = [...]string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"}
)

const cifarTest = "test_batch.bin"

// CIFAR10 reads the binary version of CIFAR-10 from folder: 50,000 training and 10,000 test pictures of
// 32×32×3. It returns ErrFormat, with file and offset, for a file of another length or with a label
// above 9.
func CIFAR10(folder string) (train, test *Dataset, err error) {
	train = newCIFAR("cifar10-train")
	for _, name := range cifarTrain {
		if err := train.appendCIFAR(filepath.Join(folder, name)); err != nil {
			return nil, nil, err
		}
	}
	test = newCIFAR("cifar10-test")
	if err := test.appendCIFAR(filepath.Join(folder, cifarTest)); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

func newCIFAR(name string) *Dataset {
	return &Dataset{Name: name, Shape: network.Shape{H: cifarSide, W: cifarSide, C: 3}, Classes: cifarClasses[:]}
}

// appendCIFAR adds the records of one file, which must have exactly 10,000.
func (d *Dataset) appendCIFAR(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("CIFAR-10: %w; want the folder of the binary version with %s to %s and %s",
			err, cifarTrain[0], cifarTrain[len(cifarTrain)-1], cifarTest)
	}
	if want := int64(cifarRecords * cifarRecord); info.Size() != want {
		return fmt.Errorf("%w: %s: ends at offset %d: want %d (%d records of %d bytes)",
			ErrFormat, path, info.Size(), want, cifarRecords, cifarRecord)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("CIFAR-10: %w", err)
	}
	if err := d.appendRecords(data); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrFormat, path, err)
	}
	return nil
}

// appendRecords adds whole records, turning their planes into NHWC pixels.
func (d *Dataset) appendRecords(data []byte) error {
	if len(data)%cifarRecord != 0 {
		return fmt.Errorf("offset %d: record of %d bytes: want %d", len(data)/cifarRecord*cifarRecord, len(data)%cifarRecord, cifarRecord)
	}
	for offset := 0; offset < len(data); offset += cifarRecord {
		record := data[offset : offset+cifarRecord]
		if int(record[0]) >= len(cifarClasses) {
			return fmt.Errorf("offset %d: label %d: want 0 to %d", offset, record[0], len(cifarClasses)-1)
		}
		d.Labels = append(d.Labels, record[0])
		for i := range cifarPlane {
			d.Images = append(d.Images, record[1+i], record[1+cifarPlane+i], record[1+2*cifarPlane+i])
		}
	}
	return nil
}
