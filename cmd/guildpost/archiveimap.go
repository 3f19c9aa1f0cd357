package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"guildpost/mail/archive/box"
	"guildpost/mail/inbound/imapwatch"
	"guildpost/store"
)

// imapPasswordVariable is where the password for an IMAP source may be; the arguments of a command are seen by everybody
// on the machine.
const imapPasswordVariable = "GUILDPOST_IMAP_PASSWORD"

// The schemes of an IMAP source (RFC 5092, and TLS from the start).
const (
	schemeIMAP  = "imap://"
	schemeIMAPS = "imaps://"
)

func isIMAP(source string) bool {
	return strings.HasPrefix(source, schemeIMAP) || strings.HasPrefix(source, schemeIMAPS)
}

// imapSource reads imaps://USER@HOST[:PORT]/FOLDER. User and folder may be written with %; what follows the first slash is
// the folder, whatever is in it.
func imapSource(source string) (m imapwatch.Mailbox, err error) {
	scheme, rest, _ := strings.Cut(source, "://")
	authority, folder, _ := strings.Cut(rest, "/")
	user, host := "", authority
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, host = authority[:at], authority[at+1:]
	}
	refuse := func(format string, args ...any) (imapwatch.Mailbox, error) {
		err := store.Errorf(store.Invalid, "the source %s://…@%s: %s", scheme, host+"/"+folder, fmt.Sprintf(format, args...))
		return m, withHint(err, "it is written imaps://USER@HOST[:PORT]/FOLDER, such as imaps://lists@imap.example.org/Lists/Rust")
	}
	if strings.Contains(user, ":") {
		return refuse("a password does not belong into the arguments, where everybody on this machine sees it: give --password-file FILE, or set %s", imapPasswordVariable)
	}
	if m.Username, err = url.PathUnescape(user); err != nil || user == "" {
		return refuse("say who logs in")
	}
	if m.Name, err = url.PathUnescape(folder); err != nil || folder == "" {
		return refuse("say which folder, such as INBOX; a %% in its name is written %%25")
	}
	if m.Server, err = imapServer(scheme, host); err != nil {
		return refuse("%s", err.Error())
	}
	m.TLS = imapwatch.ImplicitTLS
	if scheme == "imap" {
		m.TLS = imapwatch.StartTLS
		if imapwatch.IsLoopback(m.Server) {
			m.TLS = imapwatch.NoTLS
		}
	}
	return m, nil
}

// imapServer is host:port of a host that may have a port.
func imapServer(scheme, host string) (string, error) {
	if _, _, err := net.SplitHostPort(host); err != nil {
		port := "993"
		if scheme == "imap" {
			port = "143"
		}
		host = net.JoinHostPort(strings.Trim(host, "[]"), port)
	}
	return host, checkIMAPServer(host)
}

// imapSourceName names a source in one way, however it was written.
func imapSourceName(m imapwatch.Mailbox) string {
	scheme := schemeIMAP
	if m.TLS == imapwatch.ImplicitTLS {
		scheme = schemeIMAPS
	}
	return scheme + m.Account() + "/" + m.Name
}

// openIMAP opens a folder of a mailbox on another server.
func (a *app) openIMAP(ctx context.Context, source string, o archiveImportOptions) (b box.Box, name string, err error) {
	m, err := imapSource(source)
	if err != nil {
		return nil, "", err
	}
	if o.format != "" || len(o.folders) > 0 || o.allFolders {
		return nil, "", store.Errorf(store.Invalid, "--format, --folder and --all-folders are for files; the folder of %s is in its address", imapSourceName(m))
	}
	m.Password = a.imapPassword(m, o)
	f, err := imapwatch.OpenFolder(ctx, imapwatch.Options{Dial: a.net.dial, TLS: a.net.tls, Now: a.now}, m)
	if err != nil {
		return nil, "", err
	}
	return f, imapSourceName(m), nil
}

// imapPassword finds the password of an account when it is asked for first: a connection may have to be made again.
func (a *app) imapPassword(m imapwatch.Mailbox, o archiveImportOptions) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		if o.passwordFile != "" {
			return readSecret(absolute(o.passwordFile, a.dir), "--password-file")
		}
		if password, ok := lookup(a.environ, imapPasswordVariable); ok {
			return password, nil
		}
		f, ok := a.stdin.(*os.File)
		if !ok || !isTerminal(f) {
			return "", withHint(store.Errorf(store.Invalid, "there is no password for %s, and nobody to ask", m.Account()),
				"give --password-file FILE, or set %s", imapPasswordVariable)
		}
		fmt.Fprintf(a.stderr, "Password of %s: ", clean(m.Account()))
		password, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.stderr)
		if err != nil {
			return "", fmt.Errorf("the password was not read: %w", err)
		}
		return string(password), nil
	})
}
