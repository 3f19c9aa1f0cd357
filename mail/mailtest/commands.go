package mailtest

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// command does what one line asks for.
func (c *sinkConn) command(line []byte) {
	if c.faults().Storm {
		c.reply("421 4.3.2 the sink is in a storm")
		c.closing = true
		return
	}
	verb, rest, _ := strings.Cut(string(line), " ")
	switch strings.ToUpper(verb) {
	case "MAIL":
		c.doMail(rest)
	case "RCPT":
		c.doRcpt(rest)
	case "DATA":
		c.doData()
	case "EHLO":
		c.doEhlo()
	case "HELO":
		c.hello = true
		c.reply("250 sink.test")
	case "RSET":
		c.reset()
		c.reply("250 2.0.0 ok")
	case "NOOP":
		c.reply("250 2.0.0 ok")
	case "QUIT":
		c.reply("221 2.0.0 bye")
		c.closing = true
	case "STARTTLS":
		c.doStartTLS()
	case "AUTH":
		c.doAuth(rest)
	default:
		c.lint("an unknown command")
		c.reply("500 5.5.2 what?")
	}
}

func (c *sinkConn) reset() {
	c.mail, c.poisoned, c.stalled, c.accepted = false, false, false, 0
	c.sender, c.params = "", ""
	c.recipients = c.recipients[:0]
}

func (c *sinkConn) doEhlo() {
	o := &c.sink.options
	if o.NoEHLO {
		c.reply("502 5.5.1 not implemented")
		return
	}
	c.hello = true
	c.reset()
	words := []string{"sink.test", "PIPELINING", "8BITMIME", "SIZE", "ENHANCEDSTATUSCODES", "SMTPUTF8"}
	if o.Size > 0 {
		words[3] = "SIZE " + strconv.FormatInt(o.Size, 10)
	}
	if (o.TLS == TLSStart || o.TLS == TLSInject) && !c.secure {
		words = append(words, "STARTTLS")
	}
	if c.secure && o.RequireTLSOK {
		words = append(words, "REQUIRETLS")
	}
	switch {
	case o.Username != "" && o.OnlyLogin:
		words = append(words, "AUTH LOGIN")
	case o.Username != "":
		words = append(words, "AUTH PLAIN LOGIN")
	}
	words = slices.DeleteFunc(words, func(word string) bool {
		name, _, _ := strings.Cut(word, " ")
		return slices.Contains(o.Hide, name)
	})
	for i, word := range words {
		if o.LowerCase {
			word = strings.ToLower(word)
		}
		separator := "-"
		if i == len(words)-1 {
			separator = " "
		}
		c.reply("250" + separator + word)
	}
}

func (c *sinkConn) doStartTLS() {
	mode := c.sink.options.TLS
	if c.secure || (mode != TLSStart && mode != TLSInject) {
		c.reply("502 5.5.1 no TLS here")
		return
	}
	c.reply("220 2.0.0 go ahead")
	if mode == TLSInject {
		c.reply("250-sink.test")
		c.reply("250-AUTH PLAIN LOGIN")
		c.reply("250 PIPELINING")
	}
	if c.flush() != nil || !c.upgrade() {
		c.closing = true
	}
}

func (c *sinkConn) doAuth(rest string) {
	o := &c.sink.options
	if !c.hello && c.secure {
		c.lint("AUTH before the EHLO inside TLS")
	}
	mechanism, initial, _ := strings.Cut(rest, " ")
	var ok bool
	switch strings.ToUpper(mechanism) {
	case "PLAIN":
		ok = c.answer(initial, "") == "\x00"+o.Username+"\x00"+o.Password
	case "LOGIN":
		name := c.answer(initial, "VXNlcm5hbWU6")
		ok = c.answer("", "UGFzc3dvcmQ6") == o.Password && name == o.Username
	}
	if !ok || o.Username == "" {
		c.reply("535 5.7.8 no")
		return
	}
	c.authed = true
	c.sink.counts.auths.Add(1)
	c.reply("235 2.7.0 welcome")
}

// answer decodes an initial response, or asks for one.
func (c *sinkConn) answer(initial, challenge string) string {
	if initial == "" {
		c.reply("334 " + challenge)
		line, err := c.line()
		if err != nil {
			c.closing = true
			return ""
		}
		initial = string(line)
	}
	text, err := base64.StdEncoding.DecodeString(initial)
	if err != nil {
		return ""
	}
	return string(text)
}

func (c *sinkConn) doMail(rest string) {
	o, f := &c.sink.options, c.faults()
	sender, params, ok := path(rest, "FROM:")
	c.sink.counts.transactions.Add(1)
	switch {
	case !ok:
		c.reply("501 5.5.4 syntax")
	case !c.hello:
		c.reply("503 5.5.1 EHLO first")
	case o.Username != "" && !c.authed:
		c.reply("530 5.7.0 authentication required")
	case c.mail:
		c.lint("MAIL within a transaction")
		c.reply("503 5.5.1 nested MAIL")
	case f.MaxMessages > 0 && c.count >= f.MaxMessages:
		c.reply("421 4.7.0 that is enough for one connection")
		c.closing = true
	case o.Size > 0 && sizeParam(params) > o.Size:
		c.reply("552 5.3.4 too big")
	default:
		c.reset()
		c.mail, c.sender, c.params = true, sender, params
		c.eightBit = strings.Contains(params, "BODY=8BITMIME")
		c.count++
		c.checkParams(params)
		c.reply("250 2.1.0 ok")
	}
}

