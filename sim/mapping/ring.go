package mapping

// ring hands out a buffer front to back and round again. Addresses of the
// machine wrap too, so a span may pass the end.
type ring struct {
	size int
	head int // bytes handed out so far
	live []*span
}

// span is a part of a buffer from when it is filled until it is overwritten.
type span struct {
	start int // in bytes handed out so far
	bytes int
	used  int // instructions of the reading engine that must retire before it is free
	ready int // instructions of the writing engine that must retire before it is full
}

// alloc returns the next span of the ring, and how many instructions of the
// reading engine must have retired before it may be overwritten. bytes is at
// most the ring's size.
func (r *ring) alloc(bytes int) (*span, int) {
	s := &span{start: r.head, bytes: bytes}
	free := r.freedBy(bytes)
	r.head += bytes
	for len(r.live) > 0 && r.live[0].start < r.head-r.size {
		r.live = r.live[1:]
	}
	r.live = append(r.live, s)
	return s, free
}

// freedBy is how many instructions of the reading engine must have retired before the
// ring's next bytes may be overwritten.
func (r *ring) freedBy(bytes int) (free int) {
	for _, s := range r.live {
		if s.start >= r.head+bytes-r.size {
			break
		}
		free = max(free, s.used)
	}
	return free
}

// address is where the span starts in the buffer, in bytes.
func (r *ring) address(s *span) int { return s.start % r.size }
