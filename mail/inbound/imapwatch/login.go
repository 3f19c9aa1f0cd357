package imapwatch

import (
	"context"
	"errors"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"guildpost/store"
)

// login logs in by the best way that server and configuration have in common.
func (c *client) login(ctx context.Context, m Mailbox) error {
	if c.greeting == imap.ConnStateAuthenticated {
		c.mechanism = "PREAUTH"
		return nil
	}
	var caps imap.CapSet
	err := c.do(ctx, "asking what the server can do", answerSize, func() error {
		if caps = c.Caps(); caps == nil {
			return errors.New("it does not say")
		}
		return nil
	})
	if err != nil {
		return err
	}
	secret, err := m.secret()
	if err != nil {
		return err
	}
	if c.mechanism = m.mechanism(caps); c.mechanism == "" {
		return errNoLogin(m, caps)
	}
	err = c.do(ctx, "logging in", answerSize, func() error { return c.authenticate(m, secret) })
	return explainLogin(m, c.mechanism, err)
}

func (m Mailbox) secret() (string, error) {
	if m.Token != nil {
		return m.Token()
	}
	return m.Password()
}

// mechanism chooses how to log in; "" where there is no way.
func (m Mailbox) mechanism(caps imap.CapSet) string {
	choices := []string{sasl.Plain, "", sasl.Login}
	if m.Token != nil {
		choices = []string{sasl.OAuthBearer, xoauth2Name}
	}
	for _, name := range choices {
		switch {
		case name == "" && !caps.Has(imap.CapLoginDisabled):
			return "LOGIN command"
		case name != "" && caps.Has(imap.AuthCap(name)):
			return name
		}
	}
	return ""
}

func errNoLogin(m Mailbox, caps imap.CapSet) error {
	offered := strings.Join(caps.AuthMechanisms(), ", ")
	switch {
	case m.Token != nil:
		return store.Errorf(store.Forbidden, "%s takes no token (OAUTHBEARER or XOAUTH2), it offers %s: give a password instead", m.Server, orNothing(offered))
	case m.TLS == NoTLS:
		return store.Errorf(store.Forbidden, "%s takes no password without TLS (LOGINDISABLED): use tls = \"starttls\" or \"implicit\" (imaps:// in a command)", m.Server)
	}
	return store.Errorf(store.Forbidden, "%s takes no password, it offers %s: give a token, or ask its provider for a password for programs", m.Server, orNothing(offered))
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

func (c *client) authenticate(m Mailbox, secret string) error {
	host, port := m.hostPort()
	switch c.mechanism {
	case sasl.Plain:
		return c.Authenticate(sasl.NewPlainClient("", m.Username, secret))
	case sasl.Login:
		return c.Authenticate(sasl.NewLoginClient(m.Username, secret))
	case sasl.OAuthBearer:
		return c.Authenticate(sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: m.Username, Token: secret, Host: host, Port: port}))
	case xoauth2Name:
		return c.Authenticate(&xoauth2{m.Username, secret})
	}
	return c.Login(m.Username, secret).Wait()
}

// A loginError says that the server does not let us in. Trying again at once does not help, and may lock the account.
type loginError struct{ error }

func (e *loginError) Unwrap() error { return e.error }

// explainLogin says what to do about a refused login.
func explainLogin(m Mailbox, mechanism string, err error) error {
	var said *imap.Error
	var bearer *sasl.OAuthBearerError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &said) && (said.Code == imap.ResponseCodeUnavailable || said.Code == imap.ResponseCodeInUse || said.Code == imap.ResponseCodeLimit):
		return err
	case errors.As(err, &said) && m.Token == nil:
		return &loginError{store.Errorf(store.Forbidden, "%s refuses the login of %s (%s): %s. Check username and password; many providers want a password for programs",
			m.Server, m.Username, mechanism, orNothing(line(said.Text)))}
	case errors.As(err, &said), errors.As(err, &bearer):
		// What the server says here is about our answer to its error, and helps nobody.
		return &loginError{store.Errorf(store.Forbidden, "%s refuses the token of %s (%s): it may have expired; renew it", m.Server, m.Username, mechanism)}
	}
	return err
}

const xoauth2Name = "XOAUTH2"

// xoauth2 is Google's and Microsoft's way from before RFC 7628.
type xoauth2 struct{ username, token string }

// Start implements sasl.Client.
func (x *xoauth2) Start() (mechanism string, first []byte, err error) {
	return xoauth2Name, []byte("user=" + x.username + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the details of an error, as the server waits for that before it says NO.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }
