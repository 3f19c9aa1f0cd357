package mailtest

import (
	"net"
	"time"
)

// A lateWriter writes what it is given after a time, while the one who gave it goes on: a line with latency.
type lateWriter struct {
	queue chan lateWrite
	ended chan struct{}
}

type lateWrite struct {
	at   time.Time
	data []byte
}

func newLateWriter(nc net.Conn, done <-chan struct{}) *lateWriter {
	w := &lateWriter{queue: make(chan lateWrite, 1024), ended: make(chan struct{})}
	go w.run(nc, done)
	return w
}

func (w *lateWriter) run(nc net.Conn, done <-chan struct{}) {
	defer close(w.ended)
	for next := range w.queue {
		timer := time.NewTimer(time.Until(next.at))
		select {
		case <-timer.C:
		case <-done:
			timer.Stop()
		}
		// An error shows at the next read.
		_, _ = nc.Write(next.data)
	}
}

func (w *lateWriter) write(data []byte, after time.Duration) {
	w.queue <- lateWrite{time.Now().Add(after), append([]byte(nil), data...)}
}

// finish returns when all is written.
func (w *lateWriter) finish() {
	close(w.queue)
	<-w.ended
}
