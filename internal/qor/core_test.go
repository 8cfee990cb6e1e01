package qor

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPartsOfACoreAreThoseOfItsModules(t *testing.T) {
	modules := map[string]Cells{
		"qor_axi":                                 {"LUT2": 8, "qor_core": 1, `$paramod$1f\control_registers`: 1},
		"qor_core":                                {"LUT6": 5, `$paramod$2e\drain`: 1, `$paramod\instruction_front\Words=s32'00`: 1, "qor_decoder": 1, `$paramod$3d\load_engine`: 1},
		`$paramod$1f\control_registers`:           {"LUT5": 100},
		`$paramod$2e\drain`:                       {"LUT4": 50, `$paramod\requantise\AccW=s32'00`: 2, `$paramod$7b\delay_line`: 1},
		`$paramod\requantise\AccW=s32'00`:         {"LUT3": 200, "multiplier": 1},
		"multiplier":                              {"LUT6": 60},
		`$paramod$7b\delay_line`:                  {"SRL16E": 3, "FDRE": 9},
		`$paramod\instruction_front\Words=s32'00`: {"LUT4": 40},
		"qor_decoder":                             {"qor_decode_n3": 16},
		"qor_decode_n3":                           {"LUT6": 30},
		`$paramod$3d\load_engine`:                 {"LUT2": 70, `$paramod\instruction_front\Words=s32'00`: 1, "RAM32M": 2},
	}
	require.Equal(t, "requantiser 520, decoders 480, load engine 118, registers 100, drain 53, fetch of the compute engine 40, other 13",
		parts(modules, "qor_axi"))
}
