package testbench

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestAWrongLogIsRefusedWithItsLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"another file", "hello\n", "line 1"},
		{"a later format", "lowres log 2\n", "line 1"},
		{"a line of no kind", "lowres log 1\nhello 1 2\n", "line 2"},
		{"a skipped image", "lowres log 1\nimage 1\n", "want image 0"},
		{"a skipped instruction", "lowres log 1\nimage 0\ngo load 1 5\n", "want load 0"},
		{"an unknown engine", "lowres log 1\nimage 0\ngo dma 0 5\n", "line 3"},
		{"a skipped counter", "lowres log 1\nimage 0\ncounter 1 5\n", "want counter 0"},
		{"a cycle that is no number", "lowres log 1\nimage 0\nretire store 0 x\n", "line 3"},
		{"an unknown counter", "lowres log 1\nimage 0\ncounter 0 x\n", "unknown"},
		{"the wrong vectors", "lowres log 1\nmisfit: the vectors do not belong to this harness\n", "line 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseLog(strings.NewReader(c.text))
			if !errors.Is(err, ErrLog) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want ErrLog with %q", err, c.want)
			}
		})
	}
}

func TestALogThatStopsEarlyIsRead(t *testing.T) {
	log := parse(t, "lowres log 1\nviolation 4294967295 reset\nimage 0\ngo load 0 5\nviolation 7 ar-4k\ntimeout 99\n")
	if log.Ended || !log.Timeout || len(log.Images) != 1 || log.Images[0].Done {
		t.Errorf("%+v", log)
	}
	if v := log.Violations; len(v) != 2 || v[0].Image != -1 || v[1] != (Violation{0, 7, "ar-4k"}) {
		t.Errorf("violations %+v", v)
	}
}

func TestUnknownDataAreNil(t *testing.T) {
	log := parse(t, "lowres log 1\nimage 0\nwrite 5 00000010 00xx\nwrite 6 00000012 0a0b\n")
	w := log.Images[0].Writes
	if w[0].Data != nil || !bytes.Equal(w[1].Data, []byte{0x0b, 0x0a}) {
		t.Errorf("%+v", w)
	}
}

func FuzzParseLog(f *testing.F) {
	if golden, err := os.ReadFile("testdata/dummy.log"); err == nil {
		f.Add(golden)
	}
	f.Add([]byte("lowres log 1\nimage 0\nwrite 5 00000010 00xx\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		log, err := ParseLog(bytes.NewReader(text))
		if err != nil {
			return
		}
		for i := range log.Images {
			for _, w := range log.Images[i].Writes {
				if w.Data == nil {
					return // cannot be written again
				}
			}
		}
		log.Violations, log.Timeout = nil, false
		again, err := ParseLog(bytes.NewReader(log.Format()))
		if err != nil || !bytes.Equal(again.Format(), log.Format()) {
			t.Errorf("formatted: %q, %v", log.Format(), err)
		}
	})
}
