package energy

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// cacti is what CACTI 7 says of 168 memories: node, device type, bytes, width,
// energies, leakage, times and area.
//
//go:embed tables/cacti-sram.csv
var cacti []byte

// sramPoint is one memory of a table.
type sramPoint struct {
	bytes, bits     float64
	readPJ, writePJ float64
}

// cactiTables are the points by table, in rising bits and bytes.
var cactiTables = sync.OnceValue(func() map[string][]sramPoint {
	rows, err := csv.NewReader(bytes.NewReader(cacti)).ReadAll()
	if err != nil {
		panic(err) // the table is embedded
	}
	tables := map[string][]sramPoint{}
	for _, row := range rows[1:] {
		number := func(i int) float64 {
			v, err := strconv.ParseFloat(strings.TrimSpace(row[i]), 64)
			if err != nil {
				panic(err)
			}
			return v
		}
		name := fmt.Sprintf("cacti-%s-%s", row[0], strings.TrimPrefix(row[1], "itrs-"))
		tables[name] = append(tables[name], sramPoint{number(2), number(3), number(4), number(5)})
	}
	for _, points := range tables {
		slices.SortFunc(points, func(a, b sramPoint) int {
			if a.bits != b.bits {
				return int(a.bits - b.bits)
			}
			return int(a.bytes - b.bytes)
		})
	}
	return tables
})

// SRAMTables lists the tables of memories: cacti-NODE-TYPE, the type of device
// being lstp (low standby power), lop (low operating power) or hp, which leaks 500
// to 20,000 times as much.
func SRAMTables() []string { return slices.Sorted(maps.Keys(cactiTables())) }

// SRAMNodeNM is the node of a table of memories, 0 if there is none of that name.
func SRAMNodeNM(name string) (node float64) {
	if _, ok := sramTable(name); ok {
		node, _ = strconv.ParseFloat(strings.Split(name, "-")[1], 64)
	}
	return node
}

// sramTable is the table of a name.
func sramTable(name string) (points []sramPoint, ok bool) {
	points, ok = cactiTables()[name]
	return points, ok
}

// cactiSpread is the band around CACTI's numbers: it models memories of no
// particular maker.
const cactiSpread = 1.4

// sram is an access of so many bits to a memory of so many bytes.
func (t *Technology) sram(size, bits int, write bool) Cost {
	if t.SRAMTable == "" {
		return t.sramPoints(size, bits)
	}
	points, _ := sramTable(t.SRAMTable)
	pj, exact := tableAt(points, float64(size), float64(bits), write)
	c := Cost{Band: Band{pj / cactiSpread, pj, pj * cactiSpread}, Kind: Published}
	if !exact {
		c.Kind = Scaled
	}
	if f := t.SRAMFactor; f != nil {
		c.Band = Band{c.LowPJ * f.Low, c.TypicalPJ * f.Value, c.HighPJ * f.High}
		c.Kind = c.Kind.worse(f.Kind)
	}
	return c
}

// tableAt interpolates a table in the logarithms of bytes, bits and energy, and
// beyond its ends; exact says that the table has the very point.
func tableAt(points []sramPoint, size, bits float64, write bool) (pj float64, exact bool) {
	var widths, energies []float64
	for at := 0; at < len(points); {
		end := at
		var sizes, values []float64
		for end < len(points) && points[end].bits == points[at].bits {
			p := points[end]
			e := p.readPJ
			if write {
				e = p.writePJ
			}
			exact = exact || p.bits == bits && p.bytes == size
			sizes, values = append(sizes, p.bytes), append(values, e)
			end++
		}
		widths, energies = append(widths, points[at].bits), append(energies, logLog(sizes, values, size))
		at = end
	}
	return logLog(widths, energies, bits), exact
}

// logLog interpolates y over x linearly in both logarithms. Above the ends it goes
// on as in the last interval; below them in proportion, or as in the first interval
// where that falls more slowly.
func logLog(x, y []float64, at float64) float64 {
	if len(x) == 1 {
		return y[0] * at / x[0]
	}
	i := 0
	for i < len(x)-2 && x[i+1] <= at {
		i++
	}
	slope := math.Log(y[i+1]/y[i]) / math.Log(x[i+1]/x[i])
	if at < x[0] {
		slope = min(max(slope, 0), 1)
	}
	return y[i] * math.Pow(at/x[i], slope)
}

// sramPoints interpolates the file's own points: log-log between (and beyond) the
// sizes, in proportion to the bits; a write counts as a read.
func (t *Technology) sramPoints(size, bits int) Cost {
	i := 0
	for i < len(t.SRAM)-2 && t.SRAM[i+1].Bytes < size {
		i++
	}
	a, b := &t.SRAM[i], &t.SRAM[i+1]
	for _, p := range []*SRAMPoint{a, b} {
		if p.Bytes == size && p.Bits == bits {
			return priced(&p.Value, 1)
		}
	}
	at := math.Log(float64(size)/float64(a.Bytes)) / math.Log(float64(b.Bytes)/float64(a.Bytes))
	perBit := betweenLog(a.band().Times(1/float64(a.Bits)), b.band().Times(1/float64(b.Bits)), at)
	return Cost{Band: perBit.Times(float64(bits)), Kind: a.Kind.worse(b.Kind).worse(Scaled)}
}
