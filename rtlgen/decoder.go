package rtlgen

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"lowres/quant"
	"lowres/sim/arch"
)

// setView is one level set of a design, and how its packed words are decoded.
type setView struct {
	Index, Last            int
	Tag, Title             string // of names, of comments
	Codes, WordBits, Words int    // codes in a word, words in a beat
	PerBeat, TileWords     int
	Bits, Free             int // of a word's digits, and of a beat's that the set leaves unused
	WordName, Values       string
	Reserved               string
	Spare                  []string // bits that mean nothing
	About                  []string
	Whole                  bool // a word is one field
	Pairs, Escaped         bool
	SymbolW, CodeW         int // of an escaped symbol, and of its code
	PairW, SymbolBits      int // of a pair, and of all symbols that the fields of a word have
	Tables                 []tableView
	Runs                   []runView
}

// peel is the radix and the number of symbols of fields whose highest symbol is found by
// comparing: the rest is a smaller number, and its table has an input less. Five ternary
// symbols in 8 bits take 30 LUT6 this way and 38 as one table, 70 and 105 LUT4.
var peel = struct{ radix, symbols int }{3, 5}

// peelView is how the highest symbol of a field is found.
type peelView struct {
	Once, Twice      int    // fields from where it is 1, and 2
	TwiceRest        int    // Twice modulo 2^Rest
	Rest             int    // bits of what remains of the field
	RestOut, SymbolW int    // bits of the result that these give, and the symbol
	Zero, One, Two   string // results of the symbol
	Unused           string // … of fields that no weights pack to
}

// tableView is a function by cases.
type tableView struct {
	Peel        *peelView // of a field's highest symbol, which the cases leave out
	Default     string    // bits of values that the table lacks
	Name, About string
	In, Out     int
	Cases       []caseView
}

// caseView is one line of a table.
type caseView struct {
	Value int
	Bits  string
}

// runView is a run of equal fields of a word.
type runView struct {
	Name                   string
	Count, At, Bits, Width int    // fields, lowest bit, bits of a field and of its result
	Out                    int    // where the results start
	From, To               string // field f of the word, and the place of its result
	Flag                   int    // escaped: the highest bit
	Moves                  []moveView
	Moved                  string
	Symbols                []symbolView
}

// moveView is a place where code 0 of an escaped field may stand.
type moveView struct{ Mask, At int }

// symbolView is a code of an escaped field.
type symbolView struct {
	Index   int
	Own, To string
}

// decodeView is what the template of one level set's decoder reads.
type decodeView struct {
	view
	Set setView
}

func newSetView(d *arch.Design, i int) setView {
	l, digits := d.Sets[i], d.DigitCount()
	o := l.Layout(d.Weights.Packing)
	s := setView{
		Index: i, Tag: d.SetName(i), Title: fmt.Sprintf("N = %d", l.N()), Last: l.N() - 1, Codes: o.Codes, WordBits: o.WordBits,
		Words: d.Memory.WidthBits / o.WordBits, PerBeat: d.CodesPerBeat(i), TileWords: d.TileWords(i),
		Bits: 3 * digits * o.Codes, Values: strings.Trim(fmt.Sprint(l.Values()), "[]"),
		Whole: len(o.Fields) == 1, Pairs: o.Pairs, Escaped: o.Escaped, WordName: "a byte",
	}
	if i >= len(d.Levels) {
		s.Title = fmt.Sprintf("%d custom levels", l.N())
	}
	if o.WordBits != 8 {
		s.WordName = fmt.Sprintf("%d bits", o.WordBits)
	}
	s.Free = 3*digits*most(d) - s.Bits*s.Words
	switch {
	case o.Escaped:
		s.escaped(l, &o, digits)
	case o.Pairs:
		s.pairs(l, &o, digits)
	default:
		s.plain(l, &o, digits)
	}
	last := o.Fields[len(o.Fields)-1]
	if end := last.Shift + last.Bits; end < o.WordBits {
		s.Spare = append(s.Spare, fmt.Sprintf("word_i[%d:%d]", o.WordBits-1, end))
	}
	return s
}

// most is the most weights that a beat holds.
func most(d *arch.Design) (n int) {
	for i := range d.Sets {
		n = max(n, d.CodesPerBeat(i))
	}
	return n
}

