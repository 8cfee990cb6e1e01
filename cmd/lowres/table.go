package main

import (
	"fmt"

	"lowres/report"
)

// percent is a part of 1 for people.
func percent(part float64) string { return fmt.Sprintf("%.2f %%", 100*part) }

// grouped writes a whole number with commas between thousands.
func grouped[T ~int | ~int64](n T) string { return report.Thousands(int64(n)) }

// counted is "1 picture" or "2 pictures".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(n) + " " + what + "s"
}