// checkParams notes parameters of extensions that were not offered.
func (c *sinkConn) checkParams(params string) {
	if !c.sink.options.Lint {
		return
	}
	for _, check := range [][2]string{{"SIZE=", "SIZE"}, {"BODY=", "8BITMIME"}, {"SMTPUTF8", "SMTPUTF8"}} {
		if strings.Contains(params, check[0]) && slices.Contains(c.sink.options.Hide, check[1]) {
			c.lint("a parameter of " + check[1] + ", which was not offered")
		}
	}
}

func sizeParam(params string) int64 {
	_, value, found := strings.Cut(params, "SIZE=")
	if !found {
		return 0
	}
	value, _, _ = strings.Cut(value, " ")
	n, _ := strconv.ParseInt(value, 10, 64)
	return n
}

// path takes the argument of MAIL or RCPT apart.
func path(rest, word string) (address, params string, ok bool) {
	if len(rest) < len(word) || !strings.EqualFold(rest[:len(word)], word) {
		return "", "", false
	}
	rest = strings.TrimLeft(rest[len(word):], " ")
	end := strings.LastIndexByte(rest, '>')
	if end < 0 || rest[0] != '<' {
		return "", "", false
	}
	return rest[1:end], strings.TrimSpace(rest[end+1:]), true
}

func (c *sinkConn) doRcpt(rest string) {
	recipient, _, ok := path(rest, "TO:")
	if !ok || recipient == "" {
		c.reply("501 5.5.4 syntax")
		return
	}
	if !c.mail {
		c.reply("503 5.5.1 MAIL first")
		return
	}
	f := c.faults()
	if f.DropRcpt != nil && f.DropRcpt.MatchString(recipient) {
		c.closing = true
		return
	}
	if no := c.refusal(recipient, f); no != "" {
		c.reply(no)
		return
	}
	c.accepted++
	if c.sink.options.Keep >= KeepPairs {
		c.recipients = append(c.recipients, recipient)
	}
	c.reply("250 2.1.5 ok")
}

// refusal is the reply to a recipient that is not taken, or "".
func (c *sinkConn) refusal(recipient string, f *Faults) string {
	seed := c.sink.options.Seed
	if f.MaxRcpt > 0 && c.accepted >= f.MaxRcpt {
		return "452 4.5.3 too many recipients"
	}
	if f.Bad != nil && f.Bad.MatchString(recipient) || draw(seed, "perm", recipient, f.PermShare) {
		return "550 5.1.1 no such user"
	}
	if f.DeferShare > 0 {
		n := c.sink.attempt(recipient)
		if draw(seed, "defer", recipient, f.DeferShare) && (f.DeferFirst == 0 || n < f.DeferFirst) {
			return "450 4.2.0 greylisted"
		}
	}
	c.stalled = c.stalled || f.StallRcpt != nil && f.StallRcpt.MatchString(recipient)
	if f.BadData != nil && f.BadData.MatchString(recipient) {
		c.poisoned = true
	}
	if c.sink.options.Lint && slices.Contains(c.sink.options.Hide, "SMTPUTF8") && !isASCII(recipient) {
		c.lint("an address beyond ASCII without SMTPUTF8")
	}
	return ""
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}

func (c *sinkConn) doData() {
	f := c.faults()
	switch {
	case !c.mail:
		c.reply("503 5.5.1 MAIL first")
		return
	case c.accepted == 0 && !c.lenient():
		c.reply("554 5.5.1 no valid recipients")
		return
	case c.drawn("before", f.DropBefore):
		c.closing = true
		return
	}
	c.reply("354 go ahead")
	if c.drawn("mid", f.DropMid) {
		if c.at == c.end {
			_ = c.fill()
		}
		c.closing = true
		return
	}
	body, err := c.data()
	if err != nil {
		c.closing = true
		return
	}
	c.finish(body, f)
	c.reset()
}

// lenient says whether this transaction is one where DATA without recipients gets 354, as RFC 2920 3.1 allows:
// a sink does either, by turns.
func (c *sinkConn) lenient() bool { return c.count%2 == 0 }

func (c *sinkConn) drawn(what string, share float64) bool {
	return drawNth(c.sink.options.Seed, what, c.number, c.count, share)
}

// finish answers the final dot.
func (c *sinkConn) finish(body []byte, f *Faults) {
	if c.accepted == 0 {
		if len(body) > 0 {
			c.lint("a message without recipients")
		}
		c.reply("554 5.5.1 no valid recipients")
		return
	}
	if c.stalled || c.drawn("stall", f.Stall) {
		c.sink.pause(f.StallFor)
	}
	switch {
	case c.poisoned || c.drawn("data5", f.Data5):
		c.reply("554 5.6.0 this message is not wanted")
		return
	case c.drawn("data4", f.Data4):
		c.reply("451 4.3.0 not now")
		return
	case c.sink.options.Size > 0 && int64(len(body)) > c.sink.options.Size:
		c.reply("552 5.3.4 too big")
		return
	}
	c.lintBody(body)
	var id string
	if c.sink.options.Keep >= KeepPairs {
		body = unstuff(body)
		id = messageID(body)
	}
	c.sink.keep(c, body, id)
	if c.drawn("after", f.DropAfter) {
		c.closing = true
		return
	}
	c.reply("250 2.0.0 taken")
}

// unstuff undoes RFC 5321 4.5.2.
func unstuff(body []byte) []byte {
	if !bytes.Contains(body, []byte("\n.")) && !bytes.HasPrefix(body, []byte(".")) {
		return body
	}
	body = bytes.TrimPrefix(body, []byte("."))
	return bytes.ReplaceAll(body, []byte("\n."), []byte("\n"))
}
