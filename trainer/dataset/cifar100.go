package dataset

import "strings"

// CIFAR100 reads the binary version of CIFAR-100 from folder: 50,000 training and 10,000 test pictures of
// 32×32×3 in 100 fine classes, or in the 20 coarse ones that these make up. It returns ErrFormat, with file
// and offset, for a file of another length or with a label out of range.
func CIFAR100(folder string, coarse bool) (train, test *Dataset, err error) {
	return cifar100(coarse).read(folder)
}

func cifar100(coarse bool) *cifar {
	c := &cifar{
		name: "CIFAR-100", key: "cifar100", labels: 2, label: 1, classes: strings.Fields(fineClasses),
		train: []string{"train.bin"}, test: "test.bin", records: [2]int{50000, 10000},
	}
	if coarse {
		c.key, c.label, c.classes = "cifar100-coarse", 0, strings.Fields(coarseClasses)
	}
	return c
}

// The classes in the order of their labels.
const (
	coarseClasses = `aquatic_mammals fish flowers food_containers fruit_and_vegetables
		household_electrical_devices household_furniture insects large_carnivores
		large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores
		medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2`
	fineClasses = `apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
		bowl boy bridge bus butterfly camel can castle caterpillar cattle
		chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
		dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
		lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
		mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
		plain plate poppy porcupine possum rabbit raccoon ray road rocket
		rose sea seal shark shrew skunk skyscraper snail snake spider
		squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
		train trout tulip turtle wardrobe whale willow_tree wolf woman worm`
)
