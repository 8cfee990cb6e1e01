// Package study trains a grid of networks, weights of N levels, augmentations and seeds, and draws what came
// of it: cost and accuracy over the epochs, and one table.
//
// A study lives in a folder:
//
//	study.json                  the manifest: the pictures and every run with its recipe
//	runs/NAME/run.ckpt          checkpoint of the last whole epoch
//	runs/NAME/run.csv           cost and accuracy of every epoch
//	runs/NAME/diverged.json     in place of further epochs, if the cost is no longer a number
//	figures/MODEL-AUGMENT.csv   the curves of one figure
//	figures/MODEL-AUGMENT.svg   drawn: a line for every N
//	summary.csv, summary.json   one line a run
//
// Every file is written in one step, and the checkpoint of a run is the only truth about how far it is. So a
// study may end at any moment, by Ctrl-C, a kill or a power cut: Train goes on where it stopped, and the
// folder ends with the same bytes. Nothing depends on the clock, the order of maps, or the number of workers.
package study