// runs cuts a word's fields into runs of equal ones; a symbol gives width bits.
func runs(o *quant.Layout, width int) (all []runView) {
	out := 0
	for i, f := range o.Fields {
		if i == 0 || f.Bits != o.Fields[i-1].Bits {
			all = append(all, runView{Name: []string{"field", "rest"}[min(len(all), 1)], At: f.Shift, Bits: f.Bits,
				Width: f.Symbols * width, Out: out})
		}
		all[len(all)-1].Count++
		out += f.Symbols * width
	}
	for i := range all {
		r := &all[i]
		r.From, r.To = "word_i["+span(r.At, r.Bits, r.Bits)+"]", span(r.Out, r.Width, r.Width)
	}
	return all
}

// span is the place of width bits in each of a row of items, so many apart.
func span(first, apart, width int) string {
	text := fmt.Sprintf("%d*f+:%d", apart, width)
	if first > 0 {
		text = fmt.Sprintf("%d+%s", first, text)
	}
	return text
}

// plain describes fields that are base-N numbers: one table, from a field to
// the digits of all its weights.
func (s *setView) plain(l quant.Levels, o *quant.Layout, digits int) {
	f := o.Fields[0]
	s.Runs = runs(o, 3*digits)
	t := tableView{Name: "digits", In: f.Bits, Out: s.Runs[0].Width, Default: zeros(f.Symbols * digits)}
	used := 1
	for range f.Symbols {
		used *= l.N()
	}
	for value := range used {
		t.Cases = append(t.Cases, caseView{value, decodedBits(l, value, f.Symbols, digits)})
	}
	if l.N() == peel.radix && f.Symbols == peel.symbols {
		t.peel(decodedBits(l, 0, 1, digits), decodedBits(l, 1, 1, digits), decodedBits(l, 2, 1, digits), zeros(digits))
	}
	t.About = fmt.Sprintf("A field to the digits of its %s.", plural(f.Symbols, "weight"))
	s.Tables = []tableView{t}
	s.About = []string{fmt.Sprintf("%s of %s: sum over i < %d of code[i] * %d^i", plural(len(o.Fields), "field"), plural(f.Bits, "bit"), f.Symbols, l.N())}
	s.Reserved = fmt.Sprintf("fields from %d on decode to zeros", used)
	if used == 1<<f.Bits {
		s.Reserved = "none"
	}
}

// pairs describes codes of two symbols: a table from a field to its symbols, one
// from two symbols to a weight's digits.
func (s *setView) pairs(l quant.Levels, o *quant.Layout, digits int) {
	f, w := o.Fields[0], bits.Len(uint(o.Radix-1))
	s.Runs = runs(o, w)
	s.PairW = 2 * w
	for _, f := range o.Fields {
		s.SymbolBits += f.Symbols * w
	}
	if used := o.Codes * s.PairW; used < s.SymbolBits {
		s.Spare = append(s.Spare, fmt.Sprintf("symbols[%d:%d]", s.SymbolBits-1, used))
	}
	t := tableView{Name: "pair_digits", About: fmt.Sprintf("A field to its %d symbols.", f.Symbols), In: f.Bits, Out: f.Symbols * w, Default: "0"}
	used := 1
	for range f.Symbols {
		used *= o.Radix
	}
	for value := range used {
		t.Cases = append(t.Cases, caseView{value, symbolBits(value, o.Radix, f.Symbols, w)})
	}
	if o.Radix == peel.radix && f.Symbols == peel.symbols {
		t.peel(symbolBits(0, 3, 1, w), symbolBits(1, 3, 1, w), symbolBits(2, 3, 1, w), symbolBits(0, 3, 1, w))
	}
	level := tableView{Name: "level", About: "Two symbols to the digits of a weight.", In: 2 * w, Out: 3 * digits, Default: zeros(digits)}
	for code := range l.N() {
		level.Cases = append(level.Cases, caseView{code%o.Radix | code/o.Radix<<w, decodedBits(l, code, 1, digits)})
	}
	s.Tables = []tableView{t, level}
	s.About = []string{
		fmt.Sprintf("code = symbol[0] + %d*symbol[1]", o.Radix),
		fmt.Sprintf("%s of %s: sum over i < %d of symbol[i] * %d^i", plural(len(o.Fields), "field"), plural(f.Bits, "bit"), f.Symbols, o.Radix)}
	s.Reserved = "what no weights pack to decodes to any digits that there are"
}

