package main

import (
	"fmt"

	"lowres/trainer/study"
)

// studyProgress shows a study: the progress of the run under way, and a line that stays for every run.
type studyProgress struct {
	console *console
	run     *trainProgress // nil between runs
	last    string         // test accuracy of the last epoch
}

func newStudyProgress(c *console) *studyProgress { return &studyProgress{console: c} }

func (s *studyProgress) report(p study.Progress) {
	at := fmt.Sprintf("run %*d/%d  %s", len(fmt.Sprint(p.Runs)), p.Number, p.Runs, p.Run.Name)
	switch {
	case p.Ended && s.run == nil:
		s.console.notef("%s  was trained before%s\n", at, diverged(p))
		return
	case p.Ended:
		s.end()
		s.console.notef("%s  done%s%s\n", at, s.last, diverged(p))
		s.run, s.last = nil, ""
		return
	case s.run == nil:
		s.console.notef("%s\n", at)
		s.run = newTrainProgress(s.console)
	}
	if e := p.Training.Done; e != nil {
		s.last = ", test accuracy " + percent(e.TestAccuracy)
	}
	s.run.report(p.Training)
}

// diverged says so of a run that did.
func diverged(p study.Progress) string {
	if p.Diverged {
		return ", diverged"
	}
	return ""
}

// end takes the bar off the screen.
func (s *studyProgress) end() {
	if s.run != nil {
		s.run.end()
	}
}
