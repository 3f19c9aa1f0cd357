package main

import (
	"context"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
)

// A postfix is Debian's Postfix with queue and configuration of its own, on ports of loopback, configured for guildpost as
// the README says. Mail for members.example goes to mailboxes, all else stays in the queue.
type postfix struct {
	t    *testing.T
	dir  string
	addr string
}

// readmePostfix is the configuration that the README tells people to write.
func readmePostfix(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```postfix\n(.*?)```").FindSubmatch(readme)
	if m == nil {
		t.Fatal("README.md has no configuration for Postfix")
	}
	return regexp.MustCompile(`(?m)^   `).ReplaceAllString(string(m[1]), "")
}

func startPostfix(t *testing.T, lmtp string) *postfix {
	t.Helper()
	needRoot(t, "postfix")
	needProgram(t, "postfix", "postfix")
	// Postfix's own users must be able to reach it, which they cannot in t.TempDir.
	dir, err := os.MkdirTemp("/tmp", "guildpost-postfix-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &postfix{t: t, dir: dir, addr: reservePort(t)}
	p.configure(strings.ReplaceAll(readmePostfix(t), "127.0.0.1:2424", lmtp))
	p.run("start")
	t.Cleanup(func() {
		p.run("stop")
		os.Remove(p.log())
	})
	return p
}

func reservePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (p *postfix) configure(readme string) {
	owner, err := user.Lookup("postfix")
	if err != nil {
		p.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	for _, folder := range []string{"etc", "queue", "data", "mail"} {
		if err := os.MkdirAll(filepath.Join(p.dir, folder), 0o755); err != nil {
			p.t.Fatal(err)
		}
	}
	for _, folder := range []string{"data", "mail"} {
		if err := os.Chown(filepath.Join(p.dir, folder), uid, gid); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := os.Chmod(p.dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	p.write("etc/main.cf", fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
mail_owner = postfix
myhostname = mail.members.example
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = /var/log/%[5]s.log
virtual_mailbox_domains = members.example
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_maps = inline:{ ada@members.example=ada/, ben@members.example=ben/, chloe@members.example=chloe/ }
virtual_uid_maps = static:%[2]d
virtual_gid_maps = static:%[3]d
virtual_minimum_uid = 1
default_transport = hold:
smtp_tls_security_level = none
address_verify_poll_count = 10
address_verify_poll_delay = 1s
%[4]s`, p.dir, uid, gid, readme, filepath.Base(p.dir)))
	_, port, _ := net.SplitHostPort(p.addr)
	p.write("etc/master.cf", fmt.Sprintf(`127.0.0.1:%s inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
hold unix - - n - - error
error unix - - n - - error
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
`, port))
}

// log is below /var/log since Postfix writes nowhere else.
func (p *postfix) log() string { return "/var/log/" + filepath.Base(p.dir) + ".log" }

func (p *postfix) write(name, text string) {
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *postfix) run(command string) {
	p.t.Helper()
	out, err := exec.Command("postfix", "-c", filepath.Join(p.dir, "etc"), command).CombinedOutput()
	if err != nil && command != "stop" {
		p.t.Fatalf("postfix %s: %v\n%s", command, err, out)
	}
}

// receive waits for the next message in somebody's mailbox.
func (p *postfix) receive(ctx context.Context, who string) []byte {
	p.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		files, _ := filepath.Glob(filepath.Join(p.dir, "mail", who, "new", "*"))
		if len(files) > 0 {
			raw, err := os.ReadFile(files[0])
			if err != nil {
				p.t.Fatal(err)
			}
			os.Remove(files[0])
			return raw
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			log, _ := os.ReadFile(p.log())
			p.t.Fatalf("%s got nothing; Postfix says:\n%s", who, log)
		}
	}
}

// behindPostfix starts Postfix and a daemon behind it, with the community rust.
func behindPostfix(t *testing.T) (*postfix, *process) {
	t.Helper()
	needRoot(t, "postfix")
	needProgram(t, "postfix", "postfix")
	lmtp := reservePort(t)
	fix := startPostfix(t, lmtp)
	d := newProcess(t, fix.addr, "")
	d.lmtp = lmtp
	d.writeConfig(fix.addr, "")
	d.command("cop", "add", "rust@lists.example.org", "--title", "Rust Guild")
	return fix, d
}

// TestPostfix: what is given to Postfix for the list comes out again through Postfix to its members' mailboxes.
func TestPostfix(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	fix, d := behindPostfix(t)
	for _, who := range []string{"ada", "ben", "chloe"} {
		d.command("member", "add", "rust", who+"@members.example")
	}
	d.start()
	post := "From: Ada <ada@members.example>\r\nTo: rust@lists.example.org\r\nSubject: Through Postfix\r\nMessage-ID: <through@members.example>\r\n" +
		"Date: Mon, 3 Aug 2026 09:00:00 +0000\r\n\r\n.leading dot\r\nÄrger mit 8 Bit\r\n"
	if err := smtp.SendMail(fix.addr, nil, "ada@members.example", []string{"rust@lists.example.org"}, []byte(post)); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"ada", "ben", "chloe"} {
		h, body := mail.SplitHeader(fix.receive(ctx, who))
		if got := string(body); got != ".leading dot\nÄrger mit 8 Bit\n" {
			t.Errorf("%s got the body %q", who, got)
		}
		if h.Get("List-Id") != "Rust Guild <rust.lists.example.org>" || !strings.HasPrefix(h.Get("Return-Path"), "<rust-bounces+") {
			t.Errorf("%s got List-Id %q, Return-Path %q", who, h.Get("List-Id"), h.Get("Return-Path"))
		}
	}
	// An address that does not exist is refused at the door.
	err := smtp.SendMail(fix.addr, nil, "ada@members.example", []string{"rusty@lists.example.org"}, []byte(post))
	if err == nil || !strings.Contains(err.Error(), "no list address rusty@lists.example.org") {
		t.Errorf("a mail to an address that does not exist: %v", err)
	}
}

// TestPersonThroughPostfix: somebody joins, posts and leaves with a mail program (swaks), as a person would: by answering.
func TestPersonThroughPostfix(t *testing.T) {
	swaks := needProgram(t, "swaks", "swaks")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	fix, d := behindPostfix(t)
	d.command("member", "add", "rust", "ben@members.example")
	d.start()
	write := func(to, subject, body string) {
		t.Helper()
		out, err := exec.CommandContext(ctx, swaks, "--server", fix.addr, "--from", "ada@members.example", "--to", to,
			"--h-From", "Ada <ada@members.example>", "--h-Subject", subject, "--body", body, "--hide-all").CombinedOutput()
		if err != nil {
			t.Fatalf("swaks to %s: %v\n%.1000s", to, err, out)
		}
	}
	receive := func(who, subject string) mail.Header {
		t.Helper()
		h, _ := mail.SplitHeader(fix.receive(ctx, who))
		if got := mail.DecodeWords(h.Get("Subject")); !strings.Contains(got, subject) {
			t.Fatalf("%s got %q, want a mail about %q", who, got, subject)
		}
		return h
	}
	answer := func(h mail.Header, body string) {
		t.Helper()
		write(mail.ParseAddressList(h.Get("From"))[0].String(), "Re: "+h.Get("Subject"), body)
	}
	write("rust-join@lists.example.org", "join", "Please let me in.")
	answer(receive("ada", "Rust Guild"), "Yes, it was me.")
	receive("ada", "Welcome")
	write("rust@lists.example.org", "Hello from Ada", "I am new here.")
	receive("ben", "Hello from Ada")
	post := receive("ada", "Hello from Ada")
	leave := regexp.MustCompile(`<mailto:([^>]+)>`).FindStringSubmatch(post.Get("List-Unsubscribe"))
	if leave == nil {
		t.Fatalf("no address to leave by in %q", post.Get("List-Unsubscribe"))
	}
	write(leave[1], "leave", "Goodbye.")
	receive("ada", "left")
	if list := d.command("member", "list", "rust", "--json"); strings.Contains(list, "ada@members.example") {
		t.Errorf("Ada is a member still: %s", list)
	}
}
