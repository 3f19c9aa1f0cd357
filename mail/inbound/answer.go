package inbound

import (
	"bytes"
	"net"
)

// Write takes a reply line from go-smtp, which writes them one at a time, and learns from it what comes next.
func (w *wire) Write(p []byte) (int, error) {
	if w.gone.Load() {
		return 0, net.ErrClosed
	}
	w.outMu.Lock()
	defer w.outMu.Unlock()
	if w.ending {
		return len(p), nil
	}
	w.out = append(w.out, p...)
	if len(p) > 3 {
		w.heed(p)
	}
	if len(w.out) < writeBuffer {
		return len(p), nil
	}
	return len(p), w.flushLocked()
}

func (w *wire) heed(reply []byte) {
	final := reply[3] == ' '
	switch {
	case bytes.HasPrefix(reply, []byte("250")):
		w.heedHello(final)
	case bytes.HasPrefix(reply, []byte("354")):
		w.message = w.verb == "DATA"
	case bytes.HasPrefix(reply, []byte("421")) && final:
		w.ending = true
	case reply[0] == '5' && final && w.counts():
		if w.errors++; w.errors >= w.srv.opts.Limits.Errors {
			w.out = append(w.out, "421 4.7.0 too many errors, closing\r\n"...)
			w.ending = true
		}
	}
}

// heedHello notes that the greeting is over, and adds to its reply what go-smtp cannot offer itself: it does not
// know about TLS here.
func (w *wire) heedHello(final bool) {
	switch w.verb {
	case "HELO", "EHLO", "LHLO":
	default:
		return
	}
	w.greeted, w.verb = true, ""
	if final {
		return
	}
	if w.offersTLS() && !w.secure() {
		w.out = append(w.out, "250-STARTTLS\r\n"...)
	}
	if w.srv.opts.RequireTLS && w.secure() {
		w.out = append(w.out, "250-REQUIRETLS\r\n"...)
	}
}

// counts says whether a 5xx is the client's error. Our own mail server may ask for any number of recipients that do not
// exist, and pass on any number of messages that are refused.
func (w *wire) counts() bool {
	switch w.verb {
	case "RCPT", "DATA", "BDAT":
		return !w.trust && !w.listener.lmtp
	}
	return true
}
