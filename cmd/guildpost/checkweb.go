package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// askHealth asks over a connection whether guildpost is well there; is is false for another program.
func askHealth(conn net.Conn, host string, deadline time.Time) (is bool, status int, err error) {
	const most = 4096
	if err := conn.SetDeadline(deadline); err != nil {
		return false, 0, err
	}
	if _, err := fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host); err != nil {
		return false, 0, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, most)), nil)
	if err != nil {
		return false, 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	text := string(body)
	return err == nil && (resp.StatusCode == http.StatusOK && text == "ok\n" || resp.StatusCode == http.StatusServiceUnavailable && text == "unavailable\n"),
		resp.StatusCode, err
}

// checkWebTaken says who serves web pages where guildpost should.
func checkWebTaken(conn net.Conn, key, address string, deadline time.Time) finding {
	is, status, err := askHealth(conn, "localhost", deadline)
	switch {
	case is && status == http.StatusOK:
		return ok(key, "%s is in use by guildpost", address)
	case is:
		return fail(key, "%s is in use by guildpost, which says that it is not well: look at its log", address)
	case err != nil:
		return fail(key, "%s is in use by another program, which does not speak HTTP: stop it, or choose another address", address)
	}
	return fail(key, "%s is in use by another program: stop it, or choose another address", address)
}

// checkPublicURL asks for the pages as people do, where the daemon runs and so should answer.
func (a *app) checkPublicURL(ctx context.Context, c *Config) []finding {
	const name = "public_url"
	u, err := url.Parse(c.PublicURL)
	if err != nil || c.Web.Listen == "" {
		return nil // which the configuration says already; no links
	}
	var found []finding
	if u.Scheme != "https" {
		found = append(found, warn(name, "%s is not https: links in mails can be read on their way, and mail programs offer no one-click unsubscribing (RFC 8058)", c.PublicURL))
	}
	if !a.webRuns(ctx, c) {
		return found
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[u.Scheme == "https"]
	}
	conn, err := a.net.dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return append(found, warn(name, "%s does not answer from here: %s; is the proxy in front of web.listen set up?", c.PublicURL, err))
	}
	defer conn.Close()
	if u.Scheme == "https" {
		conn = tls.Client(conn, a.tlsConfig(u.Hostname()))
	}
	deadline, _ := ctx.Deadline()
	is, _, err := askHealth(conn, u.Host, deadline)
	switch {
	case is:
		return append(found, ok(name, "%s leads to guildpost", c.PublicURL))
	case err != nil:
		return append(found, warn(name, "%s cannot be asked: %s", c.PublicURL, err))
	}
	return append(found, warn(name, "%s leads to something else: let the proxy there hand everything to web.listen", c.PublicURL))
}

// webRuns says whether guildpost serves pages now.
func (a *app) webRuns(ctx context.Context, c *Config) bool {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	network, address := "tcp", c.Web.Listen
	if path, isPath := strings.CutPrefix(address, "unix:"); isPath {
		network, address = "unix", path
	}
	conn, err := a.net.dial(ctx, network, address)
	if err != nil {
		return false
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	is, _, _ := askHealth(conn, "localhost", deadline)
	return is
}
