package outbound

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

var errHandshake = errors.New("the TLS handshake failed")

// extensions are what EHLO offered.
type extensions struct {
	pipelining, eightBit, size, smtputf8, startTLS, requireTLS bool

	maxSize int64 // 0 for none given
	auth    []string
}

// start brings a new connection to where it takes messages, in clear if an opportunistic handshake failed before.
func (s *session) start(clear bool) error {
	o := &s.courier.options
	if o.TLS == TLSImplicit {
		if err := s.handshake(); err != nil {
			return err
		}
	}
	greeting, err := s.read(s.wait.Greeting)
	if err != nil {
		return err
	}
	if !greeting.positive() {
		return s.refuses("the connection", greeting)
	}
	if err := s.hello(); err != nil {
		return err
	}
	if o.TLS == TLSStart || o.TLS == TLSOpportunistic && s.ext.startTLS && !clear {
		if err := s.startTLS(); err != nil {
			return err
		}
	}
	if o.Username != "" {
		return s.authenticate()
	}
	return nil
}

func (s *session) refuses(what string, r reply) error {
	return &UnavailableError{Reason: fmt.Sprintf("the smarthost %s refuses %s: %s", s.courier.options.Smarthost, what, r)}
}

// hello says EHLO, or HELO to a peer that does not know it (RFC 5321 3.2).
func (s *session) hello() error {
	s.ext = extensions{}
	r, err := s.ask("EHLO " + s.courier.options.Hello)
	if err != nil {
		return err
	}
	if r.positive() {
		s.ext = parseExtensions(r.text)
		return nil
	}
	if r.permanent() {
		if r, err = s.ask("HELO " + s.courier.options.Hello); err != nil {
			return err
		}
	}
	if !r.positive() {
		return s.refuses("EHLO", r)
	}
	return nil
}

// parseExtensions reads the text of the reply to EHLO. Keywords count in any case (RFC 5321 2.4).
//
// QUIRK: "AUTH=PLAIN" is what old Exchange servers wrote.
func parseExtensions(text []byte) (ext extensions) {
	lines := bytes.Split(text, []byte("\n"))
	for _, line := range lines[1:] {
		words := strings.Fields(strings.ToUpper(strings.Replace(string(line), "=", " ", 1)))
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "PIPELINING":
			ext.pipelining = true
		case "8BITMIME":
			ext.eightBit = true
		case "SMTPUTF8":
			ext.smtputf8 = true
		case "STARTTLS":
			ext.startTLS = true
		case "REQUIRETLS":
			ext.requireTLS = true
		case "AUTH":
			ext.auth = append(ext.auth, words[1:]...)
		case "SIZE":
			ext.size = true
			if len(words) > 1 {
				ext.maxSize, _ = strconv.ParseInt(words[1], 10, 64)
			}
		}
	}
	return ext
}

// startTLS upgrades the connection. What the peer said in clear behind its 220 is forgotten, and so is everything
// that it offered (RFC 3207 4.2): an attacker may have written it.
func (s *session) startTLS() error {
	demanded := s.courier.options.TLS == TLSStart
	if !s.ext.startTLS {
		return s.noTLS("it does not offer STARTTLS")
	}
	r, err := s.ask("STARTTLS")
	if err != nil {
		return err
	}
	if !r.positive() {
		if demanded {
			return s.noTLS("it answers STARTTLS with " + r.String())
		}
		return nil
	}
	s.replies.discard()
	if err := s.handshake(); err != nil {
		return err
	}
	return s.hello()
}

func (s *session) noTLS(why string) error {
	return &UnavailableError{Reason: fmt.Sprintf("mail is to leave with TLS only, but the smarthost %s has none: %s. "+
		"Give it TLS, or change outbound.tls", s.courier.options.Smarthost, why)}
}

func (s *session) handshake() error {
	s.deadline(s.wait.Command)
	secure := tls.Client(s.nc, s.courier.tlsConfig)
	if err := secure.Handshake(); err != nil {
		return fmt.Errorf("%w: %w", errHandshake, err)
	}
	s.nc, s.secure = secure, true
	s.verified = s.verify(secure.ConnectionState())
	return nil
}

// verify says whether the peer's certificate is valid for the smarthost, also where that was not demanded.
func (s *session) verify(state tls.ConnectionState) bool {
	if len(state.VerifiedChains) > 0 {
		return true
	}
	others := x509.NewCertPool()
	for _, certificate := range state.PeerCertificates[1:] {
		others.AddCert(certificate)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		DNSName: s.courier.tlsConfig.ServerName, Roots: s.courier.options.RootCAs, Intermediates: others,
	})
	return err == nil
}

// authenticate says who we are (RFC 4954), never over a network in clear unless the configuration says so.
func (s *session) authenticate() error {
	o := &s.courier.options
	if !s.secure && o.TLS != TLSNone && !isLoopback(s.raw.RemoteAddr()) {
		return &UnavailableError{Reason: fmt.Sprintf("outbound.password would go over the network in clear, since there is no "+
			"TLS with the smarthost %s. Give it TLS; or set outbound.tls to none if that is meant", o.Smarthost)}
	}
	var r reply
	var err error
	switch {
	case s.offers("PLAIN"):
		r, err = s.ask("AUTH PLAIN " + encode("\x00"+o.Username+"\x00"+o.Password))
	case s.offers("LOGIN"):
		r, err = s.login(o.Username, o.Password)
	default:
		return &UnavailableError{Reason: fmt.Sprintf("outbound.username is given, but the smarthost %s offers neither "+
			"AUTH PLAIN nor AUTH LOGIN", o.Smarthost)}
	}
	if err != nil {
		return err
	}
	if !r.positive() {
		return s.refuses("outbound.username and outbound.password", r)
	}
	return nil
}

func (s *session) offers(mechanism string) bool {
	for _, offered := range s.ext.auth {
		if offered == mechanism {
			return true
		}
	}
	return false
}

// login is the mechanism that preceded PLAIN and that some servers still have alone.
func (s *session) login(username, password string) (r reply, err error) {
	for _, line := range []string{"AUTH LOGIN", encode(username), encode(password)} {
		if r, err = s.ask(line); err != nil || r.code != 334 {
			return r, err
		}
	}
	return r, nil
}

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func isLoopback(a net.Addr) bool {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.IP.IsLoopback()
	case *net.UnixAddr:
		return true
	}
	return false
}

// ask sends one command and reads its reply.
func (s *session) ask(line string) (reply, error) {
	s.deadline(s.wait.Command)
	if _, err := s.nc.Write([]byte(line + "\r\n")); err != nil {
		return reply{}, err
	}
	return s.read(s.wait.Command)
}

// deadline bounds the next operations. Sockets know the computer's own clock only.
func (s *session) deadline(d time.Duration) { _ = s.nc.SetDeadline(time.Now().Add(d)) }
