package mapping

// mostRows is the most rows of a map that an instruction tells apart: its origin has 16
// bits in two's complement.
const mostRows = 1<<15 - 1

// batch gives the layer a batch of pictures. Where each row of windows of a picture lies
// behind the one before, across pictures too, the pictures are one tall map, so that tiles
// hold parts of several and weights stay for all of them: a dense layer is a map of as many
// pixels as pictures. All other layers run picture by picture.
func (l *layer) batch(pictures int) {
	l.pictures, l.rows = pictures, l.out.H
	if pictures > 1 && l.out.H == 1 && l.out.W == 1 && l.pool == 1 && l.inRows <= maxWindowStep {
		l.stride = l.inRows // of a single window there is no step: this one reaches the next picture
	}
	apart, high := l.poolStep*l.stride, l.extent(1, l.kernelRows)
	if l.padRows > 0 || l.out.H*apart != l.inRows || high > apart || pictures*l.inRows > mostRows {
		return
	}
	l.pictures, l.rows, l.inRows = 1, pictures*l.rows, pictures*l.inRows
}