// peel takes the highest of five ternary symbols out of a table.
func (t *tableView) peel(zero, one, two, unused string) {
	once := len(t.Cases) / 3
	rest, width := bits.Len(uint(once-1)), t.Out/peel.symbols
	t.Peel = &peelView{Once: once, Twice: 2 * once, Rest: rest, TwiceRest: 2 * once % (1 << rest), RestOut: t.Out - width, SymbolW: width,
		Zero: zero, One: one, Two: two, Unused: unused}
	t.Cases = t.Cases[:once]
	for i, c := range t.Cases { // the lower symbols stand behind the highest one
		t.Cases[i].Bits = c.Bits[len(zero)+1:]
	}
	t.Default = strings.TrimPrefix(t.Default, unused+"_")
}

// escaped describes fields whose greatest code is marked in a mask.
func (s *setView) escaped(l quant.Levels, o *quant.Layout, digits int) {
	w := bits.Len(uint(o.Radix)) - 1
	s.SymbolW, s.CodeW = w, w+1
	s.Runs = runs(o, 3*digits)
	for i := range s.Runs {
		s.Runs[i].escaped(w, 3*digits)
	}
	level := tableView{Name: "level", About: "A code to the digits of its weight.", In: w + 1, Out: 3 * digits, Default: zeros(digits)}
	for code := range l.N() {
		level.Cases = append(level.Cases, caseView{code, decodedBits(l, code, 1, digits)})
	}
	s.Tables = []tableView{level}
	s.About = []string{
		fmt.Sprintf("%s, each of a flag above codes of %d bits", plural(len(o.Fields), "field"), w),
		fmt.Sprintf("flag 0: no code is %d; flag 1: bit i of the lowest %d says that code i is, and", l.N()-1, w),
		fmt.Sprintf("code 0, unless it is %d too, stands in the place of the first that is", l.N()-1)}
	s.Reserved = "what no weights pack to decodes to any digits that there are"
}

// escaped lists the codes of one field, and the places of code 0.
func (r *runView) escaped(w, digitW int) {
	symbols := (r.Bits - 1) / w
	r.Flag = r.Bits - 1
	for i := range symbols {
		own := fmt.Sprintf("value[%d+:%d]", w*i, w)
		switch {
		case i == 0:
			own = "first"
		case i < symbols-1:
			r.Moves = append(r.Moves, moveView{i, w * i})
		default:
			r.Moved = own
		}
		r.Symbols = append(r.Symbols, symbolView{i, own, span(r.Out+digitW*i, r.Width, digitW)})
	}
	if symbols == 1 {
		r.Moved = fmt.Sprintf("%d'd0", w)
	}
}

// plural is "1 bit" or "7 bits".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// decodedBits is the digits of the k codes of value in binary, highest bit first:
// {negative, two, zero} for each digit of each of the k weights.
func decodedBits(l quant.Levels, value, k, digits int) string {
	var parts []string
	for range k {
		d := make([]int, digits)
		quant.Digits(d, l.Value(value%l.N()))
		value /= l.N()
		for _, digit := range d {
			parts = append(parts, digitBits(digit))
		}
	}
	slices.Reverse(parts)
	return strings.Join(parts, "_")
}

// symbolBits is the k symbols of value in binary, w bits each, highest first.
func symbolBits(value, radix, k, w int) string {
	var parts []string
	for range k {
		parts = append(parts, fmt.Sprintf("%0*b", w, value%radix))
		value /= radix
	}
	slices.Reverse(parts)
	return strings.Join(parts, "_")
}

// zeros is n digits 0.
func zeros(n int) string { return strings.Join(slices.Repeat([]string{digitBits(0)}, n), "_") }

// digitBits is {negative, two, zero} of a digit −2 … 2.
func digitBits(digit int) string {
	return map[int]string{-2: "110", -1: "100", 0: "001", 1: "000", 2: "010"}[digit]
}
