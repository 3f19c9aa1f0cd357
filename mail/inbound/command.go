package inbound

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// verbs are the commands that go-smtp is given. STARTTLS is the wire's own; AUTH is not offered.
var verbs = map[string]bool{
	"HELO": true, "EHLO": true, "LHLO": true, "MAIL": true, "RCPT": true, "DATA": true, "BDAT": true,
	"RSET": true, "NOOP": true, "VRFY": true, "EXPN": true, "HELP": true, "QUIT": true,
}

// foreign are the first words of other protocols. A web page can make a browser post a form to this port, and its lines
// would otherwise be taken for commands one after the other.
var foreign = map[string]bool{
	"GET": true, "POST": true, "PUT": true, "HEAD": true, "DELETE": true, "OPTIONS": true, "PATCH": true,
	"TRACE": true, "CONNECT": true, "PRI": true, "PROXY": true,
}

var errForeign = &cut{421, "4.7.0 this is a mail server, closing"}

// command decides about a line from the client: it returns what go-smtp gets, or nil where the line has been answered
// here, or an error where the session ends.
func (w *wire) command(line []byte) ([]byte, error) {
	text, whole := bytes.CutSuffix(line, []byte("\r\n"))
	verb, args, _ := strings.Cut(strings.TrimRight(string(text), " "), " ")
	if isForeign(verb) {
		return nil, errForeign
	}
	switch {
	case !whole:
		return nil, w.refuse("500 5.5.2 end each line with CRLF")
	case !clean(text):
		return nil, w.refuse("500 5.5.2 control characters and broken UTF-8 have no place in a command")
	}
	verb, args = strings.ToUpper(verb), strings.TrimLeft(args, " ")
	switch {
	case verb == "STARTTLS":
		return nil, w.startTLS(args)
	case verb == "AUTH":
		return nil, w.refuse("502 5.5.1 AUTH is not offered here")
	case verb == "BDAT":
		return w.bdat(args)
	case !verbs[verb]:
		return nil, w.refuse("500 5.5.1 there is no such command here")
	}
	if reply := w.order(verb); reply != "" {
		return nil, w.refuse(reply)
	}
	args, reply := w.rewrite(verb, args)
	if reply != "" {
		return nil, w.refuse(reply)
	}
	return w.pass(verb, args), nil
}

func (w *wire) pass(verb, args string) []byte {
	w.verb = verb
	if (verb == "HELO" || verb == "EHLO" || verb == "LHLO") && args != "" {
		w.helo, _, _ = strings.Cut(args, " ")
		w.extended = verb != "HELO"
	}
	if args == "" {
		return []byte(verb + "\r\n")
	}
	return []byte(verb + " " + args + "\r\n")
}

// isForeign recognises other protocols, and lines of a message's header that are sent as commands.
func isForeign(verb string) bool {
	return foreign[verb] || strings.HasPrefix(verb, "SSH-") || strings.Contains(verb, ":")
}

// clean says whether a command has only what can go into a reply, a log and a trace field.
func clean(text []byte) bool {
	return utf8.Valid(text) && !bytes.ContainsFunc(text, unicode.IsControl)
}

// order answers commands that come too early, 503 as RFC 5321 4.1.4 has it (go-smtp says 502). After STARTTLS the
// client must begin anew (RFC 3207 4.2), which is certain by this alone: go-smtp resets itself at EHLO.
func (w *wire) order(verb string) string {
	tx := w.sess.tx
	switch verb {
	case "MAIL", "RCPT", "DATA", "BDAT":
	default:
		return ""
	}
	switch {
	case !w.greeted && w.listener.lmtp:
		return "503 5.5.1 send LHLO first"
	case !w.greeted:
		return "503 5.5.1 send EHLO first"
	case verb == "MAIL":
		return ""
	case tx == nil:
		return "503 5.5.1 send MAIL first"
	case tx.chunked && verb != "BDAT":
		return "503 5.5.1 the message is coming by BDAT: go on with it, or send RSET"
	case verb != "RCPT" && len(tx.taken) == 0:
		return "503 5.5.1 no recipient was taken"
	}
	return ""
}

// bdat reads the chunk that follows the command, whatever becomes of it (RFC 3030 2), and answers it. go-smtp hears of
// the last one only, as an empty one: it would work at the others in a goroutine that it does not wait for at
// RSET, so that the outcome of one message could be told as that of the next. A chunk whose size cannot be read ends
// the session, as nobody knows where commands go on.
func (w *wire) bdat(args string) ([]byte, error) {
	words := strings.Fields(args)
	if len(words) == 0 || len(words) > 2 || len(words) == 2 && !strings.EqualFold(words[1], "LAST") {
		return nil, &cut{501, "5.5.4 say BDAT, a size, and LAST for the last chunk; closing"}
	}
	size, err := strconv.ParseUint(words[0], 10, 63)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, &cut{501, "5.5.4 the size of the chunk is not a number, closing"}
	}
	reply := w.order("BDAT")
	b := w.srv.newBody(w.trust, 0)
	b.fault = tooLarge // for a chunk of nothing: it is read and dropped
	if reply == "" {
		w.sess.tx.chunked = true
		b = w.sess.tx.body
	}
	if size > uint64(b.max+overrun) {
		return nil, errOverrun
	}
	w.begin(true)
	if err := b.readChunk(w.in, int64(size)); err != nil {
		return nil, err
	}
	switch {
	case reply != "":
		return nil, w.refuse(reply)
	case len(words) == 1:
		w.say("250 2.0.0 %d octets", size)
		return nil, nil
	}
	return w.pass("BDAT", "0 LAST"), nil
}

