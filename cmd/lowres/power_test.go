package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPowerSaysWhatItNeeds(t *testing.T) {
	dir := toy(t)
	library := "../../sim/energy/gate/testdata/small.lib"
	for want, args := range map[string][]string{
		"--liberty: none given":                     {dir + "/toy.lrn", "--design", tinyDesign},
		"--windows: 0 of --length: 32":              {dir + "/toy.lrn", "--design", tinyDesign, "--windows", "0"},
		"--image: -1":                               {dir + "/toy.lrn", "--design", tinyDesign, "--image", "-1"},
		"horowitz45 prices operations":              {dir + "/toy.lrn", "--design", tinyDesign, "--liberty", library},
		"want one of library small":                 {dir + "/toy.lrn", "--design", tinyDesign, "--liberty", library, "--technology", "sg13g2"},
		`technology "sg13": want asap7, horowitz45`: {dir + "/toy.lrn", "--design", tinyDesign, "--liberty", library, "--technology", "sg13"},
		"no such file":                              {dir + "/none.lrn", "--design", tinyDesign, "--liberty", library},
	} {
		o := lowres(append([]string{"power"}, args...)...)
		assert.NotZero(t, o.code, want)
		assert.Contains(t, o.err, want)
	}
}
