package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/smtp"
	"strings"
	"time"
)

// checkTimeout is how long check waits for each answer from outside.
const checkTimeout = 5 * time.Second

// A resolver asks the DNS; net.Resolver is one.
type resolver interface {
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupHost(ctx context.Context, name string) ([]string, error)
}

// readGreeting returns the first line that a server says, without its code, or "".
func readGreeting(conn net.Conn, deadline time.Time) string {
	if conn.SetReadDeadline(deadline) != nil {
		return ""
	}
	line := (&lineReader{conn}).line()
	return clean(strings.TrimSpace(line))
}

// checkSmarthost connects as the daemon will, up to EHLO and TLS, and sends nothing.
func (a *app) checkSmarthost(ctx context.Context, c *Config) []finding {
	const name = "smarthost"
	out := c.Outbound
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	conn, err := a.net.dial(ctx, "tcp", out.Smarthost)
	if err != nil {
		return []finding{fail(name, "%s does not answer: %s; is outbound.smarthost right, and does the server run?", out.Smarthost, err)}
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return []finding{fail(name, "%s: %s", out.Smarthost, err)}
	}
	host, _, _ := net.SplitHostPort(out.Smarthost)
	if out.TLS == "implicit" {
		conn = tls.Client(conn, a.tlsConfig(host))
	}
	client, err := smtp.NewClient(conn, host)
	if err != nil {
		return []finding{fail(name, "%s does not greet as a mail server: %s", out.Smarthost, err)}
	}
	if err := client.Hello(c.Domain); err != nil {
		return []finding{fail(name, "%s refuses EHLO %s: %s", out.Smarthost, c.Domain, err)}
	}
	found := a.checkSession(client, host, out)
	_ = client.Quit()
	return []finding{found}
}

func (a *app) tlsConfig(host string) *tls.Config {
	config := &tls.Config{}
	if a.net.tls != nil {
		config = a.net.tls.Clone()
	}
	config.ServerName = host
	return config
}

// checkSession looks at what a server offers after EHLO.
func (a *app) checkSession(client *smtp.Client, host string, out OutboundConfig) finding {
	const name = "smarthost"
	offered, _ := client.Extension("STARTTLS")
	how := "without TLS"
	switch {
	case out.TLS == "implicit":
		how = "with TLS"
	case out.TLS == "starttls" && !offered:
		return fail(name, "%s does not offer STARTTLS, which outbound.tls demands: use implicit (port 465) or another server", out.Smarthost)
	case out.TLS == "starttls":
		if err := client.StartTLS(a.tlsConfig(host)); err != nil {
			return fail(name, "%s cannot begin TLS: %s", out.Smarthost, certificateProblem(err))
		}
		how = "with STARTTLS"
	case out.TLS == "opportunistic" && offered:
		how = "with STARTTLS, which it offers"
	}
	if auth, _ := client.Extension("AUTH"); out.Username != "" && !auth && (how != "with STARTTLS, which it offers") {
		return fail(name, "%s offers no login, but outbound.username is set: remove it, or set outbound.tls = \"starttls\"", out.Smarthost)
	}
	return ok(name, "%s answers, %s", out.Smarthost, how)
}

func certificateProblem(err error) string {
	var unknown *tls.CertificateVerificationError
	if errors.As(err, &unknown) {
		return unknown.Err.Error() + "; give the server a certificate that this machine trusts"
	}
	return err.Error()
}

// checkDNS asks whether mail for the domain can find its way here. It only warns: mail may come by other ways.
func (a *app) checkDNS(ctx context.Context, c *Config) []finding {
	const name = "dns"
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	mx, err := a.net.resolve.LookupMX(ctx, c.Domain)
	if err == nil && len(mx) > 0 {
		hosts := make([]string, len(mx))
		for i := range mx {
			hosts[i] = strings.TrimSuffix(mx[i].Host, ".")
		}
		return []finding{ok(name, "mail for %s goes to %s", c.Domain, strings.Join(hosts, ", "))}
	}
	addresses, hostErr := a.net.resolve.LookupHost(ctx, c.Domain)
	if hostErr == nil && len(addresses) > 0 {
		return []finding{ok(name, "%s has no MX; mail goes to its address %s", c.Domain, strings.Join(addresses, ", "))}
	}
	var notFound *net.DNSError
	if errors.As(err, &notFound) && notFound.IsNotFound {
		return []finding{warn(name, "%s has neither MX nor address: mail from outside cannot find it; add an MX record for your mail server", c.Domain)}
	}
	return []finding{warn(name, "the DNS could not be asked about %s: %v", c.Domain, err)}
}
