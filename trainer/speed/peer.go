package speed

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// peer is a process that trains the same network. It is started as
//
//	COMMAND NETWORK THREADS BATCH
//
// and writes one line of JSON, its introduction. Then, for every line with a number of steps on its
// standard input, it takes them and writes a Sample as a line of JSON. It ends with its input.
type peer struct {
	introduction
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// introduction is what a peer says of itself.
type introduction struct {
	Peer       string `json:"peer"` // name and version
	Setting    string `json:"setting"`
	Parameters int    `json:"parameters"`
}

func newPeer(command []string, network string, threads, batch int) (*peer, error) {
	arguments := append(command[1:len(command):len(command)], network, strconv.Itoa(threads), strconv.Itoa(batch))
	p := &peer{command: exec.Command(command[0], arguments...)}
	p.command.Stderr = os.Stderr
	in, err := p.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out = in, bufio.NewScanner(out)
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("peer: %w", err)
	}
	if err := p.read(&p.introduction); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// read reads one line of JSON.
func (p *peer) read(v any) error {
	if !p.out.Scan() {
		return fmt.Errorf("peer: %v: it ended without an answer", p.command.Args)
	}
	if err := json.Unmarshal(p.out.Bytes(), v); err != nil {
		return fmt.Errorf("peer: %v: %q: %w", p.command.Args, p.out.Text(), err)
	}
	return nil
}

func (p *peer) run(steps int) (s Sample, err error) {
	if _, err := fmt.Fprintln(p.in, steps); err != nil {
		return s, fmt.Errorf("peer: %w", err)
	}
	if err := p.read(&s); err != nil {
		return s, err
	}
	if s.Images < 1 || !(s.CPUSeconds > 0) || !(s.WallSeconds > 0) {
		return s, fmt.Errorf("peer: %v: %+v: want images and times above 0", p.command.Args, s)
	}
	return s, nil
}

func (p *peer) close() error {
	p.in.Close()
	if err := p.command.Wait(); err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	return nil
}
