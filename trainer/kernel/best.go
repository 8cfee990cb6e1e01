package kernel

// Best returns the fastest set that this processor can run.
func Best() *Set { return All()[0] }

// Named returns the set of that name, or nil if this processor cannot run it.
func Named(name string) *Set {
	for _, s := range All() {
		if s.Name == name {
			return s
		}
	}
	return nil
}
