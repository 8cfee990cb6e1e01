package main

import (
	"fmt"

	"github.com/schollz/progressbar/v3"

	"lowres/trainer"
)

// bar is a progress bar for a person, and nothing where nobody watches.
func bar(c *console, steps int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(c.err),
		progressbar.OptionSetVisibility(c.isTerminal()),
		progressbar.OptionSetDescription(what),
		progressbar.OptionSetWidth(24),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100e6), // nanoseconds
		progressbar.OptionClearOnFinish())
}

// trainProgress shows a training run: a bar that moves with every step, and a line
// that stays for every epoch.
type trainProgress struct {
	console *console
	bar     *progressbar.ProgressBar
}

func newTrainProgress(c *console) *trainProgress { return &trainProgress{console: c} }

func (t *trainProgress) report(p trainer.Progress) {
	if t.bar == nil {
		t.bar = bar(t.console, (p.Epochs-p.Epoch+1)*p.Steps, "")
	}
	if p.Done != nil {
		t.epoch(p)
		return
	}
	t.bar.Describe(fmt.Sprintf("epoch %d/%d  cost %.3f  accuracy %s", p.Epoch, p.Epochs, p.Cost, percent(p.Accuracy)))
	t.bar.Add(1)
}

// epoch writes the line of an epoch that has ended.
func (t *trainProgress) epoch(p trainer.Progress) {
	t.bar.Clear()
	e := p.Done
	t.console.notef("epoch %*d/%d  training: cost %.3f, accuracy %s  test: cost %.3f, accuracy %s  %.0f pictures/s\n",
		len(fmt.Sprint(p.Epochs)), p.Epoch, p.Epochs, e.TrainCost, percent(e.TrainAccuracy), e.TestCost, percent(e.TestAccuracy), p.ImagesASecond)
}

// end takes the bar off the screen.
func (t *trainProgress) end() {
	if t.bar != nil {
		t.bar.Clear()
	}
}

// busy shows that something without steps runs; the function it returns ends it.
func (c *console) busy(what string) (done func()) {
	if !c.isTerminal() {
		c.notef("%s\n", what)
		return func() {}
	}
	b := progressbar.NewOptions(-1, progressbar.OptionSetWriter(c.err), progressbar.OptionSetDescription(what),
		progressbar.OptionSetElapsedTime(true), progressbar.OptionSpinnerType(14), progressbar.OptionClearOnFinish())
	return func() { b.Finish() }
}
