package dataset

// CIFAR10 reads the binary version of CIFAR-10 from folder: 50,000 training and 10,000 test pictures of
// 32×32×3. It returns ErrFormat, with file and offset, for a file of another length or with a label
// above 9.
func CIFAR10(folder string) (train, test *Dataset, err error) { return cifar10().read(folder) }

func cifar10() *cifar {
	return &cifar{
		name: "CIFAR-10", key: "cifar10", labels: 1,
		classes: []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"},
		train:   []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
		test:    "test_batch.bin", records: [2]int{10000, 10000},
	}
}