// rewrite changes the few arguments that go-smtp does not understand, or answers them.
func (w *wire) rewrite(verb, args string) (newArgs, reply string) {
	switch verb {
	case "MAIL":
		return mailArgs(args)
	case "RCPT":
		return w.rcptArgs(args), ""
	}
	return args, ""
}

// mailArgs answers unknown parameters with 555 (RFC 5321 4.1.1.11), and brings a SIZE of more than 32 bits, which
// go-smtp takes for no number, down to one that is still too large for any limit.
func mailArgs(args string) (newArgs, reply string) {
	path, params := cutPath(args)
	words := strings.Fields(params)
	for i, word := range words {
		key, value, _ := strings.Cut(word, "=")
		switch strings.ToUpper(key) {
		case "SIZE":
			if n, err := strconv.ParseUint(value, 10, 64); errors.Is(err, strconv.ErrRange) || err == nil && n > math.MaxUint32 {
				words[i] = "SIZE=" + strconv.FormatUint(math.MaxUint32, 10)
			}
		case "BODY", "SMTPUTF8", "REQUIRETLS", "RET", "ENVID", "AUTH":
		default:
			return "", "555 5.5.4 a parameter of MAIL is not known here"
		}
	}
	if len(words) == 0 {
		return args, ""
	}
	return path + " " + strings.Join(words, " "), ""
}

// rcptArgs gives <postmaster> its domain: RFC 5321 4.5.1 wants it taken without one.
func (w *wire) rcptArgs(args string) string {
	path, params := cutPath(args)
	to, mailbox, ok := strings.Cut(path, ":")
	if !ok || !strings.EqualFold(to, "TO") || !strings.EqualFold(strings.TrimSpace(mailbox), "<postmaster>") {
		return args
	}
	return "TO:<postmaster@" + w.srv.opts.Domain + ">" + params
}

// cutPath divides "FROM:<path> parameters" behind the path, in whose quotes > and spaces mean nothing.
func cutPath(args string) (path, params string) {
	start := strings.IndexByte(args, ':') + 1
	quote, bracket := false, false
	for i := start; i < len(args); i++ {
		switch c := args[i]; {
		case quote && c == '\\':
			i++
		case c == '"':
			quote = !quote
		case quote:
		case c == '<':
			bracket = true
		case c == '>':
			return args[:i+1], args[i+1:]
		case c == ' ' && !bracket && strings.TrimSpace(args[start:i]) != "":
			return args[:i], args[i:]
		}
	}
	return args, ""
}

// startTLS puts TLS under the session. What the client sent behind the command in plain text is dropped: it may
// be another's (CVE-2011-0411).
func (w *wire) startTLS(args string) error {
	switch {
	case args != "":
		return w.refuse("501 5.5.4 STARTTLS has no arguments")
	case w.secure():
		return w.refuse("503 5.5.1 TLS is already up")
	case !w.offersTLS():
		return w.refuse("502 5.5.1 STARTTLS is not offered here")
	}
	w.say("220 2.0.0 go ahead with TLS")
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.setDeadline(deadlineIn(handshakeTime)); err != nil {
		return err
	}
	c := tls.Server(w.raw, w.srv.opts.TLS)
	w.raw.SetWriteDeadline(deadlineIn(handshakeTime))
	if err := c.Handshake(); err != nil {
		// A plain 4xx would reach a client that expects TLS, so the connection just ends.
		w.srv.opts.Logger.Info("TLS handshake failed", "peer", w.peer, "error", scrub(err.Error(), longestReply))
		return net.ErrClosed
	}
	w.top = c
	w.in.Reset(socket{w})
	w.greeted, w.helo, w.verb = false, "", ""
	w.sess.Reset()
	return nil
}

func (w *wire) offersTLS() bool { return w.srv.opts.TLS != nil && w.addr != netip.Addr{} }

// refuse answers a command with an error.
func (w *wire) refuse(reply string) error {
	w.verb = ""
	_, err := fmt.Fprintf(w, "%s\r\n", reply)
	return err
}

// say writes a reply of the wire's own.
func (w *wire) say(format string, args ...any) {
	w.outMu.Lock()
	defer w.outMu.Unlock()
	w.out = fmt.Appendf(w.out, format+"\r\n", args...)
}
